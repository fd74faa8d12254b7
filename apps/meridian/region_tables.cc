#include "region_tables.h"

#include <utility>

#include "base/log.h"
#include "catalog/tables.h"
#include "data_folder.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tables_file.h"

namespace meridian::app {
namespace {

Result<std::unique_ptr<store::ReplicaStore>> open_tables(const ServeOptions& options,
                                                         const std::filesystem::path& folder,
                                                         const Clock& clock,
                                                         std::function<bool()> disk_is_full) {
    if (options.store == "dynamodb") {
        return fail(ErrorCode::kNotSupported,
                    "--store dynamodb is not built yet; use --store embedded");
    }
    if (!options.tables.empty()) {
        auto store = store::open_memory_store(clock, options.region);
        if (auto loaded = load_tables(options.tables, *store); !loaded) {
            return std::unexpected(loaded.error());
        }
        return store;
    }
    store::RocksDbOptions rocksdb;
    rocksdb.folder = folder / options.region;
    rocksdb.region = options.region;
    rocksdb.disk_is_full = std::move(disk_is_full);
    if (auto made = make_folder(rocksdb.folder); !made) {
        return std::unexpected(made.error());
    }
    return store::open_rocksdb_store(rocksdb, clock);
}

}  // namespace

Result<RegionTables> open_region_tables(const ServeOptions& options,
                                        const std::filesystem::path& folder, const Clock& clock,
                                        std::function<bool()> disk_is_full) {
    auto store = open_tables(options, folder, clock, std::move(disk_is_full));
    if (!store) {
        return std::unexpected(store.error());
    }
    const bool is_new = (*store)->last_sequence() == 0;
    RegionTables tables{.store = std::move(*store), .is_new = is_new};
    if (auto created = catalog::create_tables(*tables.store); !created) {
        return std::unexpected(created.error());
    }
    if (options.demo && options.sample_data) {
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
