// TransactGetItems, TransactWriteItems.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> transact_operations();

}  // namespace meridian::dynamo
