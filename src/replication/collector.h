// Forgetting deletes that every region has heard of.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "base/hybrid_clock.h"
#include "base/result.h"
#include "replication/heard.h"
#include "store/replica_store.h"

namespace meridian::replication {

// Role: forgets deletes up to what was known to be heard everywhere one `margin` ago: by now no
// page of a view from before is on its way any more. Threads: one at a time. All must outlive it.
class Collector {
  public:
    Collector(store::ReplicaStore& store, const HeardTable& heard, const Clock& clock,
              std::chrono::nanoseconds margin)
        : store_(store), heard_(heard), clock_(clock), margin_(margin) {}

    // To be called now and then; says how many were forgotten. Waits for writes.
    [[nodiscard]] Result<std::size_t> collect();

  private:
    struct Known {
        HybridTime everywhere;
        std::chrono::nanoseconds since;
    };

    store::ReplicaStore& store_;
    const HeardTable& heard_;
    const Clock& clock_;
    const std::chrono::nanoseconds margin_;
    std::optional<Known> known_;
};

}  // namespace meridian::replication
