// AttributeValues of a request as values. What they look like in answers is item/json.h's.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"
#include "item/value.h"

namespace meridian::dynamo {

// ValidationException, in the service's words: no type or several, no number, an empty set or one
// with duplicates, too many levels. REQUIRES (of all here): check_types() has passed.
[[nodiscard]] Outcome<item::Value> value_of(const boost::json::value& json);
[[nodiscard]] Outcome<item::Map> attributes_of(const boost::json::object& json);
[[nodiscard]] Outcome<std::vector<item::Value>> values_of(const boost::json::array& json);

}  // namespace meridian::dynamo
