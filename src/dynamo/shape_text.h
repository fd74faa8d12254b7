// Values of a request as the service shows them in its messages: as Java prints them.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "dynamo/shape.h"

namespace meridian::dynamo {

// "'[KeySchemaElement(attributeName=pk, keyType=HASH)]'", at most some KB of it.
// REQUIRES: the value has the shape's types.
[[nodiscard]] std::string quoted(const boost::json::value& value, const Shape& shape);

}  // namespace meridian::dynamo
