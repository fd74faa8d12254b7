// The texts of the faults are the service's; DynamoDB Local 1.25 gives the same, and the tests of
// dynalite, which ran against the service, agree.
#include "expression/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "expression/parse.h"
#include "expression/reserved_words.h"

namespace meridian::expression {
namespace {

// Developer guide, "Naming rules" and "Document paths".
constexpr std::size_t kPathStepsMax = 32;
constexpr std::size_t kIndexMax = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::string too_many_operators() {
    return fmt::format("The expression contains too many operators; operator count: {}",
                       kOperatorsMax + 1);
}

Result<void> check_size(std::string_view text, std::string_view expression, SizeShown shown) {
    if (text.empty()) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("Invalid {}: The expression can not be empty;", expression));
    }
    if (text.size() <= kExpressionBytesMax) {
        return {};
    }
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format(
            "Invalid {}: Expression size has exceeded the maximum allowed size;{}", expression,
            shown == SizeShown::kYes ? fmt::format(" expression size: {}", text.size()) : ""));
}

Reader::Reader(std::string_view text, Placeholders& placeholders)
    : text_(text), placeholders_(placeholders), tokens_(tokens_of(text)) {}

const Token& Reader::peek(std::size_t ahead) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

bool Reader::accept(TokenKind kind) {
    if (!at(kind) || kind == TokenKind::kEnd) {
        return false;
    }
    ++next_;
    return true;
}

Token Reader::expect(TokenKind kind) {
    const auto token = peek();
    if (token.kind != kind) {
        refuse_syntax();
        return {};
    }
    next_ += kind == TokenKind::kEnd ? 0 : 1;
    return token;
}

void Reader::refuse_syntax() {
    if (!syntax_) {
        syntax_ =
            fmt::format("Syntax error; token: \"{}\", near: \"{}\"",
                        at(TokenKind::kEnd) ? "<EOF>" : peek().text, near(text_, tokens_, next_));
    }
    next_ = tokens_.size() - 1;
}

void Reader::refuse_redundant_parentheses() {
    if (!syntax_) {
        syntax_ = "The expression has redundant parentheses;";
    }
    next_ = tokens_.size() - 1;
}

void Reader::refuse_form(const Token& token, std::string message) {
    const auto at = token.text.data() - text_.data();
    if (!form_ || at < form_->at) {
        form_ = FormFault{.at = at, .message = std::move(message)};
    }
}

void Reader::refuse_meaning(std::string message) {
    if (!meaning_) {
        meaning_ = std::move(message);
    }
}

void Reader::refuse_meaning(const Result<void>& checked) {
    if (!checked) {
        refuse_meaning(checked.error().message);
    }
}

void Reader::refuse_meaning(const std::unexpected<Error>& failure) {
    refuse_meaning(failure.error().message);
}

std::optional<std::string> Reader::take_meaning() {
    return std::exchange(meaning_, std::nullopt);
}

void Reader::return_meaning(std::optional<std::string> taken) {
    if (taken) {
        refuse_meaning(*std::move(taken));
    }
}

Result<void> Reader::verdict(std::string_view expression) const {
    const auto* fault = syntax_    ? &*syntax_
                        : form_    ? &form_->message
                        : meaning_ ? &*meaning_
                                   : nullptr;
    return fault == nullptr
               ? Result<void>{}
               : fail(ErrorCode::kInvalidInput, fmt::format("Invalid {}: {}", expression, *fault));
}

bool Reader::at_path() const {
    return at(TokenKind::kName) || at(TokenKind::kNamePlaceholder);
}

std::string Reader::step_name() {
    if (!at_path()) {
        refuse_syntax();
        return {};
    }
    const auto token = expect(peek().kind);
    if (token.kind == TokenKind::kName) {
        if (is_reserved_word(token.text)) {
            refuse_form(token,
                        fmt::format("Attribute name is a reserved keyword; reserved keyword: {}",
                                    token.text));
        }
        return std::string(token.text);
    }
    const auto* name = placeholders_.use_name(token.text);
    if (name == nullptr) {
        refuse_meaning(
            fmt::format("An expression attribute name used in the document path is not defined; "
                        "attribute name: {}",
                        token.text));
        return {};
    }
    return *name;
}

std::size_t Reader::step_index() {
    const auto token = expect(TokenKind::kNumber);
    std::size_t index = 0;
    const auto [end, error] =
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), index);
    if (!token.text.empty() && (error != std::errc{} || index > kIndexMax)) {
        refuse_form(token, fmt::format("List index is not within the allowable range; index: [{}]",
                                       token.text));
    }
    (void)expect(TokenKind::kCloseIndex);
    return index;
}

Path Reader::path() {
    // Its depth is refused before its names are looked up.
    auto earlier = take_meaning();
    Path path(step_name());
    for (bool more = true; more;) {
        if (accept(TokenKind::kDot)) {
            path.steps.emplace_back(step_name());
        } else if (accept(TokenKind::kOpenIndex)) {
            path.steps.emplace_back(step_index());
        } else {
            more = false;
        }
    }
    if (path.steps.size() > kPathStepsMax) {
        meaning_ = fmt::format("The document path has too many nesting levels; nesting levels: {}",
                               path.steps.size());
    }
    if (earlier) {
        meaning_ = std::move(earlier);
    }
    return path;
}

item::Value Reader::value() {
    const auto token = expect(TokenKind::kValuePlaceholder);
    const auto* value = token.text.empty() ? nullptr : placeholders_.use_value(token.text);
    if (value != nullptr) {
        return *value;
    }
    refuse_meaning(fmt::format(
        "An expression attribute value used in expression is not defined; attribute value: {}",
        token.text));
    return {};
}

}  // namespace meridian::expression
