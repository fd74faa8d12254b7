// HealthCheck's answer, as the management API gives it.
#pragma once

#include <string_view>

#include "functions/health_check.h"
#include "rest/management_api.h"

namespace meridian::functions {

// Makes a check (of all regions, or as the event says) and gives its answer's status and body.
[[nodiscard]] rest::Health health_of(HealthCheck& check, std::string_view event = "{}");

}  // namespace meridian::functions
