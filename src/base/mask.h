// Callers' numbers are personal data: what goes into a log or an error goes through here.
#pragma once

#include <string>
#include <string_view>

namespace meridian {

// "+18005551234" → "+180******34": at most the first five and the last two characters of a long
// number stay, and never more than half of a short one. Bytes outside printable ASCII become '?',
// so that a log line stays one line.
[[nodiscard]] std::string mask_number(std::string_view number);

// Masks every run of seven or more digits (with an optional leading '+') inside a longer text.
[[nodiscard]] std::string mask_numbers_in(std::string_view text);

}  // namespace meridian
