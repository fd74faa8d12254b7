// Credentials in environment variables.
#pragma once

#include "aws/credential_origin.h"
#include "aws/environment.h"

namespace meridian::aws {

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. Errors: kConfiguration, one of the
// first two without the other.
[[nodiscard]] Result<Finding> find_environment_credentials(const Environment& environment);

}  // namespace meridian::aws
