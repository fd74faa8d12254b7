// GetItem, PutItem, UpdateItem, DeleteItem.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> item_operations();

}  // namespace meridian::dynamo
