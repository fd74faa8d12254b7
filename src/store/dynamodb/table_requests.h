// The requests that make tables and indexes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/dynamodb/link.h"
#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

[[nodiscard]] Result<std::string> table_creation(const Link& link, const TableSchema& schema);
// With the table's own capacity, where it has any. kInvalidInput: one of the index's key attributes
// has another type in the table's key or another index.
[[nodiscard]] Result<std::string> index_creation(const Link& link, const TableShape& table,
                                                 const IndexSchema& index);
[[nodiscard]] Result<std::string> index_deletion(const Link& link, std::string_view table,
                                                 std::string_view index);

}  // namespace meridian::store::dynamodb
