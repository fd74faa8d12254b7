// Keys of items and of secondary indexes, checked in the service's words.
#pragma once

#include <vector>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "expression/condition.h"
#include "expression/update.h"
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

// An update must not change the key, nor give an index's key attribute a literal that no index
// takes. ValidationException.
[[nodiscard]] Outcome<void> check_update(const TableDescription& table,
                                         const expression::Update& update);
// What the update sets, removes, adds to and deletes from.
[[nodiscard]] std::vector<expression::Path> targets_of(const expression::Update& update);

// The table's key attributes of an item that has them.
[[nodiscard]] item::Key key_in(const item::KeySchema& key, const item::Item& item);

}  // namespace meridian::dynamo
