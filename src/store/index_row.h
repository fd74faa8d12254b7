// Entries of indexes, as bytes that compare with memcmp: one for each item that is in the index.
//
//   index id (4 bytes, big-endian) · hash of the index's partition (2) · item::encode_key of the
//   index's key · the item's row without its table (row_key.h)
//
// So the entries of one key stand together, in the order of the table's rows. An entry holds
// nothing but where its item is. The bytes are stored: changing them is a new format.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/key.h"
#include "item/value.h"
#include "store/table_directory.h"

namespace meridian::store {

// The item's entry; nothing: it lacks a key attribute of the index. REQUIRES: `row` is the item's.
[[nodiscard]] std::optional<std::string> index_entry(const Index& index, std::string_view row,
                                                     const item::Item& item);
// The same of what may not be there.
[[nodiscard]] std::optional<std::string> index_entry(const Index& index, std::string_view row,
                                                     const item::Item* item);

// What an entry says. kCorruption.
struct DecodedEntry {
    item::Key index_key;
    std::string row;  // the item's
};
[[nodiscard]] Result<DecodedEntry> decode_entry(const Table& table, const Index& index,
                                                std::string_view entry);

// The item as the index shows it.
[[nodiscard]] item::Item shown_in(const Index& index, const item::KeySchema& table_key,
                                  item::Item item);
// Whether that is the whole item.
[[nodiscard]] bool shows_all(const Index& index);

}  // namespace meridian::store
