#include "backup/offline_restore.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>
#include <vector>

#include "backup/archive_index.h"
#include "backup/new_file.h"
#include "backup/region_backups.h"
#include "base/clock.h"
#include "data_folder.h"
#include "store/rocksdb/rocksdb_store.h"

namespace meridian::app {
namespace {

namespace fs = std::filesystem;

fs::path all_backups(const OfflineRestore& what) {
    return what.backups.empty() ? what.data / "backups" : what.backups;
}

// The file of a backup: itself, or that of some region in the data folder.
Result<fs::path> find_file(const OfflineRestore& what) {
    std::error_code error;
    if (fs::is_regular_file(what.source, error)) {
        return what.source;
    }
    if (what.source.find('/') == std::string::npos) {
        for (fs::directory_iterator entry(all_backups(what), error), end; !error && entry != end;
             entry.increment(error)) {
            std::error_code ignored;
            if (auto file = entry->path() / (what.source + ".backup");
                fs::is_regular_file(file, ignored)) {
                return file;
            }
        }
    }
    return fail(ErrorCode::kInvalidInput,
                fmt::format("there is neither a file {} nor such a backup in {}", what.source,
                            all_backups(what).string()));
}

Result<backup::Point> find_moment(const OfflineRestore& what) {
    const auto folder = all_backups(what) / what.region / "continuous";
    const auto files = backup::list_archive(folder);
    if (!files) {
        return std::unexpected(files.error());
    }
    const auto windows = backup::windows_of(*files);
    if (windows.empty()) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} has no base backup to restore from", folder.string()));
    }
    return backup::find_point(folder, windows,
                              what.latest ? windows.back().latest : what.to.value_or(Instant{}));
}

Result<void> check_free(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} is not empty; restore --into another folder, or move it away",
                                folder.string()));
    }
    fs::remove(folder, error);
    return {};
}

Result<backup::Restored> fill(const OfflineRestore& what, const fs::path& folder,
                              backup::Tally& tally) {
    const auto file = what.source.empty() ? fs::path() : find_file(what);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto point = what.source.empty() ? find_moment(what) : backup::Point{};
    if (!point) {
        return std::unexpected(point.error());
    }
    const SystemClock clock;
    store::RocksDbOptions options;
    options.folder = folder;
    options.region = what.region;
    auto store = store::open_rocksdb_store(options, clock);
    if (!store) {
        return std::unexpected(std::move(store).error());
    }
    return what.source.empty() ? backup::restore_point(*point, **store, tally)
                               : backup::restore_backup(*file, **store, tally);
}

}  // namespace

Result<backup::Restored> restore_offline(const OfflineRestore& what, backup::Tally& tally) {
    const auto folder = what.into / what.region;
    auto unfinished = folder;
    unfinished += backup::kUnfinished;
    auto ready = make_folder(what.into);
    if (ready) {
        ready = check_free(folder);
    }
    if (!ready) {
        return std::unexpected(std::move(ready).error());
    }
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    auto restored = fill(what, unfinished, tally);
    if (restored) {
        ready = backup::rename_file(unfinished, folder);
    }
    if (!restored || !ready) {
        fs::remove_all(unfinished, ignored);
        return std::unexpected(restored ? std::move(ready).error() : std::move(restored).error());
    }
    return restored;
}

}  // namespace meridian::app
