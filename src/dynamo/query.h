// Query: items of one partition of a table or an index, in the order of the sort key.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kQueryParameters;
// The answer, or the refusal. Reads up to 1 MB.
[[nodiscard]] Outcome<std::string> query(World& world, const boost::json::object& parameters);

}  // namespace meridian::dynamo
