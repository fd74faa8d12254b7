// Credentials of a profile in the files under ~/.aws.
//
// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider".
#pragma once

#include "aws/aws_config.h"
#include "aws/credential_origin.h"
#include "aws/service_client.h"

namespace meridian::aws {

// By what the profile has, in this order: a role (role_arn, with web_identity_token_file,
// source_profile or credential_source), keys of its own, a credential_process. Errors:
// kConfiguration, the profile contradicts itself, names another that isn't there, goes round in a
// circle, or wants what needs a person (MFA, SSO: the message says how aws itself can be asked);
// those of STS and of the process.
[[nodiscard]] Result<Finding> find_profile_credentials(const AwsSettings& settings,
                                                       const ServiceTools& tools);

}  // namespace meridian::aws
