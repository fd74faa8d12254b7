// Parts of a request's target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meridian::api {

// The target without its query.
[[nodiscard]] std::string_view path_of(std::string_view target);

// The decoded value of the first query parameter of that name.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view target,
                                                         std::string_view name);

// Nothing when a '%' is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace meridian::api
