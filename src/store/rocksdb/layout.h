// What is stored where, byte by byte. A change of anything here is a new kFormat.
//
//   column family  key                             value (sealed)
//   default        "format"                        big-endian 64: kFormat
//                  "trimmed"                       big-endian 64: the newest change taken off the
//                  log "table/" name                   the table, as an encoded item
//   items          store::row_key                  item::encode
//   log            big-endian 64: sequence number  the change: see append_change
//
// A sealed value: format (1 byte: 1) · checksum (4, little-endian: low half of XXH3-64 of all that
// follows) · length of the metadata (1) · metadata · payload. Metadata is for what later versions
// say about an item beside its attributes; this one writes none and skips what it finds.
//
// The newest sequence number is not stored by itself: it is the last key of the log, or "trimmed"
// when the log is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/write_stage.h"

namespace meridian::store {

inline constexpr std::uint64_t kFormat = 1;

inline constexpr std::string_view kItemsFamily = "items";
inline constexpr std::string_view kLogFamily = "log";
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kTrimmedKey = "trimmed";
inline constexpr std::string_view kTablePrefix = "table/";

[[nodiscard]] std::string seal(std::string_view payload);
// The payload of a sealed value, as a part of it. kCorruption: the bytes are not what was sealed.
[[nodiscard]] Result<std::string_view> unseal(std::string_view sealed);

// 8 bytes, big-endian: numbers as values, and sequence numbers as keys of the log.
[[nodiscard]] std::string encode_number(std::uint64_t number);
[[nodiscard]] Result<std::uint64_t> decode_number(std::string_view bytes);

[[nodiscard]] std::string seal_table(const Table& table);
[[nodiscard]] Result<Table> unseal_table(std::string_view sealed);

[[nodiscard]] std::string seal_item(const item::Item& item);
[[nodiscard]] Result<item::Item> unseal_item(std::string_view sealed);

// The payload: time in ms (8 bytes, big-endian) · length of the row key (4) · row key · before ·
// after. Before and after: 0 for none, or 1 · length (4) · item::encode.
struct SealedChange {
    std::string log;
    std::string item;  // the row's new value, which is seal_item of `after`; empty without one
};
[[nodiscard]] SealedChange seal_change(const StagedChange& change);
[[nodiscard]] Result<Change> unseal_change(const TableDirectory& tables, SequenceNumber sequence,
                                           std::string_view sealed);

}  // namespace meridian::store
