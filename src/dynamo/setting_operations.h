// What hangs on a table: UpdateTimeToLive, DescribeTimeToLive, TagResource, UntagResource,
// ListTagsOfResource.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> setting_operations();

// The table of a ResourceArn of this region. ValidationException: it is no ARN of a table;
// AccessDeniedException: of another account; ResourceNotFoundException.
[[nodiscard]] Outcome<TablePtr> table_of_resource(World& world,
                                                  const boost::json::object& parameters,
                                                  std::string_view operation);

}  // namespace meridian::dynamo
