// CreateBackup, DescribeBackup, ListBackups, DeleteBackup, DescribeContinuousBackups,
// UpdateContinuousBackups.
//
// A backup holds its whole region in the engine's form; what clients see of it is its record
// (backup_records.h). All tables are archived all the time where the region keeps an archive: a
// table's point-in-time recovery only says whether clients may use it.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> backup_operations();

}  // namespace meridian::dynamo
