// Points in time, and their text form (RFC 3339).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian {

// A point in time: milliseconds of Unix time, as DynamoDB, Connect and people's clocks need it. No
// leap seconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// "2025-02-26T15:00:00Z", "2025-02-26T15:00:00.123+05:30"; lower-case t and z are accepted (RFC
// 3339, 5.6), digits past the millisecond are cut off. Years 0000 to 9999. Second 60 is read as the
// second after 59.
[[nodiscard]] Result<Instant> parse_instant(std::string_view text);

// Always UTC with milliseconds: "2025-02-26T15:00:00.000Z".
[[nodiscard]] std::string format_instant(Instant instant);

}  // namespace meridian
