// What an update may do to the attributes of keys, in the service's words.
#pragma once

#include <optional>
#include <vector>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "item/value.h"

namespace meridian::dynamo {

// What the update sets, removes, adds to and deletes from.
[[nodiscard]] std::vector<expression::Path> targets_of(const expression::Update& update);

// An update must not change the key, nor lead into an attribute of a key, nor give an index's key
// attribute a value of another type, as far as the update shows it. ValidationException.
[[nodiscard]] Outcome<void> check_update_schema(const TableDescription& table,
                                                const expression::Update& update);
// The other half: values that are empty or too long for an index.
[[nodiscard]] Outcome<void> check_update_values(const TableDescription& table,
                                                const expression::Update& update);

// What only the item shows: attributes that are copied to an index's key attribute have its type,
// or are absent. Nothing: the update copies none.
[[nodiscard]] std::optional<expression::Condition> copies_fit(const TableDescription& table,
                                                              const expression::Update& update);
// When they don't.
[[nodiscard]] std::unexpected<Failure> copies_do_not_fit();

}  // namespace meridian::dynamo
