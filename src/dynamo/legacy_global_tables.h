// The global tables of version 2017.11.29: CreateGlobalTable, DescribeGlobalTable,
// DescribeGlobalTableSettings, ListGlobalTables, UpdateGlobalTable, UpdateGlobalTableSettings.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> legacy_global_table_operations();

}  // namespace meridian::dynamo
