// Attribute values of answers: DynamoDB's typed JSON as values, straight from the parsed document.
#pragma once

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "item/value.h"

namespace meridian::store::dynamodb {

// kInvalidInput says what is no attribute value, and where. In stack bounded by the document's
// depth.
[[nodiscard]] Result<item::Value> value_of(const boost::json::value& json);
[[nodiscard]] Result<item::Item> item_of(const boost::json::value& json);

}  // namespace meridian::store::dynamodb
