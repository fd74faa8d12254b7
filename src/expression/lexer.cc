#include "expression/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace meridian::expression {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_part(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

bool is_keyword(std::string_view word, std::string_view keyword) {
    return std::ranges::equal(word, keyword, {}, [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
}

TokenKind kind_of_word(std::string_view word) {
    using enum TokenKind;
    constexpr std::array<std::pair<std::string_view, TokenKind>, 9> kKeywords{{
        {"AND", kAnd},
        {"OR", kOr},
        {"NOT", kNot},
        {"IN", kIn},
        {"BETWEEN", kBetween},
        {"SET", kSet},
        {"REMOVE", kRemove},
        {"ADD", kAdd},
        {"DELETE", kDelete},
    }};
    const auto* found = std::ranges::find_if(
        kKeywords, [&](const auto& keyword) { return is_keyword(word, keyword.first); });
    return found != kKeywords.end() ? found->second : kName;
}

TokenKind kind_of_symbol(char c) {
    using enum TokenKind;
    constexpr std::array<std::pair<char, TokenKind>, 11> kSymbols{{
        {'(', kOpen},
        {')', kClose},
        {'[', kOpenIndex},
        {']', kCloseIndex},
        {'.', kDot},
        {',', kComma},
        {'=', kEqual},
        {'<', kLess},
        {'>', kGreater},
        {'+', kPlus},
        {'-', kMinus},
    }};
    const auto* found =
        std::ranges::find(kSymbols, c, [](const auto& symbol) { return symbol.first; });
    return found != kSymbols.end() ? found->second : kUnknown;
}

// The length of the run of `matching` characters from `from` on.
template <typename Matching>
std::size_t run(std::string_view text, std::size_t from, Matching matching) {
    const auto rest = text.substr(std::min(from, text.size()));
    return static_cast<std::size_t>(std::ranges::find_if_not(rest, matching) - rest.begin());
}

// Bytes of the UTF-8 character that starts the text; 1 where there is none.
std::size_t character_bytes(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    const auto is_continuation = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    };
    return run(text, 1, is_continuation) >= bytes - 1 ? bytes : 1;
}

// REQUIRES: the text is not empty and does not start with a blank.
Token first_token(std::string_view text) {
    using enum TokenKind;
    const char c = text.front();
    if (is_letter(c)) {
        const auto word = text.substr(0, run(text, 0, is_part));
        return {kind_of_word(word), word};
    }
    if ((c == '#' || c == ':') && text.size() > 1 && is_part(text[1])) {
        return {c == '#' ? kNamePlaceholder : kValuePlaceholder,
                text.substr(0, 1 + run(text, 1, is_part))};
    }
    if (is_digit(c)) {
        return {kNumber, text.substr(0, c == '0' ? 1 : run(text, 0, is_digit))};
    }
    constexpr std::array<std::pair<std::string_view, TokenKind>, 3> kPairs{
        {{"<>", kNotEqual}, {"<=", kLessOrEqual}, {">=", kGreaterOrEqual}}};
    for (const auto& [pair, kind] : kPairs) {
        if (text.starts_with(pair)) {
            return {kind, text.substr(0, 2)};
        }
    }
    return {kind_of_symbol(c), text.substr(0, character_bytes(text))};
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    tokens.reserve(text.size() / 2 + 2);
    auto rest = text.substr(run(text, 0, is_blank));
    while (!rest.empty()) {
        tokens.push_back(first_token(rest));
        rest.remove_prefix(tokens.back().text.size());
        rest.remove_prefix(run(rest, 0, is_blank));
    }
    tokens.push_back({TokenKind::kEnd, rest});
    return tokens;
}

std::string_view near(std::string_view text, const std::vector<Token>& tokens, std::size_t index) {
    const auto offset = [&](std::size_t i) {
        return static_cast<std::size_t>(tokens[i].text.data() - text.data());
    };
    const auto begin = index > 0 ? offset(index - 1) : 0;
    const bool is_last = index + 1 >= tokens.size();
    const auto end = is_last ? text.size() : offset(index + 1) + tokens[index + 1].text.size();
    return text.substr(begin, end - begin);
}

}  // namespace meridian::expression
