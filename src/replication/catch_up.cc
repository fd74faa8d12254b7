#include "replication/catch_up.h"

#include <algorithm>
#include <utility>

#include "store/wait_for.h"

namespace meridian::replication {

using store::Applied;

CatchUp::CatchUp(store::ReplicaStore& store, std::vector<std::string> peers)
    : store_(store), peers_(std::move(peers)) {}

std::uint64_t CatchUp::round() const {
    const std::lock_guard lock(mutex_);
    return round_;
}

void CatchUp::add(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(peers_, peer) == peers_.end()) {
        peers_.push_back(peer);
    }
}

std::vector<std::string> CatchUp::peers() const {
    const std::lock_guard lock(mutex_);
    return peers_;
}

Result<void> CatchUp::start_over(std::string_view peer) {
    for (const auto& other : peers()) {
        if (other == peer) {
            continue;
        }
        const auto forgotten = store::wait_for<Result<Applied>>([&](auto done) {
            const std::lock_guard lock(mutex_);
            ++round_;
            store_.submit_remote({.from = other, .complete = store::Cursor{}}, std::move(done));
        });
        if (!forgotten) {
            return std::unexpected(forgotten.error());
        }
    }
    return {};
}

void CatchUp::complete(std::uint64_t round, store::RemoteBatch last, store::ApplyDone done) {
    {
        const std::lock_guard lock(mutex_);
        if (round == round_) {
            store_.submit_remote(std::move(last), std::move(done));
            return;
        }
    }
    done(fail(ErrorCode::kVersionConflict, "Another peer lost its tables meanwhile"));
}

bool CatchUp::is_complete() const {
    return std::ranges::all_of(peers(), [this](const auto& peer) {
        const auto cursor = store_.cursor(peer);
        return cursor && cursor->log != store::LogId{};
    });
}

}  // namespace meridian::replication
