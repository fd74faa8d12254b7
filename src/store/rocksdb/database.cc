#include "store/rocksdb/database.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "store/rocksdb/damage_note.h"
#include "store/rocksdb/damaged_folder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/manifest.h"
#include "store/rocksdb/opening.h"

namespace meridian::store {
namespace {

// kCorruption: the log ends before a change that was acknowledged.
Result<void> check_nothing_lost(SequenceNumber newest, SequenceNumber acknowledged,
                                const std::filesystem::path& folder) {
    if (newest >= acknowledged) {
        return {};
    }
    return std::unexpected(damaged(
        folder,
        fmt::format("the acknowledged changes {} to {} are missing", newest + 1, acknowledged)));
}

// What RocksDB itself would not notice. It would take a folder without CURRENT for a new one, and
// delete the files of the old one.
Result<void> check_before_opening(const std::filesystem::path& folder) {
    if (const auto note = noted_damage(folder)) {
        return std::unexpected(damaged(folder, *note));
    }
    std::error_code error;
    if (std::filesystem::exists(folder / "CURRENT", error)) {
        return check_manifest(folder);
    }
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with("MANIFEST-") || name.ends_with(".sst")) {
            return std::unexpected(damaged(folder, "the file CURRENT is missing"));
        }
    }
    return {};
}

}  // namespace

OpenDatabase::~OpenDatabase() {
    pins.reset();
    for (auto* family : {&catalog, &items, &log, &tombstones, &conflicts, &indexes}) {
        family->reset();
    }
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder,
                                                 rocksdb::Env* env) {
    if (auto checked = check_before_opening(folder); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    if (auto kept = keep_wals(folder); !kept) {
        return std::unexpected(std::move(kept).error());
    }
    // First the lock, which opening takes; the mark is another process's until then.
    auto open = open_database(folder, env, OpenFor::kWriting);
    if (!open) {
        return std::unexpected(std::move(open).error());
    }
    auto mark = DurableMark::open(folder);
    if (!mark) {
        return std::unexpected(std::move(mark).error());
    }
    std::unique_ptr<Database> database(new Database(folder, env, *std::move(mark)));
    database->open_.emplace(*std::move(open));
    if (auto opened = database->settle(); !opened) {
        return std::unexpected(std::move(opened).error());
    }
    forget_kept_wals(folder);
    return database;
}

Result<void> Database::settle() {
    if (auto settled = settle_format(*open_, folder_); !settled) {
        return settled;
    }
    const auto ends = read_log_ends(*open_, folder_, {});
    if (!ends) {
        return std::unexpected(ends.error());
    }
    trimmed_ = ends->trimmed;
    last_sequence_ = ends->newest;
    return check_nothing_lost(ends->newest, mark_.value(), folder_);
}

Result<Database::Access> Database::access() const {
    std::unique_lock turn(turnstile_);
    std::shared_lock lock(open_mutex_);
    turn.unlock();
    if (!open_) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} is closed until it can be written again", folder_.string()));
    }
    return Access(std::move(lock), &*open_);
}

Result<void> Database::make_ready() {
    const std::lock_guard lock(commit_mutex_);
    return broken_ ? mend() : Result<void>();
}

Result<void> Database::commit(rocksdb::WriteBatch& batch, SequenceNumber newest) {
    const std::lock_guard lock(commit_mutex_);
    CHECK(newest == 0 || newest > last_sequence());
    if (broken_) {
        if (auto mended = mend(); !mended) {
            return mended;
        }
    }
    if (auto written = write_synced(batch); !written) {
        if (const auto mended = mend(); !mended) {
            return written;
        }
        const bool made_after_all = newest != 0 && last_sequence() >= newest;
        if (!made_after_all) {
            if (auto again = write_synced(batch); !again) {
                return again;
            }
        }
    }
    if (newest != 0) {
        last_sequence_ = newest;
        mark_.advance(newest);
    }
    return {};
}

Result<void> Database::write_synced(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    // Nobody opens or closes the database meanwhile: that happens under commit_mutex_ only.
    const auto status = open_->db->Write(synced, &batch);
    if (status.ok()) {
        return {};
    }
    broken_ = true;
    auto error = error_of(status, folder_);
    log(LogLevel::kError, "store", "a write failed: {}", error.message);
    return std::unexpected(std::move(error));
}

Result<void> Database::mend() {
    if (auto room = probe_room(folder_, env_); !room) {
        return room;
    }
    const std::lock_guard turn(turnstile_);
    const std::unique_lock lock(open_mutex_);
    if (auto reopened = reopen(); !reopened) {
        log(LogLevel::kError, "store", "{} could not be opened again: {}", folder_.string(),
            reopened.error().message);
        open_.reset();
        if (auto readable = open_database(folder_, env_, OpenFor::kReading)) {
            open_.emplace(*std::move(readable));
        }
        return reopened;
    }
    broken_ = false;
    log(LogLevel::kInfo, "store", "{} takes writes again", folder_.string());
    return {};
}

// REQUIRES: open_mutex_ is held exclusively.
Result<void> Database::reopen() {
    open_.reset();
    auto open = open_database(folder_, env_, OpenFor::kWriting);
    if (!open) {
        return std::unexpected(std::move(open).error());
    }
    open_.emplace(*std::move(open));
    const auto ends = read_log_ends(*open_, folder_, {});
    if (!ends) {
        return std::unexpected(ends.error());
    }
    if (auto checked = check_nothing_lost(ends->newest, last_sequence_, folder_); !checked) {
        return checked;
    }
    last_sequence_ = ends->newest;
    return {};
}

}  // namespace meridian::store
