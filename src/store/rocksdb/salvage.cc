#include "store/rocksdb/salvage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <limits>
#include <ranges>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/catalog_copy.h"
#include "store/rocksdb/damaged_folder.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/durable_mark.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/rebuild.h"

namespace meridian::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeptMax = 2;
constexpr std::string_view kWorkEnding = ".salvage";

// RocksDB's lock of a folder.
class FolderLock {
  public:
    static Result<FolderLock> take(const fs::path& folder, rocksdb::Env* env) {
        rocksdb::FileLock* lock = nullptr;
        const auto status = env->LockFile((folder / "LOCK").string(), &lock);
        if (!status.ok()) {
            return std::unexpected(opening_error_of(status, folder));
        }
        return FolderLock(lock, env);
    }
    FolderLock(FolderLock&& other) noexcept
        : lock_(std::exchange(other.lock_, nullptr)), env_(other.env_) {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock() {
        if (lock_ != nullptr) {
            env_->UnlockFile(lock_);
        }
    }

  private:
    FolderLock(rocksdb::FileLock* lock, rocksdb::Env* env) : lock_(lock), env_(env) {}
    rocksdb::FileLock* lock_;
    rocksdb::Env* env_;
};

// A folder that is only there while this works.
class WorkFolder {
  public:
    explicit WorkFolder(fs::path path) : path_(std::move(path)) { remove(); }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() { remove(); }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    void remove() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path path_;
};

std::unexpected<Error> failed(const fs::path& path, int error_number) {
    return fail(ErrorCode::kIo, fmt::format("{}: {}", path.string(),
                                            std::generic_category().message(error_number)));
}

fs::path beside(const fs::path& folder, std::string_view ending) {
    return folder.parent_path() / (folder.filename().string() + std::string(ending));
}

// FOLDER.damaged-2026-11-21T09-22-27.123Z, and another one after that when it is taken.
fs::path name_for_damaged(const fs::path& folder, const Clock& clock) {
    auto instant = format_instant(clock.now());
    std::ranges::replace(instant, ':', '-');
    const auto name = beside(folder, ".damaged-" + instant);
    auto free = name;
    std::error_code error;
    for (int i = 2; fs::exists(free, error); ++i) {
        free = beside(name, fmt::format("-{}", i));
    }
    return free;
}

std::vector<fs::path> kept_folders(const fs::path& folder) {
    const auto prefix = folder.filename().string() + ".damaged-";
    std::vector<fs::path> kept;
    std::error_code error;
    for (fs::directory_iterator entry(folder.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().filename().string().starts_with(prefix)) {
            kept.push_back(entry->path());
        }
    }
    std::ranges::sort(kept);
    return kept;
}

// Everything of the catalog that can be read, from wherever it stands.
Result<CatalogRows> read_catalog(const DamagedFolder& source,
                                 const std::vector<DamagedFolder::Written>& written,
                                 const fs::path& folder) {
    CatalogRows rows;
    const auto keep = [&rows](std::string_view key, std::string_view sealed) -> Result<void> {
        if (unseal_all(sealed)) {
            rows.insert_or_assign(std::string(key), std::string(sealed));
        }
        return {};
    };
    // Its kinds of rows start with different letters.
    const auto next_letter = [](std::string_view at, std::size_t /*failures*/) {
        const char first = at.empty() ? '\0' : at.front();
        return first == std::numeric_limits<char>::max()
                   ? std::string()
                   : std::string(1, static_cast<char>(first + 1));
    };
    const auto steps = source.read(Family::kCatalog, next_letter, keep);
    if (!steps) {
        return std::unexpected(steps.error());
    }
    if (*steps > 0) {
        log(LogLevel::kWarn, "salvage",
            "the catalog can't be read in full: other regions' logs are read anew");
    }
    for (const auto& put : written) {
        if (put.family == Family::kCatalog && !put.damaged) {
            static_cast<void>(keep(put.key, put.value));
        }
    }
    rows.merge(read_catalog_copy(folder));
    return rows;
}

Result<std::unique_ptr<Database>> make_database(const fs::path& folder, rocksdb::Env* env,
                                                const CatalogRows& rows) {
    auto database = Database::open(folder, env);
    if (!database) {
        return database;
    }
    rocksdb::WriteBatch batch;  // without a handle it goes to the default family, the catalog
    for (const auto& [key, sealed] : rows) {
        if (is_copied(key)) {
            batch.Put(key, sealed);
        }
    }
    if (auto made = (*database)->commit(batch, 0); !made) {
        return std::unexpected(std::move(made).error());
    }
    return database;
}

// A new database in `folder`, closed again.
Result<Salvaged> rebuild_in(const fs::path& folder, rocksdb::Env* env,
                            const RocksDbOptions& options, Readable readable, const Clock& clock) {
    auto database = make_database(folder, env, readable.catalog);
    if (!database) {
        return std::unexpected(std::move(database).error());
    }
    auto catalog = Catalog::open(**database, options.region);
    if (!catalog) {
        return std::unexpected(std::move(catalog).error());
    }
    if (auto restarted = (*catalog)->restart_indexes(); !restarted) {
        return std::unexpected(std::move(restarted).error());
    }
    auto salvaged = Rebuild(**database, **catalog, readable, clock).run();
    if (!salvaged) {
        return salvaged;
    }
    catalog->reset();
    database->reset();
    auto mark = DurableMark::open(folder);
    if (!mark) {
        return std::unexpected(std::move(mark).error());
    }
    mark->advance(readable.acknowledged);
    return salvaged;
}

Result<Salvaged> rebuild(const WorkFolder& work, rocksdb::Env* env, const RocksDbOptions& options,
                         const Clock& clock) {
    const auto source = DamagedFolder::open(options.folder, work.path() / "old", env);
    auto wals = source ? source->read_wals() : std::unexpected(source.error());
    auto catalog =
        wals ? read_catalog(*source, wals->written, options.folder) : std::unexpected(wals.error());
    auto mark = catalog ? DurableMark::open(options.folder) : std::unexpected(catalog.error());
    if (!mark) {
        return std::unexpected(std::move(mark).error());
    }
    Readable readable{*source, *std::move(wals), *std::move(catalog), mark->value()};
    auto salvaged = rebuild_in(work.path() / "new", env, options, readable, clock);
    if (salvaged || salvaged.error().code != ErrorCode::kCorruption) {
        return salvaged;
    }
    // Which tables and regions there were can't be told, so that no row means anything.
    readable.catalog.clear();
    std::error_code ignored;
    fs::remove_all(work.path() / "new", ignored);
    return rebuild_in(work.path() / "new", env, options, std::move(readable), clock);
}

// What others keep in the folder is in both from now on.
Result<void> carry_over(const fs::path& from, const fs::path& to) {
    std::error_code error;
    for (fs::directory_iterator entry(from, error), end; !error && entry != end;
         entry.increment(error)) {
        if (!is_of_database(entry->path())) {
            fs::copy(entry->path(), to / entry->path().filename(),
                     fs::copy_options::recursive | fs::copy_options::create_hard_links, error);
        }
        if (error) {
            break;
        }
    }
    return error ? failed(from, error.value()) : Result<void>();
}

// The new folder takes the place of the old one, which gets the new one's name.
Result<void> swap(const fs::path& made, const fs::path& folder, const fs::path& kept) {
    // Until the exchange the new one has the name that the old one shall have: nothing but that one
    // step stands between them.
    if (::rename(made.c_str(), kept.c_str()) != 0 ||
        ::renameat2(AT_FDCWD, kept.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
        const int error = errno;
        std::error_code ignored;
        fs::remove_all(kept, ignored);
        return failed(folder, error);
    }
    const int parent = ::open(folder.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = parent >= 0 && ::fsync(parent) == 0;
    if (parent >= 0) {
        ::close(parent);
    }
    if (!synced) {
        log(LogLevel::kWarn, "salvage", "{} could not be synced", folder.parent_path().string());
    }
    return {};
}

}  // namespace

Result<Salvaged> salvage_on(rocksdb::Env* env, const RocksDbOptions& options, const Clock& clock) {
    const auto& folder = options.folder;
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: there is no such folder", folder.string()));
    }
    const auto lock = FolderLock::take(folder, env);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    const WorkFolder work(beside(folder, kWorkEnding));
    auto salvaged = rebuild(work, env, options, clock);
    if (!salvaged) {
        return salvaged;
    }
    if (auto carried = carry_over(folder, work.path() / "new"); !carried) {
        return std::unexpected(std::move(carried).error());
    }
    salvaged->kept = name_for_damaged(folder, clock);
    fs::permissions(work.path() / "new", fs::status(folder, error).permissions(), error);
    if (auto swapped = swap(work.path() / "new", folder, salvaged->kept); !swapped) {
        return std::unexpected(std::move(swapped).error());
    }
    salvaged->older = kept_folders(folder);
    salvaged->older.resize(salvaged->older.size() - std::min(salvaged->older.size(), kKeptMax));
    return salvaged;
}

Result<Salvaged> salvage(const RocksDbOptions& options, const Clock& clock) {
    return salvage_on(rocksdb::Env::Default(), options, clock);
}

void remove_unfinished_salvage(const fs::path& folder) {
    std::error_code ignored;
    fs::remove_all(beside(folder, kWorkEnding), ignored);
}

std::string to_string(const Salvaged& salvaged) {
    auto text = fmt::format("{} items, {} deletes and {} changes are there", salvaged.items,
                            salvaged.deletes, salvaged.changes);
    if (salvaged.from_log > 0) {
        text += fmt::format(", {} of them from the change log", salvaged.from_log);
    }
    if (!salvaged.holes.empty()) {
        text += fmt::format("; not readable: {}", fmt::join(salvaged.holes, ", "));
    }
    text += salvaged.incomplete
                ? "; what may be missing comes back from the other regions; without any, restore a "
                  "backup"
                : "; nothing is missing";
    if (salvaged.new_log) {
        text += "; the other regions read everything of this one again";
    }
    text += fmt::format("; the damaged folder is kept as {}", salvaged.kept.string());
    if (!salvaged.older.empty()) {
        text += fmt::format("; delete what is no longer needed: {}",
                            fmt::join(salvaged.older | std::views::transform([](const auto& path) {
                                          return path.string();
                                      }),
                                      ", "));
    }
    return text;
}

}  // namespace meridian::store
