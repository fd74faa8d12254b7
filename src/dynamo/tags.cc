#include "dynamo/tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "dynamo/parameters.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::size_t kKeyCharactersMax = 128;
constexpr std::size_t kValueCharactersMax = 256;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" \t\r\n+-=._:/@").contains(c);
}

// Letters, digits and spaces of any script, and + - = . _ : / @. Of what isn't ASCII, symbols and
// pictures are told by their blocks: general punctuation to arrows and dingbats (U+2000 to
// U+2BFF), and all beyond the first plane's letters from U+1F000 on.
bool is_allowed(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80 && !is_plain(text[i])) {
            return false;
        }
        if (first == 0xE2) {  // U+2000 to U+2FFF
            const auto second = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
            const auto third = static_cast<unsigned char>(i + 2 < text.size() ? text[i + 2] : 0);
            const bool space = second == 0x80 && third <= 0x8A;
            if (second <= 0xAF && !space) {
                return false;
            }
        }
        if (first == 0xF0 && i + 1 < text.size() &&
            static_cast<unsigned char>(text[i + 1]) >= 0x9F) {
            return false;
        }
    }
    return true;
}

}  // namespace

Outcome<void> check_tag_key(std::string_view key) {
    if (key.starts_with("aws:")) {
        return validation(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", key));
    }
    if (key.empty() || characters(key) > kKeyCharactersMax || !is_allowed(key)) {
        return validation(fmt::format("The Tag Key provided is invalid, Key: {}", key));
    }
    return {};
}

Outcome<void> check_tag_count(std::size_t count) {
    if (count > kTagsMax) {
        return validation("Number of Tags exceed the current limit for the provided ResourceArn");
    }
    return {};
}

Outcome<Tags> tags_in(const json::array& tags) {
    Tags result;
    for (const auto& element : tags) {
        const auto& tag = element.get_object();
        const auto key = text_of(tag, "Key");
        const auto value = text_of(tag, "Value");
        if (!key) {
            return validation("The Tag Key provided is invalid, Key: null");
        }
        if (auto checked = check_tag_key(*key); !checked) {
            return std::unexpected(std::move(checked).error());
        }
        if (!value || characters(*value) > kValueCharactersMax || !is_allowed(*value)) {
            return validation(fmt::format("The Tag Value provided is invalid, Value: {}",
                                          value ? *value : "null"));
        }
        if (!result.emplace(*key, *value).second) {
            return validation(fmt::format(
                "Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", *key));
        }
    }
    return result;
}

}  // namespace meridian::dynamo
