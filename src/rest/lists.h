// Pages of rules, business hours and agents.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "rest/call.h"

namespace meridian::rest {

inline constexpr std::size_t kLimitDefault = 100;
inline constexpr std::size_t kLimitMax = 1'000;
// Where a page ends whatever its limit is.
inline constexpr std::size_t kPageBytesMax = std::size_t{1024} * 1024;

// The "limit" of a list.
[[nodiscard]] Result<std::size_t> limit_of(const Call& call);

[[nodiscard]] Answer list_rules(const Call& call);
// In the order of the store's scan.
[[nodiscard]] Answer list_by_id(const Call& call);

}  // namespace meridian::rest
