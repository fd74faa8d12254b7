// A region's tables, opened and complete.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "commands.h"
#include "store/replica_store.h"

namespace meridian::app {

struct RegionTables {
    std::unique_ptr<store::ReplicaStore> store;
    // Nobody had written to them (with sample data they have that now), or a part of them was lost
    // and couldn't be salvaged: peers have what there is.
    bool is_new = false;
};

// Those of the folder, or of --tables in memory; with sample data when that is asked for and they
// are new. A damaged folder is salvaged first, and that is logged. `clock` must outlive the store;
// `disk_is_full` is RocksDbOptions'.
// The error says what is in the way and how to mend it.
[[nodiscard]] Result<RegionTables> open_region_tables(const ServeOptions& options,
                                                      const std::filesystem::path& folder,
                                                      const Clock& clock,
                                                      std::function<bool()> disk_is_full);

}  // namespace meridian::app
