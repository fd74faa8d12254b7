#include "aws/encoding.h"

#include <algorithm>
#include <array>

namespace meridian::aws {
namespace {

constexpr std::string_view kLowerDigits = "0123456789abcdef";
constexpr std::string_view kUpperDigits = "0123456789ABCDEF";

constexpr std::array<bool, 256> kUnreserved = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

}  // namespace

std::string hex(const Digest& digest) {
    std::string text;
    append_hex(text, digest);
    return text;
}

void append_hex(std::string& out, const Digest& digest) {
    std::array<char, 2 * std::tuple_size_v<Digest>> text;
    std::size_t at = 0;
    for (const unsigned char byte : digest) {
        text[at++] = kLowerDigits[byte >> 4U];
        text[at++] = kLowerDigits[byte & 15U];
    }
    out.append(text.data(), text.size());
}

void append_uri_encoded(std::string& out, std::string_view text, Slash slash) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (kUnreserved[byte] || (c == '/' && slash == Slash::kKept)) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(kUpperDigits[byte >> 4U]);
            out.push_back(kUpperDigits[byte & 15U]);
        }
    }
}

void append_uri_decoded(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool has_digits = text[i] == '%' && text.size() - i > 2 &&
                                hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (has_digits) {
            out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
}

std::string_view trim(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace meridian::aws
