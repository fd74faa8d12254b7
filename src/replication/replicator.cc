#include "replication/replicator.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "replication/collector.h"
#include "replication/heard.h"
#include "replication/puller.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> names_of(const std::vector<Peer>& peers) {
    std::vector<std::string> names;
    names.reserve(peers.size());
    for (const auto& peer : peers) {
        names.push_back(peer.region);
    }
    return names;
}

std::vector<std::string> with(std::vector<std::string> names, const std::string& region) {
    names.push_back(region);
    return names;
}

}  // namespace

struct Replicator::State {
    State(store::ReplicaStore& its_store, std::vector<Peer> its_peers,
          ReplicatorOptions its_options, const Clock& clock, Random& random)
        : options(its_options),
          peers(std::move(its_peers)),
          heard(with(names_of(peers), its_store.region())),
          collector(its_store, heard, clock, options.collect_every),
          source(its_store, heard, clock) {
        for (const auto& peer : peers) {
            pullers.push_back(std::make_unique<Puller>(
                peer.region, PullerParts{its_store, heard, *peer.link, clock, random}, options));
        }
    }

    // False: it is time to stop.
    [[nodiscard]] bool pause(milliseconds time) {
        std::unique_lock lock(mutex);
        return !wake.wait_for(lock, time, [this] { return stopping; });
    }

    const ReplicatorOptions options;
    const std::vector<Peer> peers;
    HeardTable heard;
    Collector collector;
    Source source;
    std::vector<std::unique_ptr<Puller>> pullers;

    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;
    std::vector<std::thread> threads;
};

Replicator::Replicator(store::ReplicaStore& store, std::vector<Peer> peers,
                       ReplicatorOptions options, const Clock& clock, Random& random)
    : state_(std::make_unique<State>(store, std::move(peers), options, clock, random)) {}

Replicator::~Replicator() {
    stop();
}

void Replicator::start() {
    auto& state = *state_;
    for (const auto& puller : state.pullers) {
        state.threads.emplace_back([&state, &puller = *puller] {
            while (state.pause(puller.step())) {
            }
            puller.finish();
        });
    }
    state.threads.emplace_back([&state] {
        while (state.pause(state.options.collect_every)) {
            if (const auto forgotten = state.collector.collect(); !forgotten) {
                log(LogLevel::kWarn, "replication", "forgetting deletes: {}",
                    forgotten.error().message);
            }
        }
    });
}

void Replicator::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->wake.notify_all();
    state_->source.stop();
    for (auto& thread : state_->threads) {
        thread.join();
    }
    state_->threads.clear();
}

Source& Replicator::source() {
    return state_->source;
}

std::vector<LinkStatus> Replicator::status() const {
    std::vector<LinkStatus> status;
    for (const auto& puller : state_->pullers) {
        status.push_back(puller->status());
    }
    return status;
}

bool Replicator::has_caught_up() const {
    return std::ranges::all_of(state_->pullers,
                               [](const auto& puller) { return puller->has_settled(); });
}

}  // namespace meridian::replication
