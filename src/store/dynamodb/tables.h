// CreateTable, DeleteTable, UpdateTable for indexes, ListTables.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/dynamodb/link.h"
#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// The service does these later than it answers, and one at a time for each table. They wait for the
// ones before, and for their own end where something must be done before it is of use (a table:
// ACTIVE; dropping one: gone). kTimeout: DynamoDbOptions::table_wait or the thread's deadline was
// over first; the service goes on.
[[nodiscard]] Result<void> create_table(const Link& link, const TableSchema& schema);
[[nodiscard]] Result<void> drop_table(const Link& link, std::string_view table);
[[nodiscard]] Result<void> create_index(const Link& link, std::string_view table,
                                        const IndexSchema& index);
[[nodiscard]] Result<void> drop_index(const Link& link, std::string_view table,
                                      std::string_view index);

// By name. An index that is being dropped is not shown.
[[nodiscard]] Result<std::vector<IndexStatus>> list_indexes(const Link& link,
                                                            std::string_view table);
// Our tables, by name, without those that are being dropped.
[[nodiscard]] Result<std::vector<TableSchema>> list_tables(const Link& link);

}  // namespace meridian::store::dynamodb
