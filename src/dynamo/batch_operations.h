// BatchGetItem, BatchWriteItem.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> batch_operations();

}  // namespace meridian::dynamo
