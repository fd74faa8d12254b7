// What a command knows of the terminal that it may have been started from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::app {

[[nodiscard]] bool is_terminal(int fd);

// Columns that standard output shows; 0 when it is no terminal: any.
[[nodiscard]] std::size_t output_columns();

// Columns that a text takes: none for combining marks, two for East Asian wide characters.
[[nodiscard]] std::size_t display_columns(std::string_view text);
// At most that many columns of a text; "…" ends one that was cut.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

enum class Paint : std::uint8_t { kPlain, kRed, kGreen, kYellow, kBold, kDim };
// For standard output: the text in that colour when it is a terminal and NO_COLOR isn't set
// (no-color.org).
[[nodiscard]] std::string painted(std::string_view text, Paint paint);

// Asks on standard error, and reads the answer from standard input: yes, or not. REQUIRES: standard
// input is a terminal.
[[nodiscard]] bool confirm(std::string_view question);

}  // namespace meridian::app
