// Document paths from text, for tests: no checks, no escapes.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "expression/condition.h"

namespace meridian::expression {

// "a.b[2].c".
[[nodiscard]] inline Path path(std::string_view text) {
    Path path;
    while (!text.empty()) {
        if (text.front() == '[') {
            const auto close = text.find(']');
            path.steps.emplace_back(std::stoul(std::string(text.substr(1, close - 1))));
            text.remove_prefix(close + 1);
        } else {
            text.remove_prefix(text.front() == '.' ? 1 : 0);
            const auto end = std::min(text.find_first_of(".["), text.size());
            path.steps.emplace_back(std::string(text.substr(0, end)));
            text.remove_prefix(end);
        }
    }
    return path;
}

}  // namespace meridian::expression
