// Query and Scan.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> query_operations();

}  // namespace meridian::dynamo
