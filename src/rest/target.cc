#include "rest/target.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "item/json.h"

namespace meridian::rest {

Result<std::string> percent_decoded(std::string_view text) {
    constexpr std::size_t kDigits = 2;
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded.push_back(text[at]);
            continue;
        }
        const auto digits = text.substr(at + 1, kDigits);
        unsigned char byte = 0;
        const auto* end = digits.data() + digits.size();
        if (digits.size() < kDigits || std::from_chars(digits.data(), end, byte, 16).ptr != end) {
            return fail(ErrorCode::kInvalidInput,
                        "the path or the query has a '%' without two hexadecimal digits; a percent "
                        "sign itself is written %25");
        }
        decoded.push_back(static_cast<char>(byte));
        at += kDigits;
    }
    if (!item::is_utf8(decoded)) {
        return fail(ErrorCode::kInvalidInput, "the path or the query is not UTF-8");
    }
    return decoded;
}

Result<Target> parse_target(std::string_view target) {
    const auto end = target.find('?');
    Target parsed;
    parsed.query = end == std::string_view::npos ? std::string_view{} : target.substr(end + 1);
    auto path = target.substr(0, end);
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        if (slash > 0) {
            auto segment = percent_decoded(path.substr(0, slash));
            if (!segment) {
                return std::unexpected(std::move(segment.error()));
            }
            parsed.segments.push_back(std::move(*segment));
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return parsed;
}

}  // namespace meridian::rest
