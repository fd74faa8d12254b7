// Credentials as AWS's tools look for them.
//
// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
#pragma once

#include <memory>
#include <vector>

#include "aws/aws_config.h"
#include "aws/credential_origin.h"
#include "aws/credential_provider.h"
#include "aws/service_client.h"

namespace meridian::aws {

// In this order: the environment, the profile, a web identity (AWS_WEB_IDENTITY_TOKEN_FILE), the
// container's endpoint, the instance's metadata. A profile that the command line chose comes first.
// Nothing is looked for before the first get(), which stays with the first place that has
// credentials; those that end are fetched again in time (cached_credentials.h). Errors:
// kConfiguration, no place has any: the message names each and what it lacks.
[[nodiscard]] std::shared_ptr<CredentialProvider> default_credentials(const AwsSettings& settings,
                                                                      const ServiceTools& tools);

// The first that has some.
[[nodiscard]] Result<Credentials> find_credentials(const std::vector<CredentialOrigin>& origins);

}  // namespace meridian::aws
