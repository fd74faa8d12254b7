// Which items writes are about.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>

#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// A text for each item: the same for the same item, and only for it. Nothing: that would need to
// ask the service for a table's keys.
using WrittenItems = std::optional<std::set<std::string>>;

[[nodiscard]] WrittenItems written_items(const Shapes& shapes, std::span<const Write> writes);

}  // namespace meridian::store::dynamodb
