// How large an UpdateItem is: what its expression writes, and something for each clause.
//
// The service refuses an update whose charge is over an item's largest size, whatever the item is;
// the figures are those that the DynamoDB conformance suite measured on it.
#pragma once

#include <cstddef>

#include "expression/update.h"

namespace meridian::dynamo {

[[nodiscard]] std::size_t charge_of(const expression::Update& update);

}  // namespace meridian::dynamo
