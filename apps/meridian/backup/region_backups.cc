#include "backup/region_backups.h"

#include <utility>

#include "store/rocksdb/rocksdb_store.h"

namespace meridian::app {
namespace {

// What happened longer ago than this is in the archive, also when the process dies.
constexpr std::chrono::seconds kTick{1};

}  // namespace

std::filesystem::path backup_folder(const std::filesystem::path& configured,
                                    const std::filesystem::path& data, const std::string& region) {
    return (configured.empty() ? data / "backups" : configured) / region;
}

Result<std::unique_ptr<backup::Backups>> open_region_backups(const BackupSettings& wanted,
                                                             const std::filesystem::path& data,
                                                             store::ReplicaStore& store,
                                                             const Clock& clock, Random& random) {
    auto opened = backup::Backups::open(
        {.folder = backup_folder(wanted.folder, data, store.region()),
         .every = wanted.every,
         .keep = wanted.keep,
         .continuous = wanted.continuous,
         .base_every = wanted.base_every,
         .window = wanted.window},
        store, clock, random,
        [&clock, region = store.region()](const std::filesystem::path& folder) {
            store::RocksDbOptions options;
            options.folder = folder;
            options.region = region;
            return store::open_rocksdb_store(options, clock);
        });
    if (opened) {
        (*opened)->start(kTick);
    }
    return opened;
}

}  // namespace meridian::app
