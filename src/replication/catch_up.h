// Catching up with everything that the peers have.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::replication {

// Role: what the pullers of one region must agree on. A peer that comes with a new log has lost its
// tables. What its clients wrote before may have reached only some of the others, whose logs don't
// tell of it: it was not their clients'. So everything of all others is fetched anew. Until then
// this region says of nobody that it has heard it. Threads: any. `store` must outlive it.
class CatchUp {
  public:
    CatchUp(store::ReplicaStore& store, std::vector<std::string> peers);

    // A peer more. Not an error: it is one already.
    void add(const std::string& peer);

    // Changes whenever all pages must be fetched anew.
    [[nodiscard]] std::uint64_t round() const;

    // A peer has a new log: forgets the cursors of all others, durably. They go on with pages.
    [[nodiscard]] Result<void> start_over(std::string_view peer);

    // Queues the last page of a peer, with its cursor. kVersionConflict: that round is over, and
    // nothing was done.
    void complete(std::uint64_t round, store::RemoteBatch last, store::ApplyDone done);

    // Whether everything of each peer was applied once.
    [[nodiscard]] bool is_complete() const;

  private:
    [[nodiscard]] std::vector<std::string> peers() const;

    store::ReplicaStore& store_;
    mutable std::mutex mutex_;  // held from a look at the round until what follows is queued
    std::vector<std::string> peers_;
    std::uint64_t round_ = 0;
};

}  // namespace meridian::replication
