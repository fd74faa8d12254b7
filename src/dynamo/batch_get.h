// BatchGetItem: up to 100 items of several tables, as of one moment.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kBatchGetItem;
[[nodiscard]] Outcome<std::string> batch_get_item(World& world,
                                                  const boost::json::object& parameters);

}  // namespace meridian::dynamo
