// Keys of items and of secondary indexes, checked in the service's words.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "item/key.h"
#include "item/value.h"

namespace meridian::dynamo {

// A parameter Key: exactly the table's key attributes. ValidationException.
[[nodiscard]] Outcome<void> check_key(const TableDescription& table, const item::Map& key);
// An item to put: has the key, and the attributes that indexes find it by have their types.
[[nodiscard]] Outcome<void> check_item_keys(const TableDescription& table, const item::Item& item);

// The two halves of each: transactions tell them differently. The second ones are about values that
// are empty or too long. REQUIRES (of those): the first one passes, or the attribute is passed
// over.
[[nodiscard]] Outcome<void> check_key_schema(const TableDescription& table, const item::Map& key);
[[nodiscard]] Outcome<void> check_item_schema(const TableDescription& table,
                                              const item::Item& item);
[[nodiscard]] Outcome<void> check_key_values(const TableDescription& table, const item::Map& map);
[[nodiscard]] Outcome<void> check_index_values(const TableDescription& table,
                                               const item::Item& item);

// The table's key attributes of an item that has them.
[[nodiscard]] item::Key key_in(const item::KeySchema& key, const item::Item& item);

// ---- What other checks of keys are made of

[[nodiscard]] std::string_view letter(item::KeyType type);  // "S"
[[nodiscard]] std::unexpected<Failure> index_type_mismatch(const store::IndexSchema& index,
                                                           const item::KeyAttribute& attribute,
                                                           std::string_view actual);
// "The AttributeValue for a key attribute cannot contain an empty string value."; nothing: it isn't
// empty.
[[nodiscard]] std::optional<std::string> emptiness_of(const item::Value& value);

// Calls check(index, attribute) for each attribute that an index finds items by, and tells the
// failure of the index that comes first by name.
using IndexCheck =
    std::function<Outcome<void>(const store::IndexSchema&, const item::KeyAttribute&)>;
[[nodiscard]] Outcome<void> each_index_attribute(const TableDescription& table,
                                                 const IndexCheck& check);

}  // namespace meridian::dynamo
