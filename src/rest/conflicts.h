// Writes that lost against a concurrent write of another region.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

// By the time of the lost write. A conflict has the same "id" in each region that found it.
[[nodiscard]] Answer list_conflicts(const Call& call);
// Those whose lost write was made up to ?upTo.
[[nodiscard]] Answer forget_conflicts(const Call& call);

}  // namespace meridian::rest
