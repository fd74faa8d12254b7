// Credentials of an EC2 instance's role, from its metadata (IMDSv2).
//
// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
#pragma once

#include "aws/aws_config.h"
#include "aws/credential_origin.h"
#include "aws/service_client.h"

namespace meridian::aws {

// At AWS_EC2_METADATA_SERVICE_ENDPOINT, or 169.254.169.254 ([fd00:ec2::254] for
// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6); a second for each answer. Version 1, which needs no
// token, is not asked. Not an error: nobody answers there, the instance has no role, or
// AWS_EC2_METADATA_DISABLED=true. Errors: kConfiguration; kUnavailable, the answers end half-way.
[[nodiscard]] Result<Finding> find_instance_credentials(const AwsSettings& settings,
                                                        const ServiceTools& tools);

}  // namespace meridian::aws
