// Reads of the region as a whole.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer explain_call(const Call& call);
[[nodiscard]] Answer lint_tables(const Call& call);
[[nodiscard]] Answer list_regions(const Call& call);
[[nodiscard]] Answer get_health(const Call& call);
[[nodiscard]] Answer get_openapi(const Call& call);
// 501: it is in the contract, and not here.
[[nodiscard]] Answer not_served(const Call& call);

}  // namespace meridian::rest
