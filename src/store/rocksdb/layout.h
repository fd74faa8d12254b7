// What is stored where, byte by byte. A change of anything here is a new kFormat.
//
//   column family  key                     value (seal.h)
//   default        "format"                kFormat
//                  "trimmed"               the newest change taken off the log
//                  "table/" name           the table, as an encoded item, with its indexes
//                  "region/" name          its number, 1 byte; this store's own is 2
//                  "cursor/" region        that one's log · its newest change that was applied
//                  "log"                   which log this is: LogId
//                  "clock"                 the newest time of a stamp
//                  "unversioned"           the newest change of format 1
//                  "collected"             tombstones up to here may be gone
//   items          store::row_key          item::encode; metadata: the version
//   tombstones     store::row_key          nothing; metadata: the version of a deleted item
//   log            sequence number         the change: see seal_change; metadata: the version
//   conflicts      StagedConflict::key     see seal_conflict
//   indexes        store::index_entry      nothing
//
// Numbers and times are 8 bytes, big-endian.
//
// Format 1 had no versions, and only the families default, items and log. Format 2 had no indexes,
// no dropped tables, and no family for entries. Their values are still there, and read, in a
// database that a later format goes on with.
//
// Entries are not sealed: they are believed only as far as the item that they point to says the
// same. Without them an index is filled anew.
//
// The newest sequence number is not stored by itself: it is the last key of the log, or "trimmed"
// when the log is empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"
#include "store/region_directory.h"
#include "store/replica_store.h"
#include "store/rocksdb/seal.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/write_stage.h"

namespace meridian::store {

inline constexpr std::uint64_t kFormat = 3;

inline constexpr std::string_view kItemsFamily = "items";
inline constexpr std::string_view kLogFamily = "log";
inline constexpr std::string_view kTombstonesFamily = "tombstones";
inline constexpr std::string_view kConflictsFamily = "conflicts";
inline constexpr std::string_view kIndexesFamily = "indexes";
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kTrimmedKey = "trimmed";
inline constexpr std::string_view kTablePrefix = "table/";
inline constexpr std::string_view kRegionPrefix = "region/";
inline constexpr std::string_view kCursorPrefix = "cursor/";
inline constexpr std::string_view kLogIdKey = "log";
inline constexpr std::string_view kClockKey = "clock";
inline constexpr std::string_view kUnversionedKey = "unversioned";
inline constexpr std::string_view kCollectedKey = "collected";

[[nodiscard]] std::string seal_table(const Table& table);
[[nodiscard]] Result<Table> unseal_table(std::string_view sealed);

[[nodiscard]] std::string seal_cursor(const Cursor& cursor);
[[nodiscard]] Result<Cursor> unseal_cursor(std::string_view sealed);

// The value of an item, and of a tombstone.
[[nodiscard]] Result<item::Item> unseal_item(std::string_view sealed);
[[nodiscard]] Result<Version> version_of(const RegionDirectory& regions, const Unsealed& item);
[[nodiscard]] Result<VersionedImage> unseal_row(const RegionDirectory& regions,
                                                std::string_view sealed);
// Of a delete whose bytes are damaged, only that it was made is known: it counts as older than
// every write.
[[nodiscard]] Version version_of_tombstone(const RegionDirectory& regions, std::string_view sealed);

// The payload in the log: time in ms (8 bytes, big-endian) · length of the row key (4) · row key ·
// before · after. Before and after: 0 for none, or 1 · length (4) · item::encode.
struct SealedChange {
    std::string log;  // empty when nobody sees the change
    std::string row;  // the new value of the item, or of its tombstone; empty: of neither
    // What the images take encoded; not known of a change that nobody sees.
    std::size_t before_bytes = 0;
    std::size_t after_bytes = 0;
};
[[nodiscard]] SealedChange seal_change(const RegionDirectory& regions, const StagedChange& change);
[[nodiscard]] Result<Change> unseal_change(const TableDirectory& tables, SequenceNumber sequence,
                                           std::string_view sealed);
// The table of a change. Nothing: it is damaged.
[[nodiscard]] std::optional<std::uint32_t> table_of_change(const Unsealed& sealed);
// REQUIRES: the change has a version.
[[nodiscard]] Result<OwnChange> unseal_own_change(const TableDirectory& tables,
                                                  const RegionDirectory& regions,
                                                  SequenceNumber sequence, const Unsealed& sealed);

// What a change made of its row.
struct LoggedRow {
    std::string row;
    std::string sealed;  // the value of the item, or of its tombstone
    bool deleted = false;
};
// kCorruption, also of a change without a version.
[[nodiscard]] Result<LoggedRow> row_of_change(std::string_view sealed);

// The payload: time in ms (8) · length of the row key (4) · row key · what was kept · what was
// lost; of either: length of the version (4) · version_bytes.h · the image, as in a change.
[[nodiscard]] std::string seal_conflict(const RegionDirectory& regions, std::string_view row,
                                        const Conflict& conflict);
[[nodiscard]] Result<Conflict> unseal_conflict(const TableDirectory& tables,
                                               const RegionDirectory& regions,
                                               std::string_view sealed);

}  // namespace meridian::store
