#include "region_tables.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "catalog/tables.h"
#include "data_folder.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/salvage.h"
#include "tables_file.h"

namespace meridian::app {
namespace {

struct Opened {
    std::unique_ptr<store::ReplicaStore> store;
    bool incomplete = false;  // peers may have what is missing here
};

// A damaged folder is made whole first.
Result<Opened> open_folder(const store::RocksDbOptions& options, const Clock& clock) {
    auto opened = store::open_rocksdb_store(options, clock);
    if (opened) {
        return Opened{*std::move(opened)};
    }
    if (opened.error().code != ErrorCode::kCorruption) {
        return std::unexpected(std::move(opened).error());
    }
    log(LogLevel::kError, "store", "{}", opened.error().message);
    const auto salvaged = store::salvage(options, clock);
    if (!salvaged) {
        return fail(salvaged.error().code,
                    fmt::format("{}; it could not be salvaged: {}", opened.error().message,
                                salvaged.error().message));
    }
    log(LogLevel::kWarn, "store", "{} was salvaged: {}", options.folder.string(),
        store::to_string(*salvaged));
    opened = store::open_rocksdb_store(options, clock);
    if (!opened) {
        return std::unexpected(std::move(opened).error());
    }
    return Opened{*std::move(opened), salvaged->incomplete};
}

Result<Opened> open_tables(const ServeOptions& options, const std::filesystem::path& folder,
                           const Clock& clock, std::function<bool()> disk_is_full) {
    if (!options.tables.empty()) {
        auto store = store::open_memory_store(clock, options.region);
        if (auto loaded = load_tables(options.tables, *store); !loaded) {
            return std::unexpected(loaded.error());
        }
        return Opened{std::move(store)};
    }
    store::RocksDbOptions rocksdb;
    rocksdb.folder = folder / options.region;
    rocksdb.region = options.region;
    rocksdb.disk_is_full = std::move(disk_is_full);
    if (auto made = make_folder(rocksdb.folder); !made) {
        return std::unexpected(made.error());
    }
    return open_folder(rocksdb, clock);
}

}  // namespace

Result<RegionTables> open_region_tables(const ServeOptions& options,
                                        const std::filesystem::path& folder, const Clock& clock,
                                        std::function<bool()> disk_is_full) {
    auto opened = open_tables(options, folder, clock, std::move(disk_is_full));
    if (!opened) {
        return std::unexpected(opened.error());
    }
    const bool is_new = opened->store->last_sequence() == 0 || opened->incomplete;
    RegionTables tables{.store = std::move(opened->store), .is_new = is_new};
    if (auto created = catalog::create_tables(*tables.store); !created) {
        return std::unexpected(created.error());
    }
    if (options.demo && options.sample_data && !opened->incomplete) {
        const auto filled = catalog::fill_with_sample_data(*tables.store);
        if (!filled) {
            return std::unexpected(filled.error());
        }
        if (*filled) {
            log(LogLevel::kInfo, "store", "filled with sample data");
        }
    }
    return tables;
}

}  // namespace meridian::app
