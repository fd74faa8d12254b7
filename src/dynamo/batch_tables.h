// What requests about several tables have in common.
#pragma once

#include "dynamo/shape.h"

namespace meridian::dynamo {

// Keys of RequestItems: names or ARNs.
inline constexpr Shape kBatchTableName{.length_min = 3,
                                       .length_max = 255,
                                       .pattern = kNamePattern,
                                       .matches = &is_name,
                                       .or_arn = true};

}  // namespace meridian::dynamo
