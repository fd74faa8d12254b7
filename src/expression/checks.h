// Checks, with the service's words, that both whole trees and parsers make.
#pragma once

#include <string_view>

#include "base/result.h"
#include "expression/condition.h"

namespace meridian::expression {

[[nodiscard]] std::unexpected<Error> wrong_type(std::string_view function, std::string_view type);

// Refuses a path as another operand of the same operator or function.
[[nodiscard]] Result<void> check_distinct(const Operand& first, const Operand& other,
                                          std::string_view function);

}  // namespace meridian::expression
