// TransactGetItems: up to 100 items of several tables, as of one moment, all or none.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kTransactGetItems;
[[nodiscard]] Outcome<std::string> transact_get_items(World& world,
                                                      const boost::json::object& parameters);

}  // namespace meridian::dynamo
