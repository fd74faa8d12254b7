// All rules and schedules of a region at once.
#pragma once

#include "base/result.h"
#include "rest/management_api.h"
#include "routing/snapshot.h"

namespace meridian::rest {

// The snapshot that the region keeps; where it keeps none, one of what the tables hold, which takes
// as long as reading them does.
[[nodiscard]] Result<routing::Snapshot> all_rules(const ManagementParts& parts);

}  // namespace meridian::rest
