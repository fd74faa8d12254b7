// What a Lambda function is told by its environment, read once at start.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "functions/settings.h"
#include "routing/decision.h"

namespace meridian::bootstrap {

struct Deployment {
    std::string region;                // AWS_REGION
    std::vector<std::string> regions;  // MERIDIAN_REGIONS, each once, and this region
    routing::Policy policy;
    std::chrono::milliseconds cache{10'000};  // MERIDIAN_CACHE_SECONDS; 0: none
    std::string alert_topic_arn;              // ALERT_TOPIC_ARN; empty: alerts go to the log only
};

// kConfiguration names the setting and says how to set it.
[[nodiscard]] Result<Deployment> read_deployment(const functions::SettingSource& settings);

// MERIDIAN_LOG_LEVEL; info where it says nothing that is a level.
[[nodiscard]] LogLevel log_level(const functions::SettingSource& settings);

// The process's environment. An empty variable counts as not set.
[[nodiscard]] functions::SettingSource environment();

}  // namespace meridian::bootstrap
