// A request's headers, by name in any case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rest/management_api.h"

namespace meridian::rest {

// All headers of that name as one list, as RFC 9110 (5.2) combines them. Nothing: there is none.
[[nodiscard]] std::optional<std::string> joined_header(const Request& request,
                                                       std::string_view name);

// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace meridian::rest
