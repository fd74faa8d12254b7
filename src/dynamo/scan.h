// Scan: all items of a table or an index, or of one of several parts that readers share out.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kScanParameters;
// The answer, or the refusal. Reads up to 1 MB.
[[nodiscard]] Outcome<std::string> scan(World& world, const boost::json::object& parameters);

}  // namespace meridian::dynamo
