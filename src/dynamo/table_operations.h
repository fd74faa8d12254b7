// CreateTable, DescribeTable, UpdateTable, DeleteTable, ListTables, DescribeLimits,
// DescribeEndpoints.
#pragma once

#include <span>
#include <string_view>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> table_operations();

// "Requested resource not found: Table: NAME not found", as operations on tables say it.
[[nodiscard]] std::unexpected<Failure> table_not_found(std::string_view name);

}  // namespace meridian::dynamo
