// RestoreTableFromBackup, RestoreTableToPointInTime.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> restore_operations();

}  // namespace meridian::dynamo
