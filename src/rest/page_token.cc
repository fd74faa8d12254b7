#include "rest/page_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "item/base64.h"
#include "item/json.h"

namespace meridian::rest {
namespace {

constexpr std::size_t kChecksumDigits = 8;
constexpr std::size_t kQuadBytes = 4;

// FNV-1a: against slips of the hand, not against anybody who means it. A place is no secret, and
// any place is one that a client may ask for.
std::string checksum(std::string_view text) {
    std::uint32_t hash = 2'166'136'261;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
    }
    return fmt::format("{:08x}", hash);
}

// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes) {
    std::string text;
    item::append_base64(bytes, text);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

std::optional<std::string> base64url_decoded(std::string_view token) {
    if (token.find_first_of("+/=") != std::string_view::npos) {
        return std::nullopt;
    }
    std::string text(token);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((kQuadBytes - text.size() % kQuadBytes) % kQuadBytes, '=');
    return item::decode_base64(text);
}

// The texts of a JSON array that holds nothing else.
std::optional<std::vector<std::string>> texts_of(std::string_view json) {
    auto value = item::parse_plain_json(json);
    auto* list = value ? value->as<item::List>() : nullptr;
    if (list == nullptr) {
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (auto& element : *list) {
        auto* text = element.as<std::string>();
        if (text == nullptr) {
            return std::nullopt;
        }
        texts.push_back(std::move(*text));
    }
    return texts;
}

}  // namespace

std::string make_page_token(std::string_view list, const std::vector<std::string>& place) {
    item::List parts{list};
    parts.insert(parts.end(), place.begin(), place.end());
    const auto json = item::to_plain_json(parts);
    return base64url(checksum(json) + json);
}

Result<std::vector<std::string>> read_page_token(std::string_view token, std::string_view list,
                                                 std::size_t size) {
    const auto bytes = base64url_decoded(token);
    if (bytes && bytes->size() > kChecksumDigits) {
        const auto json = std::string_view(*bytes).substr(kChecksumDigits);
        auto parts =
            checksum(json) == bytes->substr(0, kChecksumDigits) ? texts_of(json) : std::nullopt;
        if (parts && parts->size() == size + 1 && parts->front() == list) {
            parts->erase(parts->begin());
            return *std::move(parts);
        }
    }
    return fail(ErrorCode::kInvalidInput,
                "the query parameter 'next' is not the \"next\" of a page of this list; ask for "
                "the first page without it");
}

}  // namespace meridian::rest
