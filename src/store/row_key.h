// Row keys: where an item stands among all items of a store, as bytes that compare with memcmp.
//
//   table id (4 bytes, big-endian) · hash of the partition (2, big-endian) · item::encode_key
//
// A table's rows stand together, in them a partition's, in the order of the sort key. Partitions
// stand in the order of a hash, so that a segment of a scan is one range of rows, and the segments
// are of about one size whatever the keys look like. The bytes are stored: changing them is a new
// format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/key.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

inline constexpr std::size_t kRowIdBytes = 4;
inline constexpr std::size_t kRowHashBytes = 2;

// REQUIRES: the key fits the table's schema (item::checked_key).
[[nodiscard]] std::string row_key(const Table& table, const item::Key& key);
// The row that a reference means. kTableNotFound, kInvalidInput.
[[nodiscard]] Result<std::string> row_of(const TableDirectory& tables, const ItemRef& ref);

struct DecodedRowKey {
    std::uint32_t table_id = 0;
    std::string_view encoded_key;  // for item::decode_key; points into the row key
};
// kCorruption for bytes that are too short to be a row key.
[[nodiscard]] Result<DecodedRowKey> decode_row_key(std::string_view row);
// The key of the item that stands in a row of the table. kCorruption.
[[nodiscard]] Result<item::Key> item_key(const Table& table, std::string_view row);

// Rows from low to before high. Empty when low is not below high.
struct RowRange {
    std::string low;
    std::string high;

    [[nodiscard]] bool empty() const { return low >= high; }
};

// The rows of a table that start with `prefix` behind the table's id.
[[nodiscard]] RowRange rows_under(const Table& table, std::string_view prefix);

// ---- Parts of rows, of tables and of indexes

[[nodiscard]] std::string row_prefix(std::uint32_t id);
// What all rows of a partition start with. REQUIRES: the value can be a key's.
[[nodiscard]] std::string row_prefix(std::uint32_t id, const item::Value& partition);
// REQUIRES: the prefix starts with an id, which is below 2³² - 1.
[[nodiscard]] RowRange rows_under(std::string prefix);
// The first byte string, in memcmp order, that is above every one that starts with `prefix`; none
// when there is no such string.
[[nodiscard]] std::optional<std::string> after_prefix(std::string prefix);
void append_big_endian(std::uint64_t number, std::size_t bytes, std::string& out);

}  // namespace meridian::store
