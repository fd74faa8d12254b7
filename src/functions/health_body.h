// HealthCheck's answer as the management API gives it.
#pragma once

#include "functions/health_check.h"
#include "rest/management_api.h"

namespace meridian::functions {

// Checks, and takes {"statusCode":200,"body":"…"} apart.
[[nodiscard]] rest::Health health_of(HealthCheck& check);

}  // namespace meridian::functions
