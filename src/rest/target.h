// A request's target, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace meridian::rest {

struct Target {
    std::vector<std::string> segments;  // of the path, decoded; without empty ones
    std::string_view query;             // as sent, without the '?'
};

// Segments are split first and decoded then, so "%2F" is part of one. kInvalidInput: see
// percent_decoded.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

// %XX in either case becomes its byte; '+' is a plus (RFC 3986). kInvalidInput: a '%' without two
// hexadecimal digits, or bytes that are not UTF-8.
[[nodiscard]] Result<std::string> percent_decoded(std::string_view text);

}  // namespace meridian::rest
