// The functions' settings, which on AWS are the Lambda functions' environment variables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "routing/decision.h"

namespace meridian::functions {

// Looks a setting up by name; nothing when it is not set.
using SettingSource = std::function<std::optional<std::string>(std::string_view name)>;

// "us-east-1, eu-west-1": the parts without blanks around them; empty ones don't count.
[[nodiscard]] std::vector<std::string> comma_separated(std::string_view text);

// Reads DEFAULT_CONTACT_FLOW_ID and DEFAULT_QUEUE_ID (required), AFTER_HOURS_FLOW_ID,
// AFTER_HOURS_QUEUE_ID, MERIDIAN_REGIONS (comma-separated, in order of preference),
// MERIDIAN_TRANSFER_NUMBERS (region=number, comma-separated) and MERIDIAN_REGIONS_OUT_OF_SERVICE
// (comma-separated).
//
// kConfiguration names the setting and says how to set it. An empty value counts as not set.
[[nodiscard]] Result<routing::Policy> read_policy(const SettingSource& settings);

}  // namespace meridian::functions
