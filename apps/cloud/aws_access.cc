#include "cloud/aws_access.h"

#include <fmt/format.h>

#include <utility>

#include "aws/credential_chain.h"
#include "aws/dynamodb_service.h"
#include "aws/environment.h"

namespace meridian::cloud {
namespace {

constexpr const char* kEndpoints = "MERIDIAN_DYNAMODB_ENDPOINTS";

// They live as long as the process, as services that it hands out may.
const Clock& clock_of_process() {
    static const SystemClock clock;
    return clock;
}
Random& random_of_process() {
    static SystemRandom random;
    return random;
}

Result<std::map<std::string, std::string>> endpoints_by_region(
    const functions::SettingSource& settings) {
    std::map<std::string, std::string> endpoints;
    for (const auto& pair : functions::comma_separated(settings(kEndpoints).value_or(""))) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size()) {
            return fail(ErrorCode::kConfiguration, fmt::format("{}: '{}' is not REGION=URL, as in "
                                                               "us-east-1=http://127.0.0.1:7401",
                                                               kEndpoints, pair));
        }
        endpoints[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return endpoints;
}

}  // namespace

AwsAccess::AwsAccess(aws::AwsSettings settings, std::map<std::string, std::string> endpoints)
    : settings_(std::move(settings)),
      endpoints_(std::move(endpoints)),
      credentials_(aws::default_credentials(settings_, tools())) {}

Result<std::shared_ptr<const AwsAccess>> AwsAccess::find(const aws::SettingsChoice& choice,
                                                         const functions::SettingSource& settings) {
    auto found = aws::read_aws_settings(aws::process_environment(), choice);
    if (!found) {
        return std::unexpected(found.error());
    }
    auto endpoints = endpoints_by_region(settings);
    if (!endpoints) {
        return std::unexpected(endpoints.error());
    }
    return std::shared_ptr<const AwsAccess>(
        new AwsAccess(*std::move(found), *std::move(endpoints)));
}

aws::ServiceTools AwsAccess::tools() const {
    return {clock_of_process(), random_of_process()};
}

Result<std::shared_ptr<aws::JsonService>> AwsAccess::dynamodb(const std::string& region) const {
    const auto own = endpoints_.find(region);
    if (own == endpoints_.end()) {
        return aws::make_dynamodb_service(settings_, region, credentials_, tools());
    }
    auto settings = settings_;
    settings.endpoint_urls["dynamodb"] = own->second;
    return aws::make_dynamodb_service(settings, region, credentials_, tools());
}

}  // namespace meridian::cloud
