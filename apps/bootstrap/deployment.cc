#include "deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/json_log.h"

namespace meridian::bootstrap {
namespace {

constexpr int kCacheSecondsMax = 3'600;

Result<std::chrono::seconds> cache_time(const std::string& text) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 ||
        seconds > kCacheSecondsMax) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format("MERIDIAN_CACHE_SECONDS is not a number of seconds from 0 (no cache) "
                        "to {}",
                        kCacheSecondsMax));
    }
    return std::chrono::seconds{seconds};
}

}  // namespace

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
    if (const auto text = settings("MERIDIAN_CACHE_SECONDS")) {
        const auto time = cache_time(*text);
        if (!time) {
            return std::unexpected(time.error());
        }
        deployment.cache = *time;
    }
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
