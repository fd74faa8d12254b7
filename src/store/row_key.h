// Row keys: where an item stands among all items of a store, as bytes that compare with memcmp.
//
//   table id (4 bytes, big-endian) · hash of the partition (2, big-endian) · item::encode_key
//
// A table's rows stand together, in them a partition's, in the order of the sort key. Partitions
// stand in the order of a hash, so that a segment of a scan is one range of rows, and the segments
// are of about one size whatever the keys look like. The bytes are stored: changing them is a new
// format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/key.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

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

// The rows that a query may examine: its partition, narrowed by its sort condition and by where the
// page starts. kInvalidInput names the attribute that does not fit the schema.
[[nodiscard]] Result<RowRange> query_range(const Table& table, const Query& query);

// The rows of a scan's segment, from where the page starts. kInvalidInput: the segment does not
// exist, or the start is not in it.
[[nodiscard]] Result<RowRange> scan_range(const Table& table, const Scan& scan);

}  // namespace meridian::store
