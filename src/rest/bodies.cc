#include "rest/bodies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "item/json.h"
#include "rest/headers.h"

namespace meridian::rest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view without_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool is_encoding_taken_off(std::string_view coding) {
    return coding.empty() || equals_ignoring_case(coding, "identity") ||
           equals_ignoring_case(coding, "aws-chunked");
}

Result<void> check_encoding(const Request& request) {
    const auto codings = joined_header(request, "Content-Encoding");
    std::string_view rest = codings ? std::string_view(*codings) : std::string_view{};
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        if (!is_encoding_taken_off(trim(rest.substr(0, comma)))) {
            return fail(ErrorCode::kUnsupportedMediaType,
                        "the body has a Content-Encoding; send it as it is");
        }
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return {};
}

// Where the element at the front of the text ends: at a comma or a bracket that is not within it.
// Nothing: there is no end.
std::optional<std::size_t> end_of_element(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string) {
            at += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (depth == 0 && (c == ',' || c == ']')) {
            return at;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0 ? 1 : 0;
        }
    }
    return std::nullopt;
}

std::unexpected<Error> malformed_array(std::size_t element) {
    return fail(ErrorCode::kMalformedJson,
                fmt::format("the array is not well-formed JSON from its element {} on", element));
}

// REQUIRES: the body begins with '['.
Result<void> for_each_element(std::string_view body,
                              const std::function<bool(std::string_view)>& visit) {
    auto rest = body.substr(1);
    if (without_blanks(rest) == "]") {
        return {};
    }
    for (std::size_t element = 0;; ++element) {
        const auto end = end_of_element(rest);
        const auto text = end ? without_blanks(rest.substr(0, *end)) : std::string_view{};
        if (text.empty()) {
            return malformed_array(element);
        }
        if (!visit(text)) {
            return {};
        }
        if (rest[*end] == ']') {
            return without_blanks(rest.substr(*end + 1)).empty() ? Result<void>{}
                                                                 : malformed_array(element + 1);
        }
        rest.remove_prefix(*end + 1);
    }
}

}  // namespace

Result<void> check_media_type(const Request& request, std::span<const std::string_view> known) {
    const auto header = request.header("Content-Type");
    const auto type = trim(header.substr(0, header.find(';')));
    if (!type.empty() && std::ranges::none_of(known, [type](std::string_view name) {
            return equals_ignoring_case(type, name);
        })) {
        return fail(
            ErrorCode::kUnsupportedMediaType,
            fmt::format("the body is not of a type that is read here; send Content-Type: {}",
                        fmt::join(known, " or ")));
    }
    return check_encoding(request);
}

Result<item::Value> parse_body(std::string_view body) {
    if (body.size() > kItemJsonBytesMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("the body is over {} bytes; an item has at most {}",
                                kItemJsonBytesMax, item::kItemBytesMax));
    }
    if (without_blanks(body).empty()) {
        return fail(ErrorCode::kMalformedJson, "there is no body; it is a JSON object");
    }
    return item::parse_plain_json(body);
}

Result<void> for_each_text(std::string_view body,
                           const std::function<bool(std::string_view)>& visit) {
    body = without_blanks(body);
    if (body.starts_with('[')) {
        return for_each_element(body, visit);
    }
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size());
        const auto line = without_blanks(body.substr(0, end));
        if (!line.empty() && !visit(line)) {
            return {};
        }
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return {};
}

}  // namespace meridian::rest
