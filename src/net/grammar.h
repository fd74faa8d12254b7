// The small words of HTTP's grammar (RFC 9110, chapter 5) that several parts check.
#pragma once

#include <string_view>

namespace meridian::net {

// A method or a field name: one or more of RFC 9110's tchar.
[[nodiscard]] bool is_token(std::string_view text);

// A field value on one line: no control character except the tab.
[[nodiscard]] bool is_field_value(std::string_view text);

// A request target without blanks, control characters or a fragment.
[[nodiscard]] bool is_target(std::string_view text);

// ASCII letters of either case are the same; everything else must match.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace meridian::net
