// Credentials of a profile in the files under ~/.aws.
#pragma once

#include "aws/aws_config.h"
#include "aws/credential_origin.h"

namespace meridian::aws {

[[nodiscard]] Result<Finding> find_profile_credentials(const AwsSettings& settings);

}  // namespace meridian::aws
