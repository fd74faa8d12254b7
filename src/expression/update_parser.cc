// update  = clause {clause}
// clause  = SET path '=' value {',' …} | REMOVE path {',' …}
//         | ADD path placeholder {',' …} | DELETE path placeholder {',' …}
// value   = sum | operand
// sum     = '(' sum ')' | operand ('+' | '-') operand
// operand = '(' operand ')' | path | placeholder | call
// call    = name '(' operand {',' operand} ')'
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "expression/checks.h"
#include "expression/parse.h"
#include "expression/path_set.h"
#include "expression/reader.h"

namespace meridian::expression {
namespace {

using item::Value;

// What a SET assigns, or a part of it.
struct Term {
    SetOperand left = Path{};
    SetOperator op = SetOperator::kNone;
    SetOperand right = Path{};
    std::optional<Token> list_append = std::nullopt;  // its name: it may not be part of anything
    bool enclosed = false;                            // in parentheses
    bool redundantly = false;                         // in two pairs of them

    [[nodiscard]] bool is_sum() const {
        return op == SetOperator::kPlus || op == SetOperator::kMinus;
    }
};

// The faults of meaning of one action. The service looks at the paths of all actions first and
// then at their values, from the last action to the first.
struct ActionFaults {
    std::optional<std::string> path;
    std::optional<std::string> value;
    int operators = 0;
};

class UpdateParser {
  public:
    UpdateParser(std::string_view text, Placeholders& placeholders) : in_(text, placeholders) {}

    Result<Update> parse() {
        do {
            clause();
        } while (!in_.at(TokenKind::kEnd));
        if (in_.sound() && repeated_) {
            in_.refuse_meaning(fmt::format(
                "The \"{}\" section can only be used once in an update expression;", *repeated_));
        }
        report_meaning();
        auto verdict = in_.verdict("UpdateExpression");
        if (!verdict) {
            return std::unexpected(std::move(verdict.error()));
        }
        return std::move(update_);
    }

  private:
    // ---- Clauses

    void clause() {
        if (in_.at(TokenKind::kSet)) {
            actions("SET", [this] { set(); });
        } else if (in_.at(TokenKind::kRemove)) {
            actions("REMOVE", [this] { update_.removes.push_back({target()}); });
        } else if (in_.at(TokenKind::kAdd)) {
            actions("ADD", [this] { change(update_.adds); });
        } else if (in_.at(TokenKind::kDelete)) {
            actions("DELETE", [this] { change(update_.deletes); });
        } else {
            in_.refuse_syntax();
        }
    }

    template <typename ReadAction>
    void actions(std::string_view keyword, ReadAction read) {
        (void)in_.expect(in_.peek().kind);
        if (std::ranges::find(seen_, keyword) != seen_.end() && !repeated_) {
            repeated_ = keyword;
        }
        seen_.push_back(keyword);
        do {
            faults_.emplace_back();
            read();
        } while (in_.accept(TokenKind::kComma));
    }

    Path target() {
        auto path = in_.path();
        faults_.back().path = in_.take_meaning();
        paths_.push_back(path);
        return path;
    }

    void set() {
        auto path = target();
        (void)in_.expect(TokenKind::kEqual);
        auto assigned = value();
        update_.sets.push_back(
            {std::move(path), std::move(assigned.left), assigned.op, std::move(assigned.right)});
        faults_.back().value = in_.take_meaning();
    }

    // ADD or DELETE.
    template <typename Action>
    void change(std::vector<Action>& actions) {
        auto path = target();
        actions.push_back({std::move(path), in_.value()});
        if (in_.sound()) {
            in_.refuse_meaning(validate(actions.back()));
        }
        faults_.back().value = in_.take_meaning();
    }

    // ---- Values of SET

    Term value() {
        auto read = term();
        if (!read.is_sum() && at_operator()) {
            read = sum(std::move(read));
        }
        if (read.redundantly) {
            in_.refuse_redundant_parentheses();
        }
        if (!read.is_sum() && read.op != SetOperator::kListAppend) {
            read.right = Value{};
        }
        return read;
    }

    Term term() {
        if (!in_.accept(TokenKind::kOpen)) {
            return at_call() ? undecided_call() : bare_operand();
        }
        if (++depth_ > kParenthesesMax) {
            in_.refuse_redundant_parentheses();
        }
        auto inner = term();
        if (!inner.is_sum() && at_operator()) {
            inner = sum(std::move(inner));
        }
        --depth_;
        if (in_.expect(TokenKind::kClose).text.empty()) {
            return {};
        }
        inner.redundantly = inner.redundantly || inner.enclosed;
        inner.enclosed = true;
        return inner;
    }

    [[nodiscard]] bool at_operator() const {
        return in_.at(TokenKind::kPlus) || in_.at(TokenKind::kMinus);
    }

    // Goes on after the left operand.
    Term sum(Term left) {
        if (left.redundantly) {
            in_.refuse_redundant_parentheses();
        }
        const bool plus = in_.accept(TokenKind::kPlus);
        if (!plus) {
            (void)in_.expect(TokenKind::kMinus);
        }
        Set sum{.path = {},
                .left = operand_of(std::move(left)),
                .op = plus ? SetOperator::kPlus : SetOperator::kMinus,
                .right = operand()};
        return checked(std::move(sum));
    }

    // One operator or function more.
    Term checked(Set part) {
        if (in_.sound()) {
            in_.refuse_meaning(validate(part));
        }
        ++faults_.back().operators;
        return {.left = std::move(part.left), .op = part.op, .right = std::move(part.right)};
    }

    // ---- Operands

    SetOperand operand() {
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

    SetOperand operand_of(Term term) {
        if (term.list_append) {
            in_.refuse_form(*term.list_append,
                            "The function is not allowed to be used this way in an expression; "
                            "function: list_append");
        }
        return std::move(term.left);
    }

    Term bare_operand() {
        if (at_call()) {
            return call();
        }
        if (in_.at(TokenKind::kValuePlaceholder)) {
            return {.left = in_.value()};
        }
        return {.left = in_.path()};
    }

    // ---- Functions

    [[nodiscard]] bool at_call() const {
        return in_.at(TokenKind::kName) && in_.peek(1).kind == TokenKind::kOpen;
    }

    // A call that may be the whole value or the first part of a sum. The service decides that
    // before it looks at parentheses, so that a syntax error in the call comes before redundant
    // ones.
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
        check_function(name);
        if (++depth_ > kParenthesesMax) {
            in_.refuse_redundant_parentheses();
        }
        std::vector<SetOperand> operands;
        do {
            operands.push_back(operand());
        } while (in_.accept(TokenKind::kComma));
        (void)in_.expect(TokenKind::kClose);
        --depth_;
        if (operands.size() != 2) {
            in_.refuse_meaning(
                fmt::format("Incorrect number of operands for operator or function; operator or "
                            "function: {}, number of operands: {}",
                            name.text, operands.size()));
            operands.resize(2);
        }
        Term called;
        if (name.text == "list_append") {
            called = checked({.path = {},
                              .left = std::move(operands[0]),
                              .op = SetOperator::kListAppend,
                              .right = std::move(operands[1])});
            called.list_append = name;
        } else {
            ++faults_.back().operators;
            called.left = if_not_exists(operands[0], std::move(operands[1]));
        }
        return called;
    }

    void check_function(const Token& name) {
        constexpr std::array<std::string_view, 6> kOfConditions{
            "attribute_exists", "attribute_not_exists",
            "attribute_type",   "begins_with",
            "contains",         "size"};
        if (std::ranges::find(kOfConditions, name.text) != kOfConditions.end()) {
            in_.refuse_form(
                name,
                fmt::format("The function is not allowed in an update expression; function: {}",
                            name.text));
        } else if (name.text != "list_append" && name.text != "if_not_exists") {
            in_.refuse_form(name, fmt::format("Invalid function name; function: {}", name.text));
        }
    }

    IfNotExists if_not_exists(const SetOperand& first, SetOperand otherwise) {
        const auto* path = std::get_if<Path>(&first);
        if (path == nullptr) {
            in_.refuse_meaning(
                "Operator or function requires a document path; operator or function: "
                "if_not_exists");
        } else if (const auto* other = std::get_if<Path>(&otherwise)) {
            in_.refuse_meaning(check_distinct(*path, *other, "if_not_exists"));
        }
        std::vector<Path> paths{path != nullptr ? *path : Path{}};
        if (auto* inner = std::get_if<IfNotExists>(&otherwise)) {
            std::ranges::move(inner->paths, std::back_inserter(paths));
            return {std::move(paths), std::move(inner->otherwise)};
        }
        if (auto* other = std::get_if<Path>(&otherwise)) {
            return {std::move(paths), std::move(*other)};
        }
        return {std::move(paths), std::move(std::get<Value>(otherwise))};
    }

    // ---- The order of the faults

    void report_meaning() {
        PathSet apart;
        for (auto i = paths_.size(); i-- > 0 && in_.sound();) {
            in_.return_meaning(std::move(faults_[i].path));
            in_.refuse_meaning(in_.sound() ? apart.add(paths_[i]) : Result<void>{});
        }
        int operators = 0;
        for (auto i = faults_.size(); i-- > 0 && in_.sound();) {
            in_.return_meaning(std::move(faults_[i].value));
            operators += faults_[i].operators;
            if (operators > kOperatorsMax) {
                in_.refuse_meaning(too_many_operators());
            }
        }
    }

    Reader in_;
    Update update_;
    std::vector<Path> paths_;             // of the actions, as in the text
    std::vector<ActionFaults> faults_;    // of the actions, as in the text
    std::vector<std::string_view> seen_;  // keywords of the clauses
    std::optional<std::string_view> repeated_;
    int depth_ = 0;
    bool undecided_ = false;  // within a call that may be a part of a sum
    bool redundant_in_undecided_ = false;
};

}  // namespace

Result<Update> parse_update(std::string_view text, Placeholders& placeholders) {
    if (auto checked = check_size(text, "UpdateExpression", SizeShown::kNo); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return UpdateParser(text, placeholders).parse();
}

}  // namespace meridian::expression
