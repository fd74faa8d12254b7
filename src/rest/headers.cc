#include "rest/headers.h"

#include <algorithm>

namespace meridian::rest {
namespace {

constexpr std::string_view kBlanks = " \t";

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    for (const auto& [given, value] : headers) {
        if (equals_ignoring_case(given, name)) {
            return value;
        }
    }
    return {};
}

std::optional<std::string> joined_header(const Request& request, std::string_view name) {
    std::optional<std::string> joined;
    for (const auto& [given, value] : request.headers) {
        if (equals_ignoring_case(given, name)) {
            joined = joined ? *joined + ", " : std::string{};
            joined->append(value);
        }
    }
    return joined;
}

std::string_view trim(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace meridian::rest
