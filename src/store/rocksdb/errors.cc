#include "store/rocksdb/errors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "item/json.h"
#include "store/rocksdb/damage_note.h"
#include "store/rocksdb/layout.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

// RocksDB keeps only the text of an error number, except of ENOSPC.
bool says(std::string_view text, int error_number) {
    return text.contains(std::generic_category().message(error_number));
}

bool is_no_room(const rocksdb::Status& status, std::string_view text) {
    return status.IsNoSpace() || says(text, ENOSPC) || says(text, EFBIG) || says(text, EDQUOT);
}

// Something was appended before a sync was tried, so that nobody knows whether it was made.
bool failed_in_sync(std::string_view text) {
    return text.contains("While fdatasync") || text.contains("While fsync");
}

// The process that holds RocksDB's lock file, or 0. REQUIRES: this process doesn't hold it: closing
// any descriptor of the file would give up the lock.
pid_t lock_holder(const std::filesystem::path& folder) {
    const int file = ::open((folder / "LOCK").c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool answered = ::fcntl(file, F_GETLK, &lock) == 0;
    ::close(file);
    return answered && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

Error locked(const std::filesystem::path& folder, std::string_view by) {
    return {ErrorCode::kLocked,
            fmt::format("{} is in use by {}; stop that one first, or use another folder",
                        folder.string(), by)};
}

}  // namespace

Error error_of(const rocksdb::Status& status, const std::filesystem::path& folder) {
    const std::string text = status.ToString();
    if (status.IsCorruption()) {
        note_damage(folder, text);
        return damaged(folder, text);
    }
    if (is_no_room(status, text) && !failed_in_sync(text)) {
        return {ErrorCode::kDiskFull,
                fmt::format("{} has no room ({}); nothing was written: make room and try again",
                            folder.string(), text)};
    }
    return {ErrorCode::kIo, fmt::format("{}: {}", folder.string(), text)};
}

Error opening_error_of(const rocksdb::Status& status, const std::filesystem::path& folder) {
    const std::string text = status.ToString();
    if (text.contains("lock hold by current process")) {
        return locked(folder, fmt::format("this process (pid {})", ::getpid()));
    }
    if (text.contains("While lock file")) {
        const auto holder = lock_holder(folder);
        return locked(folder, holder == 0 ? std::string("another process (see `fuser LOCK` there)")
                                          : fmt::format("process {0} (see `ps -p {0}`)", holder));
    }
    if (status.IsInvalidArgument() && text.contains("Column families not opened")) {
        return newer_format(folder, text);
    }
    if (says(text, ENOENT)) {
        return damaged(folder, text);
    }
    return error_of(status, folder);
}

Error damaged(const std::filesystem::path& folder, std::string_view what) {
    return {ErrorCode::kCorruption,
            fmt::format("{} is damaged ({}); a start salvages what can be read, and peers or a "
                        "backup have the rest",
                        folder.string(), what)};
}

Error damaged_item(const TableDirectory& tables, std::string_view row, std::string_view what) {
    const auto decoded = decode_row_key(row);
    const auto table = decoded ? tables.find(decoded->table_id) : std::unexpected(decoded.error());
    const auto key = table ? item_key(**table, row) : std::unexpected(table.error());
    return {ErrorCode::kCorruption,
            fmt::format("The item {} of {} is damaged ({}); repair it from another region, or put "
                        "it anew",
                        key ? item::to_plain_json(*key) : "of an unknown key",
                        table ? (*table)->schema.name : "an unknown table", what)};
}

Error newer_format(const std::filesystem::path& folder, std::string_view what) {
    return {ErrorCode::kNotSupported,
            fmt::format("{} was written by a newer Meridian ({}; this one knows format {}); update "
                        "Meridian, or use another folder",
                        folder.string(), what, kFormat)};
}

}  // namespace meridian::store
