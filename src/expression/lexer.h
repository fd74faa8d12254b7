// The tokens of DynamoDB's expressions, one set for all kinds of expressions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace meridian::expression {

enum class TokenKind : std::uint8_t {
    kEnd,
    kUnknown,  // one character that begins no token
    kName,
    kNamePlaceholder,   // #name
    kValuePlaceholder,  // :value
    kNumber,            // 0, or digits that start with another one
    kAnd,
    kOr,
    kNot,
    kIn,
    kBetween,
    kSet,
    kRemove,
    kAdd,
    kDelete,
    kOpen,
    kClose,
    kOpenIndex,
    kCloseIndex,
    kDot,
    kComma,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kPlus,
    kMinus
};

// A part of the expression's text, which must outlive it.
struct Token {
    TokenKind kind = TokenKind::kEnd;
    std::string_view text;
};

// Any bytes give tokens; the last one is kEnd, empty, at the end of the text. Keywords are read in
// any case; blanks (space, tab, carriage return, line feed) only separate.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

// What the service shows beside an error: the text from the token before to the token after.
[[nodiscard]] std::string_view near(std::string_view text, const std::vector<Token>& tokens,
                                    std::size_t index);

}  // namespace meridian::expression
