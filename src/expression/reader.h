// What the parsers of all kinds of expressions share: the tokens, paths and values, and the faults
// found so far.
//
// The service reports one fault of an expression: what is no expression at all before what breaks a
// rule of form (wherever that stands), and that before what means nothing. So a parser reads on
// after the latter two and the Reader keeps the one to report; after the first it stands at the end
// of the text, where nothing more is accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "expression/lexer.h"
#include "expression/placeholders.h"

namespace meridian::expression {

// Developer guide, "Service, account, and table quotas" / Expression parameters: at most that many
// operators and functions in one expression.
inline constexpr int kOperatorsMax = 300;
[[nodiscard]] std::string too_many_operators();

// No sound expression nests parentheses deeper: between two that are not redundant is an operator.
// Parsers go no deeper, so that their stack is bounded.
inline constexpr int kParenthesesMax = kOperatorsMax + 20;

// kInvalidInput for an expression that is empty or too long. Of conditions the service says how
// long.
enum class SizeShown : std::uint8_t { kNo, kYes };
[[nodiscard]] Result<void> check_size(std::string_view text, std::string_view expression,
                                      SizeShown shown);

class Reader {
  public:
    // The text and the placeholders must outlive the reader.
    Reader(std::string_view text, Placeholders& placeholders);

    // ---- Tokens

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    [[nodiscard]] bool at(TokenKind kind) const { return peek().kind == kind; }
    [[nodiscard]] bool accept(TokenKind kind);
    // The token, or a syntax error and an empty token.
    Token expect(TokenKind kind);

    // ---- Faults; of each kind one is kept

    // The current token cannot stand here. The reader moves to the end of the text.
    void refuse_syntax();
    void refuse_redundant_parentheses();
    // A rule of form is broken at the token; the first in the text counts.
    void refuse_form(const Token& token, std::string message);
    // What was read means nothing; the first one counts.
    void refuse_meaning(std::string message);
    void refuse_meaning(const Result<void>& checked);
    void refuse_meaning(const std::unexpected<Error>& failure);
    [[nodiscard]] bool sound() const { return !syntax_ && !form_ && !meaning_; }
    // For parsers that order the faults of meaning by themselves.
    [[nodiscard]] std::optional<std::string> take_meaning();
    void return_meaning(std::optional<std::string> taken);

    // "Invalid ConditionExpression: …"; nothing when there is no fault. REQUIRES: all was read.
    [[nodiscard]] Result<void> verdict(std::string_view expression) const;

    // ---- What all expressions are made of

    [[nodiscard]] bool at_path() const;
    Path path();
    item::Value value();

  private:
    struct FormFault {
        std::ptrdiff_t at;  // in the text
        std::string message;
    };

    std::string step_name();
    std::size_t step_index();

    std::string_view text_;
    Placeholders& placeholders_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    std::optional<std::string> syntax_;
    std::optional<FormFault> form_;
    std::optional<std::string> meaning_;
};

}  // namespace meridian::expression
