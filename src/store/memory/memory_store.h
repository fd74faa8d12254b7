// A store in memory, for tests, tools and offline routing. Nothing survives the process.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "store/replica_store.h"

namespace meridian::store {

// `clock` must outlive the store. The change log keeps everything. REQUIRES: a region's name
// (check_region).
[[nodiscard]] std::unique_ptr<ReplicaStore> open_memory_store(
    const Clock& clock, std::string region = std::string(kDefaultRegion));

}  // namespace meridian::store
