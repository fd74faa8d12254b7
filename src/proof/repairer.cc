#include "proof/repairer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "proof/mending.h"
#include "proof/peer_source.h"
#include "proof/store_source.h"

namespace meridian::proof {
namespace {

using Participants = std::vector<const RepairPeer*>;

// Those that say they are who they should be. The others are in the report.
Participants greet(const std::vector<RepairPeer>& peers, const std::string& self,
                   RepairReport& report) {
    Participants answering;
    for (const auto& peer : peers) {
        const auto hello = answer_as<replication::Hello>(
            peer.ask(replication::AskHello{replication::kProtocolVersion, self}));
        report.peers.push_back({peer.region, std::nullopt});
        if (!hello) {
            report.peers.back().error = hello.error();
        } else if (hello->region != peer.region) {
            report.peers.back().error =
                Error{ErrorCode::kConfiguration,
                      fmt::format("{} says that it is {}", peer.region, hello->region)};
        } else {
            answering.push_back(&peer);
        }
    }
    return answering;
}

std::vector<std::unique_ptr<HashSource>> sources_of(const store::ReplicaStore& store,
                                                    const Participants& peers) {
    std::vector<std::unique_ptr<HashSource>> sources;
    sources.push_back(std::make_unique<StoreSource>(store));
    for (const auto* peer : peers) {
        sources.push_back(std::make_unique<PeerSource>(peer->region, peer->ask));
    }
    return sources;
}

std::string names_of(const std::vector<PeerComparison>& peers) {
    std::string names;
    for (const auto& peer : peers) {
        names += fmt::format("{}{}: {}", names.empty() ? "" : "; ", peer.region,
                             peer.error ? peer.error->message : "");
    }
    return names;
}

}  // namespace

Repairer::Repairer(store::ReplicaStore& store, PeersFunction peers, HeardFunction heard,
                   const Clock& clock)
    : store_(store), peers_(std::move(peers)), heard_(std::move(heard)), clock_(clock) {}

Result<RepairReport> Repairer::step(const std::stop_token& stop) {
    const std::unique_lock only(stepping_, std::try_to_lock);
    if (!only) {
        return fail(ErrorCode::kOverloaded,
                    "A comparison with the other regions is under way; GET /proof shows its end");
    }
    RepairReport report;
    report.at = clock_.now();
    const auto all = peers_();
    auto peers = greet(all, store_.region(), report);
    while (!peers.empty()) {
        report.differing = report.pending = report.theirs = report.unmended = 0;
        report.left.clear();
        Mending mending(store_, peers, heard_, clock_, report);
        const auto sources = sources_of(store_, peers);
        const auto compared =
            compare(borrowed(sources), {}, [&](const std::vector<Difference>& found) {
                report.differing += found.size();
                mending.mend(found);
                return stop.stop_requested() ? Onward::kStop : Onward::kGoOn;
            });
        if (compared) {
            break;
        }
        const auto& [source, error] = compared.error();
        if (source == 0) {
            return std::unexpected(error);
        }
        // The others go on without it; what was mended is mended.
        const auto* gone = peers[source - 1];
        std::ranges::find(report.peers, gone->region, &PeerComparison::region)->error = error;
        std::erase(peers, gone);
    }
    if (peers.empty() && !all.empty()) {
        report.error = Error{
            ErrorCode::kUnavailable,
            fmt::format("no other region could be compared with ({})", names_of(report.peers))};
    }
    keep(report);
    return report;
}

RepairState Repairer::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Repairer::keep(const RepairReport& report) {
    if (report.error) {
        log(LogLevel::kWarn, "repair", "{}", report.error->message);
    } else if (report.mended > 0 || report.unmended > 0) {
        log(LogLevel::kWarn, "repair", "items mended: {}; that could not be: {}", report.mended,
            report.unmended);
    }
    const std::lock_guard lock(mutex_);
    ++state_.steps;
    state_.mended += report.mended;
    state_.mends.insert(state_.mends.begin(), report.mends.rbegin(), report.mends.rend());
    state_.mends.resize(std::min(state_.mends.size(), kMendsKept));
    state_.last = report;
}

}  // namespace meridian::proof
