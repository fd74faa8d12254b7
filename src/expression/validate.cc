// Which trees mean something, whatever the item is. The order of the checks is the service's, seen
// where one condition has several faults.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/mask.h"
#include "expression/checks.h"
#include "expression/condition.h"
#include "expression/update.h"

namespace meridian::expression {

using item::Binary;
using item::Number;
using item::Value;

namespace {

// Developer guide, "Service, account, and table quotas" / Expression parameters.
constexpr std::size_t kCandidatesMax = 100;

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

// "{N:3}", as the service shows a literal; its content only where it is short, and masked.
std::string shown(const Value& value) {
    constexpr std::size_t kShown = 64;
    std::string content;
    if (const auto* number = value.as<Number>()) {
        content = number->to_string();
    } else if (const auto* text = value.as<std::string>()) {
        content = text->substr(0, kShown);
    }
    return fmt::format("AttributeValue: {{{}:{}}}", type_name(value), mask_numbers_in(content));
}

Result<void> check_bounds(const Value& low, const Value& high) {
    const auto refuse = [&](std::string_view what) {
        return invalid(fmt::format(
            "The BETWEEN operator requires {}; lower bound operand: {}, upper bound operand: {}",
            what, shown(low), shown(high)));
    };
    const auto ordering = order(low, high);
    if (!ordering) {
        return refuse("same data type for lower and upper bounds");
    }
    if (*ordering > 0) {
        return refuse("upper bound to be greater than or equal to lower bound");
    }
    return {};
}

Result<void> check_operand(const Operand& operand) {
    if (const auto* path = std::get_if<Path>(&operand)) {
        return check_path(*path);
    }
    const auto* size = std::get_if<SizeOf>(&operand);
    if (size == nullptr) {
        return {};
    }
    if (const auto* path = std::get_if<Path>(&size->operand)) {
        return check_path(*path);
    }
    const auto& literal = std::get<Value>(size->operand);
    return size_of(literal) ? Result<void>{} : wrong_type("size", type_name(literal));
}

// An operand of an operator that compares by order.
Result<void> check_ordered(const Operand& operand, std::string_view symbol) {
    const auto* literal = std::get_if<Value>(&operand);
    if (literal != nullptr && !order(*literal, *literal)) {
        return wrong_type(symbol, type_name(*literal));
    }
    return {};
}

Result<void> check_text(const Operand& operand, std::string_view function) {
    if (std::holds_alternative<SizeOf>(operand)) {
        return wrong_type(function, "N");
    }
    const auto* literal = std::get_if<Value>(&operand);
    if (literal != nullptr && literal->as<std::string>() == nullptr &&
        literal->as<Binary>() == nullptr) {
        return wrong_type(function, type_name(*literal));
    }
    return {};
}

// The first of the results that is a failure.
Result<void> all_of(std::initializer_list<Result<void>> checks) {
    const auto* failed = std::ranges::find_if(checks, [](const auto& check) { return !check; });
    return failed != checks.end() ? *failed : Result<void>{};
}

class LeafValidator {
  public:
    Result<void> operator()(const Compare& compare) const {
        const auto symbol = to_string(compare.comparison);
        const bool by_order =
            compare.comparison != Comparison::kEqual && compare.comparison != Comparison::kNotEqual;
        const auto ordered = [&](const Operand& operand) {
            return by_order ? check_ordered(operand, symbol) : Result<void>{};
        };
        return all_of({check_operand(compare.left), check_operand(compare.right),
                       check_distinct(compare.left, compare.right, symbol), ordered(compare.left),
                       ordered(compare.right)});
    }

    Result<void> operator()(const Between& between) const {
        const auto& [operand, low, high] = between;
        auto checked =
            all_of({check_operand(operand), check_operand(low), check_operand(high),
                    check_ordered(operand, "BETWEEN"), check_ordered(low, "BETWEEN"),
                    check_ordered(high, "BETWEEN"), check_distinct(operand, low, "BETWEEN"),
                    check_distinct(operand, high, "BETWEEN")});
        const auto* from = std::get_if<Value>(&low);
        const auto* to = std::get_if<Value>(&high);
        return checked && from != nullptr && to != nullptr ? check_bounds(*from, *to) : checked;
    }

    Result<void> operator()(const In& in) const {
        auto checked = check_operand(in.operand);
        for (auto it = in.candidates.begin(); checked && it != in.candidates.end(); ++it) {
            checked = all_of({check_operand(*it), check_distinct(in.operand, *it, "IN")});
        }
        if (checked && in.candidates.size() > kCandidatesMax) {
            return invalid(
                fmt::format("The IN operator is provided with too many operands; number "
                            "of operands: {}",
                            in.candidates.size()));
        }
        return checked;
    }

    Result<void> operator()(const AttributeExists& exists) const { return check_path(exists.path); }
    Result<void> operator()(const AttributeNotExists& absent) const {
        return check_path(absent.path);
    }

    Result<void> operator()(const AttributeType& type) const {
        constexpr std::array<std::string_view, 10> kTypes{"B",  "NULL", "SS", "BOOL", "L",
                                                          "BS", "N",    "NS", "S",    "M"};
        if (std::ranges::find(kTypes, type.type) == kTypes.end()) {
            return invalid(
                fmt::format("Invalid attribute type name found; type: {}, valid types: {{{}}}",
                            type.type.substr(0, 16), fmt::join(kTypes, ",")));
        }
        return check_operand(type.operand);
    }

    Result<void> operator()(const BeginsWith& begins) const {
        const auto& [operand, prefix] = begins;
        return all_of({check_operand(operand), check_operand(prefix),
                       check_distinct(operand, prefix, "begins_with"),
                       check_text(operand, "begins_with"), check_text(prefix, "begins_with")});
    }

    Result<void> operator()(const Contains& contains) const {
        const auto& [container, element] = contains;
        return all_of({check_operand(container), check_operand(element),
                       check_distinct(container, element, "contains")});
    }

    Result<void> operator()(const And&) const { return {}; }
    Result<void> operator()(const Or&) const { return {}; }
    Result<void> operator()(const Not&) const { return {}; }
};

// ---- Updates

// The long names are the service's, in this one message.
std::string_view long_type_name(const Value& value) {
    constexpr std::array<std::string_view, 10> kNames{
        "NULL", "BOOLEAN", "NUMBER",     "STRING",     "BINARY",
        "LIST", "MAP",     "STRING SET", "NUMBER SET", "BINARY SET"};
    return kNames[value.variant().index()];
}

bool is_set(const Value& value) {
    return value.as<item::StringSet>() != nullptr || value.as<item::NumberSet>() != nullptr ||
           value.as<item::BinarySet>() != nullptr;
}

std::unexpected<Error> wrong_operand(std::string_view action, const Value& value) {
    return invalid(
        fmt::format("Incorrect operand type for operator or function; operator: {0}, "
                    "operand type: {1}, typeSet: ALLOWED_FOR_{0}_OPERAND",
                    action, long_type_name(value)));
}

template <typename Wanted>
Result<void> check_literal(const SetOperand& operand, std::string_view function) {
    const auto* literal = std::get_if<Value>(&operand);
    return literal == nullptr || literal->as<Wanted>() != nullptr
               ? Result<void>{}
               : wrong_type(function, type_name(*literal));
}

template <typename Wanted>
Result<void> check_literals(const Set& set, std::string_view function) {
    auto left = check_literal<Wanted>(set.left, function);
    return left ? check_literal<Wanted>(set.right, function) : left;
}

// ---- Conditions within conditions

Result<void> validate_at(const Condition& condition, int depth);

Result<void> validate_each(const std::vector<Condition>& conditions, int depth) {
    Result<void> checked;
    for (auto it = conditions.begin(); checked && it != conditions.end(); ++it) {
        checked = validate_at(*it, depth);
    }
    return checked;
}

Result<void> validate_at(const Condition& condition, int depth) {
    if (depth > kConditionDepthMax) {
        return invalid(fmt::format("The expression nests more than {} levels", kConditionDepthMax));
    }
    if (const auto* all = std::get_if<And>(&condition.variant())) {
        return validate_each(all->all, depth + 1);
    }
    if (const auto* any = std::get_if<Or>(&condition.variant())) {
        return validate_each(any->any, depth + 1);
    }
    if (const auto* negation = std::get_if<Not>(&condition.variant())) {
        return negation->negated == nullptr ? invalid("NOT of no condition")
                                            : validate_at(*negation->negated, depth + 1);
    }
    return validate_leaf(condition);
}

}  // namespace

std::unexpected<Error> wrong_type(std::string_view function, std::string_view type) {
    return invalid(
        fmt::format("Incorrect operand type for operator or function; operator or function: {}, "
                    "operand type: {}",
                    function, type));
}

Result<void> check_distinct(const Operand& first, const Operand& other, std::string_view function) {
    const auto* path = std::get_if<Path>(&first);
    if (path == nullptr || first != other) {
        return {};
    }
    return invalid(
        fmt::format("The first operand must be distinct from the remaining operands for this "
                    "operator or function; operator: {}, first operand: {}",
                    function, to_text(*path)));
}

Result<void> validate_leaf(const Condition& leaf) {
    return std::visit(LeafValidator{}, leaf.variant());
}

Result<void> validate(const Condition& condition) {
    return validate_at(condition, 0);
}

Result<void> validate(const Set& set) {
    switch (set.op) {
        case SetOperator::kPlus:
            return check_literals<Number>(set, "+");
        case SetOperator::kMinus:
            return check_literals<Number>(set, "-");
        case SetOperator::kListAppend:
            return check_literals<item::List>(set, "list_append");
        case SetOperator::kNone:
            break;
    }
    return {};
}

Result<void> validate(const Add& add) {
    return is_set(add.value) || add.value.as<Number>() != nullptr ? Result<void>{}
                                                                  : wrong_operand("ADD", add.value);
}

Result<void> validate(const Delete& remove) {
    return is_set(remove.value) ? Result<void>{} : wrong_operand("DELETE", remove.value);
}

}  // namespace meridian::expression
