// Words that no expression may use bare as an attribute's name.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace meridian::expression {

inline constexpr std::size_t kReservedWordCount = 573;

// In capitals, in order.
[[nodiscard]] std::span<const std::string_view> reserved_words();

// In any case.
[[nodiscard]] bool is_reserved_word(std::string_view name);

}  // namespace meridian::expression
