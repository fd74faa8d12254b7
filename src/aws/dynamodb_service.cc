#include "aws/dynamodb_service.h"

#include <fmt/format.h>

#include <utility>

namespace meridian::aws {
namespace {

class HttpJsonService final : public JsonService {
  public:
    HttpJsonService(JsonProtocol protocol, ServiceIdentity identity, ServiceClient::Route route,
                    ServiceTools tools, ServiceLimits limits)
        : protocol_(std::move(protocol)),
          client_(std::move(identity), std::move(route), std::move(tools), std::move(limits)) {}

    std::expected<std::string, ServiceError> call(std::string_view operation,
                                                  std::string body) override {
        return client_.call(
            {.operation = operation,
             .headers = {{"Content-Type", protocol_.content_type},
                         {"X-Amz-Target", fmt::format("{}.{}", protocol_.target, operation)}},
             .body = std::move(body)});
    }

  private:
    const JsonProtocol protocol_;
    ServiceClient client_;
};

}  // namespace

Result<std::shared_ptr<JsonService>> make_json_service(
    const JsonProtocol& protocol, const AwsSettings& settings, std::string_view region,
    std::shared_ptr<CredentialProvider> credentials, ServiceTools tools, ServiceLimits limits) {
    const auto endpoint = service_endpoint(settings, protocol.name, region);
    if (!endpoint) {
        return std::unexpected(endpoint.error());
    }
    limits.retry.attempts_max = settings.attempts_max.value_or(limits.retry.attempts_max);
    return std::make_shared<HttpJsonService>(
        protocol,
        ServiceIdentity{
            .title = protocol.title, .signing_name = protocol.name, .region = std::string(region)},
        ServiceClient::Route{*endpoint, settings.ca_bundle, std::move(credentials)},
        std::move(tools), std::move(limits));
}

ServiceLimits dynamodb_limits() {
    ServiceLimits limits;
    limits.retry.base = std::chrono::milliseconds{25};
    return limits;
}

Result<std::shared_ptr<JsonService>> make_dynamodb_service(
    const AwsSettings& settings, std::string_view region,
    std::shared_ptr<CredentialProvider> credentials, ServiceTools tools, ServiceLimits limits) {
    return make_json_service({.title = "DynamoDB",
                              .name = "dynamodb",
                              .target = "DynamoDB_20120810",
                              .content_type = "application/x-amz-json-1.0"},
                             settings, region, std::move(credentials), std::move(tools),
                             std::move(limits));
}

}  // namespace meridian::aws
