// What an option's text must be, as CLI11's checks: empty, or what is wrong with it.
#pragma once

#include <string>

namespace meridian::app {

// A region's name is a folder's name and goes into shells: no path, no blank, no quote.
[[nodiscard]] std::string refuse_odd_region(const std::string& text);

// An unset variable of a script must not mean the default.
[[nodiscard]] std::string refuse_empty(const std::string& text);

// RFC 3339, or a date, which is its first instant in UTC.
[[nodiscard]] std::string refuse_no_instant(const std::string& text);

}  // namespace meridian::app
