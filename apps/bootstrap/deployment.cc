#include "deployment.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/json_log.h"
#include "cloud/cloud_region.h"

namespace meridian::bootstrap {

Result<Deployment> read_deployment(const functions::SettingSource& settings) {
    auto policy = functions::read_policy(settings);
    if (!policy) {
        return std::unexpected(policy.error());
    }
    Deployment deployment;
    deployment.region = settings("AWS_REGION").value_or("");
    if (deployment.region.empty()) {
        return fail(ErrorCode::kConfiguration,
                    "AWS_REGION is not set: set it to the region that this function runs in");
    }
    auto named = policy->region_order;
    named.push_back(deployment.region);
    for (auto& region : named) {
        if (std::ranges::find(deployment.regions, region) == deployment.regions.end()) {
            deployment.regions.push_back(std::move(region));
        }
    }
    const auto fresh_for = cloud::fresh_for(settings);
    if (!fresh_for) {
        return std::unexpected(fresh_for.error());
    }
    deployment.cache = *fresh_for;
    deployment.alert_topic_arn = settings("ALERT_TOPIC_ARN").value_or("");
    deployment.policy = *std::move(policy);
    return deployment;
}

LogLevel log_level(const functions::SettingSource& settings) {
    return parse_log_level(settings("MERIDIAN_LOG_LEVEL").value_or("")).value_or(LogLevel::kInfo);
}

functions::SettingSource environment() {
    return [](std::string_view name) -> std::optional<std::string> {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): read before there are other threads
        const char* const value = std::getenv(std::string(name).c_str());
        return value == nullptr || *value == '\0' ? std::nullopt
                                                  : std::optional<std::string>(value);
    };
}

}  // namespace meridian::bootstrap
