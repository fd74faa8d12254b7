// The sample items of the original design: one routing rule, one agent, one schedule.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace meridian::catalog {

// Table name → item in plain JSON.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> sample_data();

}  // namespace meridian::catalog
