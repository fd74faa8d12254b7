// Services to test against: our own DynamoDB of one region in this process, or whatever answers at
// a URL.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/credential_chain.h"
#include "aws/dynamodb_service.h"
#include "aws/json_service.h"
#include "base/check.h"
#include "dynamo/regions_for_tests.h"

namespace meridian::store {

// DynamoDB's service over a store in memory. Threads: any.
class RegionInProcess final : public aws::JsonService {
  public:
    std::expected<std::string, aws::ServiceError> call(std::string_view operation,
                                                       std::string body) override {
        auto answer = region_.call(operation, body);
        if (answer.status == 200) {
            return std::move(answer.body);
        }
        return std::unexpected(
            aws::ServiceError{{ErrorCode::kUnavailable,
                               "DynamoDB " + std::string(operation) + ": " + answer.error_type},
                              answer.error_type,
                              std::move(answer.body),
                              false});
    }

  private:
    dynamo::TestRegion region_{"us-east-1", {"us-east-1"}};
};

// The URL of an endpoint beside; nothing: nobody named one. Its credentials and its region are
// where AWS's tools look for them.
[[nodiscard]] inline std::optional<std::string> endpoint_url() {
    const char* url = std::getenv("MERIDIAN_CONTRACT_ENDPOINT");
    return url == nullptr ? std::nullopt : std::optional<std::string>(url);
}

// One client for all tests. REQUIRES: there is an endpoint.
[[nodiscard]] inline std::shared_ptr<aws::JsonService> endpoint_service() {
    static const SystemClock clock;
    static SystemRandom random;
    static const auto service = [] {
        const auto settings =
            aws::read_aws_settings(aws::process_environment(), {.endpoint_url = *endpoint_url()});
        CHECK(settings);
        const aws::ServiceTools tools{.clock = clock, .random = random};
        auto made = aws::make_dynamodb_service(*settings, settings->region,
                                               aws::default_credentials(*settings, tools), tools);
        CHECK(made);
        return *std::move(made);
    }();
    return service;
}

}  // namespace meridian::store
