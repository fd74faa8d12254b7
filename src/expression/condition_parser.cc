// condition   = conjunction {OR conjunction}
// conjunction = negation {AND negation}
// negation    = {NOT} term
// term        = '(' condition ')' | call
//             | operand ( comparator operand | BETWEEN operand AND operand
//                       | IN '(' operand {',' operand} ')' )
// operand     = '(' operand ')' | path | placeholder | call
// call        = name '(' operand {',' operand} ')'
//
// Whether a parenthesis opens a condition or an operand is seen after it closes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "expression/checks.h"
#include "expression/parse.h"
#include "expression/reader.h"

namespace meridian::expression {
namespace {

using item::Value;

struct Function {
    std::string_view name;
    std::size_t operands;
    bool in_conditions = true;
};
constexpr std::array<Function, 8> kFunctions{{
    {"attribute_exists", 1},
    {"attribute_not_exists", 1},
    {"attribute_type", 2},
    {"begins_with", 2},
    {"contains", 2},
    {"size", 1},
    {"if_not_exists", 2, false},
    {"list_append", 2, false},
}};

// What stands where a condition may: a condition, an operand that becomes one with what follows, or
// a call, which may be either.
struct Term {
    std::optional<Condition> condition = std::nullopt;
    std::optional<Operand> operand = std::nullopt;
    std::optional<Token> call = std::nullopt;  // its name
    bool enclosed = false;                     // in parentheses
    bool redundantly = false;                  // in two pairs of them
};

bool is_comparator(TokenKind kind) {
    return kind >= TokenKind::kEqual && kind <= TokenKind::kGreaterOrEqual;
}

Comparison comparison_of(TokenKind kind) {
    switch (kind) {
        case TokenKind::kNotEqual:
            return Comparison::kNotEqual;
        case TokenKind::kLess:
            return Comparison::kLess;
        case TokenKind::kLessOrEqual:
            return Comparison::kLessOrEqual;
        case TokenKind::kGreater:
            return Comparison::kGreater;
        case TokenKind::kGreaterOrEqual:
            return Comparison::kGreaterOrEqual;
        default:
            return Comparison::kEqual;
    }
}

class ConditionParser {
  public:
    ConditionParser(std::string_view text, Placeholders& placeholders) : in_(text, placeholders) {}

    Result<Condition> parse(std::string_view expression) {
        auto condition = chain(negation());
        (void)in_.expect(TokenKind::kEnd);
        auto verdict = in_.verdict(expression);
        if (!verdict) {
            return std::unexpected(std::move(verdict.error()));
        }
        return condition;
    }

  private:
    // ---- AND, OR, NOT

    // A condition that starts with what was read already.
    Condition chain(Condition first) {
        first = conjunction(std::move(first));
        if (!in_.at(TokenKind::kOr)) {
            return first;
        }
        Or any{{std::move(first)}};
        while (in_.accept(TokenKind::kOr)) {
            any.any.push_back(conjunction(negation()));
            count();
        }
        return any;
    }

    Condition conjunction(Condition first) {
        if (!in_.at(TokenKind::kAnd)) {
            return first;
        }
        And all{{std::move(first)}};
        while (in_.accept(TokenKind::kAnd)) {
            all.all.push_back(negation());
            count();
        }
        return all;
    }

    Condition negation() {
        int negations = 0;
        while (in_.accept(TokenKind::kNot)) {
            ++negations;
        }
        auto condition = condition_of(term());
        for (; negations > 0 && in_.sound(); --negations) {
            condition = Not{std::make_shared<const Condition>(std::move(condition))};
            count();
        }
        return condition;
    }

    // ---- Parentheses

    Term term() {
        if (!in_.accept(TokenKind::kOpen)) {
            return at_call() ? undecided_call() : bare_operand();
        }
        if (++depth_ > kParenthesesMax) {
            in_.refuse_redundant_parentheses();
            return {};
        }
        auto inner = enclosed();
        --depth_;
        if (in_.expect(TokenKind::kClose).text.empty()) {
            return {};
        }
        if (inner.enclosed && inner.condition && !inner.call) {
            in_.refuse_redundant_parentheses();
        }
        inner.redundantly = inner.redundantly || inner.enclosed;
        inner.enclosed = true;
        return inner;
    }

    // What stands in parentheses: an operand alone, or a condition.
    Term enclosed() {
        if (in_.at(TokenKind::kNot)) {
            return {.condition = chain(negation())};
        }
        auto first = term();
        if (in_.at(TokenKind::kClose)) {
            return first;
        }
        if (!at_comparison() && !in_.at(TokenKind::kAnd) && !in_.at(TokenKind::kOr)) {
            in_.refuse_syntax();
        }
        return {.condition = chain(condition_of(std::move(first)))};
    }

    Condition condition_of(Term term) {
        const bool goes_on = at_comparison();
        const bool stands_alone = term.condition && !(term.call && goes_on);
        if (!stands_alone && !goes_on) {
            in_.refuse_syntax();
            return And{};
        }
        if (term.redundantly) {
            in_.refuse_redundant_parentheses();
        }
        if (!stands_alone) {
            return comparison(operand_of(std::move(term)));
        }
        if (term.call && term.operand) {
            misused(*term.call);
        }
        return *std::move(term.condition);
    }

    // ---- Comparisons

    // What makes a condition of the operand before it.
    [[nodiscard]] bool at_comparison() const {
        return is_comparator(in_.peek().kind) || in_.at(TokenKind::kBetween) ||
               in_.at(TokenKind::kIn);
    }

    Condition comparison(Operand left) {
        if (in_.accept(TokenKind::kBetween)) {
            auto low = operand();
            (void)in_.expect(TokenKind::kAnd);
            auto high = operand();
            return leaf(Between{std::move(left), std::move(low), std::move(high)});
        }
        if (in_.accept(TokenKind::kIn)) {
            (void)in_.expect(TokenKind::kOpen);
            return leaf(In{std::move(left), operands()});
        }
        const auto comparator = in_.expect(in_.peek().kind);
        auto right = operand();
        return leaf(Compare{comparison_of(comparator.kind), std::move(left), std::move(right)});
    }

    Condition leaf(Condition condition) {
        if (in_.sound()) {
            in_.refuse_meaning(validate_leaf(condition));
        }
        count();
        return condition;
    }

    // ---- Operands

    Operand operand() {
        if (!in_.accept(TokenKind::kOpen)) {
            return operand_of(bare_operand());
        }
        if (++depth_ > kParenthesesMax) {
            in_.refuse_redundant_parentheses();
        }
        const bool twice = in_.at(TokenKind::kOpen);
        auto inner = operand();
        --depth_;
        if (!in_.expect(TokenKind::kClose).text.empty() && twice) {
            redundant_parentheses();
        }
        return inner;
    }

    void redundant_parentheses() {
        if (undecided_) {
            redundant_in_undecided_ = true;
        } else {
            in_.refuse_redundant_parentheses();
        }
    }

    // Up to the closing parenthesis.
    std::vector<Operand> operands() {
        std::vector<Operand> read;
        do {
            read.push_back(operand());
        } while (in_.accept(TokenKind::kComma));
        (void)in_.expect(TokenKind::kClose);
        return read;
    }

    Term bare_operand() {
        if (at_call()) {
            return call();
        }
        if (in_.at(TokenKind::kValuePlaceholder)) {
            return {.operand = in_.value()};
        }
        return {.operand = in_.path()};
    }

    // A term as an operand: of the functions only size() has a value.
    Operand operand_of(Term term) {
        if (term.call && !term.operand) {
            misused(*term.call);
        }
        return term.operand ? *std::move(term.operand) : Operand{};
    }

    void misused(const Token& call) {
        in_.refuse_form(call, fmt::format("The function is not allowed to be used this way in an "
                                          "expression; function: {}",
                                          call.text));
    }

    // ---- Functions

    [[nodiscard]] bool at_call() const {
        return in_.at(TokenKind::kName) && in_.peek(1).kind == TokenKind::kOpen;
    }

    // A call that may be a condition or an operand. The service decides that before it looks at
    // parentheses, so that a syntax error in the call comes before redundant ones.
    Term undecided_call() {
        undecided_ = true;
        auto called = call();
        undecided_ = false;
        called.redundantly = std::exchange(redundant_in_undecided_, false);
        return called;
    }

    Term call() {
        const auto name = in_.expect(TokenKind::kName);
        (void)in_.expect(TokenKind::kOpen);
        const auto* function = find_function(name);
        if (++depth_ > kParenthesesMax) {
            in_.refuse_redundant_parentheses();
        }
        auto read = operands();
        --depth_;
        Term called{.condition = And{}, .call = name};
        if (name.text == "size") {
            called.operand = Value{};
        }
        if (in_.sound() && read.size() != function->operands) {
            in_.refuse_meaning(
                fmt::format("Incorrect number of operands for operator or function; operator or "
                            "function: {}, number of operands: {}",
                            name.text, read.size()));
        }
        if (in_.sound()) {
            apply(name.text, std::move(read), called);
        }
        count();
        return called;
    }

    // Null, and a fault, where there is none for conditions.
    const Function* find_function(const Token& name) {
        const auto* function = std::ranges::find(kFunctions, name.text, &Function::name);
        if (function == kFunctions.end()) {
            in_.refuse_form(name, fmt::format("Invalid function name; function: {}", name.text));
            return nullptr;
        }
        if (!function->in_conditions) {
            in_.refuse_form(
                name,
                fmt::format("The function is not allowed in a condition expression; function: {}",
                            name.text));
        }
        return function;
    }

    // REQUIRES: as many operands as the function takes.
    void apply(std::string_view name, std::vector<Operand> operands, Term& called) {
        if (name == "size") {
            called.operand = size_of_operand(std::move(operands[0]));
        } else if (name == "attribute_exists") {
            called.condition = AttributeExists{path_of(name, operands[0])};
        } else if (name == "attribute_not_exists") {
            called.condition = AttributeNotExists{path_of(name, operands[0])};
        } else if (name == "attribute_type") {
            called.condition = attribute_type(std::move(operands[0]), operands[1]);
        } else if (name == "begins_with") {
            called.condition = BeginsWith{std::move(operands[0]), std::move(operands[1])};
        } else {
            called.condition = Contains{std::move(operands[0]), std::move(operands[1])};
        }
        if (in_.sound()) {
            in_.refuse_meaning(validate_leaf(*called.condition));
        }
    }

    Path path_of(std::string_view function, const Operand& operand) {
        if (const auto* path = std::get_if<Path>(&operand)) {
            return *path;
        }
        in_.refuse_meaning(fmt::format(
            "Operator or function requires a document path; operator or function: {}", function));
        return {};
    }

    Operand size_of_operand(Operand operand) {
        if (auto* path = std::get_if<Path>(&operand)) {
            return SizeOf{std::move(*path)};
        }
        if (auto* literal = std::get_if<Value>(&operand)) {
            if (!size_of(*literal)) {
                in_.refuse_meaning(wrong_type("size", type_name(*literal)));
            }
            return SizeOf{std::move(*literal)};
        }
        in_.refuse_meaning(wrong_type("size", "N"));
        return operand;
    }

    Condition attribute_type(Operand operand, const Operand& type) {
        const auto* literal = std::get_if<Value>(&type);
        const auto* name = literal != nullptr ? literal->as<std::string>() : nullptr;
        in_.refuse_meaning(check_distinct(operand, type, "attribute_type"));
        if (name == nullptr) {
            in_.refuse_meaning(
                wrong_type("attribute_type", literal != nullptr ? type_name(*literal)
                                             : std::holds_alternative<SizeOf>(type)
                                                 ? "N"
                                                 : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
        }
        return AttributeType{std::move(operand), name != nullptr ? *name : ""};
    }

    // ---- Limits

    // One operator or function more.
    void count() {
        if (++operators_ > kOperatorsMax) {
            in_.refuse_meaning(too_many_operators());
        }
    }

    Reader in_;
    int operators_ = 0;
    int depth_ = 0;
    bool undecided_ = false;  // within a call that may be a condition or an operand
    bool redundant_in_undecided_ = false;
};

std::string_view name_of(ConditionText kind) {
    switch (kind) {
        case ConditionText::kCondition:
            return "ConditionExpression";
        case ConditionText::kFilter:
            return "FilterExpression";
        case ConditionText::kKeyCondition:
            return "KeyConditionExpression";
    }
    return "";
}

}  // namespace

Result<Condition> parse_condition(std::string_view text, ConditionText kind,
                                  Placeholders& placeholders) {
    const auto name = name_of(kind);
    if (auto checked = check_size(text, name, SizeShown::kYes); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return ConditionParser(text, placeholders).parse(name);
}

}  // namespace meridian::expression
