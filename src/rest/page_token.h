// Where the next page of a list begins, as a text that clients keep and give back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace meridian::rest {

// `list` says which list it is of, `place` where in it. Letters, digits, '-' and '_'.
[[nodiscard]] std::string make_page_token(std::string_view list,
                                          const std::vector<std::string>& place);
// The place, of `size` texts. kInvalidInput: it is not a token, was changed, or is of another list.
[[nodiscard]] Result<std::vector<std::string>> read_page_token(std::string_view token,
                                                               std::string_view list,
                                                               std::size_t size);

}  // namespace meridian::rest
