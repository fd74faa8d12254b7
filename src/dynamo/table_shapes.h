// The parameters of operations on tables.
#pragma once

#include "dynamo/shape.h"

namespace meridian::dynamo {

// Operations on one table: its name, or its ARN.
extern const Shape kNameOfTable;
inline constexpr Member kNameOfTableMember{"TableName", &kNameOfTable, Need::kRequired,
                                           Alone::kWhenAbsent};

extern const Shape kCreateTable;
extern const Shape kUpdateTable;
extern const Shape kOneTable;  // DescribeTable, DeleteTable, DescribeTimeToLive
extern const Shape kListTables;
extern const Shape kNoParameters;
extern const Shape kTags;

}  // namespace meridian::dynamo
