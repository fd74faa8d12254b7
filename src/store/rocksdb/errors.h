// RocksDB's statuses as our errors.
#pragma once

#include <rocksdb/status.h>

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "store/table_directory.h"

namespace meridian::store {

// What a failed read or write means. kDiskFull: there was no room, and nothing was written; kIo:
// the disk refused, and a write may or may not have been made; kCorruption. The message names the
// folder. kCorruption is noted there (damage_note.h). REQUIRES: not ok().
[[nodiscard]] Error error_of(const rocksdb::Status& status, const std::filesystem::path& folder);

// What a failed opening means; also kLocked (by whom) and kNotSupported (a newer format).
[[nodiscard]] Error opening_error_of(const rocksdb::Status& status,
                                     const std::filesystem::path& folder);

// kCorruption: what in the folder is damaged, and what mends it.
[[nodiscard]] Error damaged(const std::filesystem::path& folder, std::string_view what);
// kCorruption: which item is damaged, and what mends it.
[[nodiscard]] Error damaged_item(const TableDirectory& tables, std::string_view row,
                                 std::string_view what);
// kNotSupported.
[[nodiscard]] Error newer_format(const std::filesystem::path& folder, std::string_view what);

}  // namespace meridian::store
