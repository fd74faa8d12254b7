// The services of AWS that speak JSON, over HTTP.
//
// Source: "DynamoDB low-level API" in the Amazon DynamoDB Developer Guide; "AWS JSON 1.0" and "1.1"
// of Smithy's protocols.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/aws_config.h"
#include "aws/credential_provider.h"
#include "aws/json_service.h"
#include "aws/service_client.h"
#include "base/result.h"

namespace meridian::aws {

struct JsonProtocol {
    std::string title;         // for people: "DynamoDB"
    std::string name;          // of its hosts, its signatures and its settings: "dynamodb"
    std::string target;        // "DynamoDB_20120810"
    std::string content_type;  // "application/x-amz-json-1.0"
};

// The service in a region, where the settings say that it answers. Errors: kConfiguration
// (endpoint.h). No connection is made before the first call.
[[nodiscard]] Result<std::shared_ptr<JsonService>> make_json_service(
    const JsonProtocol& protocol, const AwsSettings& settings, std::string_view region,
    std::shared_ptr<CredentialProvider> credentials, ServiceTools tools, ServiceLimits limits = {});

// DynamoDB's clients come again sooner than others do (25 ms, in botocore's retries/standard.py).
[[nodiscard]] ServiceLimits dynamodb_limits();

[[nodiscard]] Result<std::shared_ptr<JsonService>> make_dynamodb_service(
    const AwsSettings& settings, std::string_view region,
    std::shared_ptr<CredentialProvider> credentials, ServiceTools tools,
    ServiceLimits limits = dynamodb_limits());

}  // namespace meridian::aws
