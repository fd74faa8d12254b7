// Credentials from the endpoint that ECS, EKS and other hosts of containers give a container.
//
// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
#pragma once

#include "aws/aws_config.h"
#include "aws/credential_origin.h"
#include "aws/endpoint.h"
#include "aws/service_client.h"

namespace meridian::aws {

// Where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI starts.
[[nodiscard]] Endpoint container_host();

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or else …_FULL_URI, which without TLS may only name this
// machine or the hosts of ECS and EKS: whoever could redirect it would be given the token in
// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN. Errors:
// kConfiguration, a variable or a file is wrong, or the endpoint refuses; kUnavailable, it doesn't
// answer.
[[nodiscard]] Result<Finding> find_container_credentials(const AwsSettings& settings,
                                                         const ServiceTools& tools,
                                                         const Endpoint& host = container_host());

}  // namespace meridian::aws
