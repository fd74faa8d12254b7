// Mends what a bug or a damaged file broke: finds the items that are not what the other regions
// have, and takes the right version from one of them.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "proof/ask.h"
#include "proof/compare.h"
#include "proof/repair_record.h"
#include "replication/message.h"
#include "store/replica_store.h"

namespace meridian::proof {

struct RepairPeer {
    std::string region;
    Ask ask;
};

// The other regions, as they are now: regions come by themselves.
using PeersFunction = std::function<std::vector<RepairPeer>()>;
// What this region knows of who has heard whom (replication::HeardTable::all).
using HeardFunction = std::function<std::vector<replication::Heard>()>;

// Role: changes this region only; each region mends itself. An item is mended when it is damaged,
// when it has other content than others under the same stamp (judge()), or when a write is missing
// that this region has heard of, or could not be brought by its region's log because that one
// cannot be asked. What a log is about to bring is left to it. Nothing is deleted but by a newer
// delete. What a peer lists and what it hands out must be the same item, else nothing is taken
// from it. Every mend is logged and counted.
//
// Threads: any; one step at a time. Everything must outlive it.
class Repairer {
  public:
    Repairer(store::ReplicaStore& store, PeersFunction peers, HeardFunction heard,
             const Clock& clock);
    Repairer(const Repairer&) = delete;
    Repairer& operator=(const Repairer&) = delete;

    // Compares with all peers that answer, and mends; ends early when asked to stop. Peers that
    // don't answer are named in the report; when none does, that is its error. kOverloaded: another
    // step is under way; kCorruption, kIo: this region's own tables can't be read.
    [[nodiscard]] Result<RepairReport> step(const std::stop_token& stop = {});

    [[nodiscard]] RepairState state() const;

  private:
    void keep(const RepairReport& report);

    store::ReplicaStore& store_;
    const PeersFunction peers_;
    const HeardFunction heard_;
    const Clock& clock_;
    std::mutex stepping_;

    mutable std::mutex mutex_;
    RepairState state_;  // guarded by mutex_
};

}  // namespace meridian::proof
