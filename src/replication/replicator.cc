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

// A peer, and who follows it.
struct Follower {
    Peer peer;
    Puller puller;
    bool retired = false;  // another one has taken its place
    std::thread thread = {};
};

struct Replicator::State {
    State(store::ReplicaStore& its_store, const std::vector<Peer>& peers,
          ReplicatorOptions its_options, const Clock& its_clock, Random& its_random)
        : store(its_store),
          clock(its_clock),
          random(its_random),
          options(its_options),
          heard(with(names_of(peers), its_store.region())),
          collector(its_store, heard, its_clock, options.collect_every),
          source(its_store, heard, its_clock) {}

    // Under the mutex, as the next.
    void take(Peer peer) {
        auto& link = *peer.link;
        auto name = peer.region;
        followers.push_back(std::unique_ptr<Follower>(new Follower{
            .peer = std::move(peer),
            .puller = Puller(std::move(name), {store, heard, link, clock, random}, options)}));
    }
    void run(Follower& follower) {
        follower.thread = std::thread([this, &follower] {
            while (pause(follower.puller.step(), &follower.retired)) {
            }
            follower.puller.finish();
        });
    }
    // False: it is time to stop.
    [[nodiscard]] bool pause(milliseconds time, const bool* retired = nullptr) {
        std::unique_lock lock(mutex);
        return !wake.wait_for(lock, time,
                              [&] { return stopping || (retired != nullptr && *retired); });
    }

    store::ReplicaStore& store;
    const Clock& clock;
    Random& random;
    const ReplicatorOptions options;
    HeardTable heard;
    Collector collector;
    Source source;

    mutable std::mutex mutex;
    std::condition_variable wake;
    bool started = false;
    bool stopping = false;
    std::vector<std::unique_ptr<Follower>> followers;
    std::thread collecting;
};

Replicator::Replicator(store::ReplicaStore& store, std::vector<Peer> peers,
                       ReplicatorOptions options, const Clock& clock, Random& random)
    : state_(std::make_unique<State>(store, peers, options, clock, random)) {
    for (auto& peer : peers) {
        state_->take(std::move(peer));
    }
}

Replicator::~Replicator() {
    stop();
}

void Replicator::add(Peer peer) {
    auto& state = *state_;
    state.heard.add(peer.region);
    const std::lock_guard lock(state.mutex);
    if (state.stopping) {
        return;
    }
    for (const auto& follower : state.followers) {
        follower->retired = follower->retired || follower->peer.region == peer.region;
    }
    state.wake.notify_all();
    state.take(std::move(peer));
    if (state.started) {
        state.run(*state.followers.back());
    }
}

void Replicator::start() {
    auto& state = *state_;
    const std::lock_guard lock(state.mutex);
    state.started = true;
    for (const auto& follower : state.followers) {
        state.run(*follower);
    }
    state.collecting = std::thread([&state] {
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
    // From here on nobody adds one.
    for (const auto& follower : state_->followers) {
        if (follower->thread.joinable()) {
            follower->thread.join();
        }
    }
    if (state_->collecting.joinable()) {
        state_->collecting.join();
    }
}

Source& Replicator::source() {
    return state_->source;
}

std::vector<LinkStatus> Replicator::status() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<LinkStatus> status;
    for (const auto& follower : state_->followers) {
        if (!follower->retired) {
            status.push_back(follower->puller.status());
        }
    }
    return status;
}

std::vector<Heard> Replicator::heard() const {
    return state_->heard.all();
}

bool Replicator::has_caught_up() const {
    const std::lock_guard lock(state_->mutex);
    return std::ranges::all_of(state_->followers, [](const auto& follower) {
        return follower->retired || follower->puller.has_settled();
    });
}

}  // namespace meridian::replication
