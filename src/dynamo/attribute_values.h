// AttributeValues of a request as values. What they look like in answers is item/json.h's.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"
#include "item/value.h"

namespace meridian::dynamo {

// The service checks values in one of two layers, which word some faults otherwise: BatchWriteItem,
// TransactWriteItems, TransactGetItems and Scan in the older one.
enum class Wording : std::uint8_t { kCurrent, kOlder };

// ValidationException, in the service's words: no type or several, no number, an empty set or one
// with duplicates, too many levels. REQUIRES (of all here): check_types() has passed.
[[nodiscard]] Outcome<item::Value> value_of(const boost::json::value& json,
                                            Wording wording = Wording::kCurrent);
[[nodiscard]] Outcome<item::Map> attributes_of(const boost::json::object& json,
                                               Wording wording = Wording::kCurrent);
[[nodiscard]] Outcome<std::vector<item::Value>> values_of(const boost::json::array& json,
                                                          Wording wording = Wording::kCurrent);

// What an attribute of an item may be called. ValidationException.
[[nodiscard]] Outcome<void> check_attribute_name(std::string_view name);

}  // namespace meridian::dynamo
