// A region's tables, opened and complete.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "commands.h"
#include "store/table_store.h"

namespace meridian::app {

// Those of the folder, or of --tables in memory; with sample data when that is asked for and they
// are empty. `clock` must outlive the store; `disk_is_full` is RocksDbOptions'. The error says what
// is in the way and how to mend it.
[[nodiscard]] Result<std::unique_ptr<store::TableStore>> open_region_tables(
    const ServeOptions& options, const std::filesystem::path& folder, const Clock& clock,
    std::function<bool()> disk_is_full);

}  // namespace meridian::app
