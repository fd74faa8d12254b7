// The dates of a signature: "20150830T123600Z", and the Date header's "Sun, 30 Aug 2015 12:36:00
// GMT".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace meridian::aws {

// ISO 8601 basic form, UTC, whole seconds: "20150830T123600Z". REQUIRES: years 0000 to 9999.
[[nodiscard]] std::string format_timestamp(Instant instant);

// Exactly that form, and a date and a time that exist.
[[nodiscard]] std::optional<Instant> parse_timestamp(std::string_view text);

// RFC 9110's preferred form (IMF-fixdate). The name of the weekday is not checked.
[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace meridian::aws
