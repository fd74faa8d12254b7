// When business hours are open.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer hours_status(const Call& call);
[[nodiscard]] Answer hours_calendar(const Call& call);

}  // namespace meridian::rest
