// Sources of the rules and texts: API reference, "Legacy conditional parameters"; the tests of
// dynalite, which ran against the service; DynamoDB Local 1.25.
#include "expression/legacy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <set>
#include <utility>

namespace meridian::expression {

using item::Value;

namespace {

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

std::unexpected<Error> invalid_value(std::string_view message) {
    return invalid(fmt::format("One or more parameter values were invalid: {}", message));
}

// ---- Comparisons

enum class Types : std::uint8_t { kAny, kOrdered, kText, kElement };

struct LegacyOperator {
    std::string_view name;
    std::size_t values_min;
    std::size_t values_max;
    Types types;
};

constexpr std::size_t kMany = std::numeric_limits<std::size_t>::max();
constexpr std::array<LegacyOperator, 13> kOperators{{
    {"EQ", 1, 1, Types::kAny},
    {"NE", 1, 1, Types::kAny},
    {"LT", 1, 1, Types::kOrdered},
    {"LE", 1, 1, Types::kOrdered},
    {"GT", 1, 1, Types::kOrdered},
    {"GE", 1, 1, Types::kOrdered},
    {"IN", 1, kMany, Types::kOrdered},
    {"BETWEEN", 2, 2, Types::kOrdered},
    {"BEGINS_WITH", 1, 1, Types::kText},
    {"CONTAINS", 1, 1, Types::kElement},
    {"NOT_CONTAINS", 1, 1, Types::kElement},
    {"NULL", 0, 0, Types::kAny},
    {"NOT_NULL", 0, 0, Types::kAny},
}};

bool takes(Types types, const Value& value) {
    const auto type = type_name(value);
    switch (types) {
        case Types::kAny:
            return true;
        case Types::kOrdered:
            return type == "S" || type == "N" || type == "B";
        case Types::kText:
            return type == "S" || type == "B";
        case Types::kElement:
            return type == "S" || type == "N" || type == "B" || type == "BOOL" || type == "NULL";
    }
    return false;
}

Result<void> check(const LegacyCondition& condition) {
    const auto* known = std::ranges::find(kOperators, condition.comparison, &LegacyOperator::name);
    if (known == kOperators.end()) {
        return invalid("Comparison type does not exist in DynamoDB");
    }
    const auto& values = condition.values;
    if (values.size() < known->values_min || values.size() > known->values_max) {
        return invalid_value(fmt::format(
            "Invalid number of argument(s) for the {} ComparisonOperator", known->name));
    }
    for (const auto& value : values) {
        if (!takes(known->types, value)) {
            return invalid_value(
                fmt::format("ComparisonOperator {} is not valid for {} "
                            "AttributeValue type",
                            known->name, type_name(value)));
        }
    }
    for (const auto& value : values) {
        if (type_name(value) != type_name(values.front())) {
            return invalid_value("AttributeValues inside AttributeValueList must be of same type");
        }
    }
    if (known->name == "BETWEEN" && *order(values[0], values[1]) > 0) {
        return invalid(
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
    }
    return {};
}

// An expression's IN takes 100 candidates; the older one has no such limit.
Condition in(const Path& path, const std::vector<Value>& values) {
    constexpr std::size_t kAtOnce = 100;
    Or any;
    for (std::size_t from = 0; from < values.size(); from += kAtOnce) {
        const auto some = std::span(values).subspan(from, std::min(kAtOnce, values.size() - from));
        any.any.emplace_back(In{path, {some.begin(), some.end()}});
    }
    return any.any.size() == 1 ? any.any.front() : Condition(std::move(any));
}

Condition negated(Condition condition) {
    return Not{std::make_shared<const Condition>(std::move(condition))};
}

// REQUIRES: check() passes.
Condition condition_on(const std::string& attribute, const LegacyCondition& condition) {
    constexpr std::array<std::pair<std::string_view, Comparison>, 6> kComparisons{{
        {"EQ", Comparison::kEqual},
        {"NE", Comparison::kNotEqual},
        {"LT", Comparison::kLess},
        {"LE", Comparison::kLessOrEqual},
        {"GT", Comparison::kGreater},
        {"GE", Comparison::kGreaterOrEqual},
    }};
    const Path path(attribute);
    const auto& [name, values] = condition;
    for (const auto& [comparison_name, comparison] : kComparisons) {
        if (name == comparison_name) {
            return Compare{comparison, path, values[0]};
        }
    }
    if (name == "NULL") {
        return AttributeNotExists{path};
    }
    if (name == "NOT_NULL") {
        return AttributeExists{path};
    }
    if (name == "IN") {
        return in(path, values);
    }
    if (name == "BETWEEN") {
        return Between{path, values[0], values[1]};
    }
    if (name == "BEGINS_WITH") {
        return BeginsWith{path, values[0]};
    }
    // Unlike NOT contains(…), NOT_CONTAINS is false of an absent attribute.
    return name == "CONTAINS" ? Condition(Contains{path, values[0]})
                              : And{{AttributeExists{path}, negated(Contains{path, values[0]})}};
}

// ---- Expected

std::unexpected<Error> invalid_expected(std::string_view what, std::string_view attribute) {
    return invalid_value(fmt::format("{} for Attribute: {}", what, attribute));
}

// What was given as one condition with a comparison.
Result<LegacyCondition> compared(const std::string& attribute, const ExpectedValue& expected) {
    const auto& comparison = *expected.comparison;
    if (expected.exists) {
        return invalid_expected("Exists and ComparisonOperator cannot be used together", attribute);
    }
    if (!expected.value && !expected.values && comparison != "NULL" && comparison != "NOT_NULL") {
        return invalid_expected(
            fmt::format("Value or AttributeValueList must be used with ComparisonOperator: {}",
                        comparison),
            attribute);
    }
    return LegacyCondition{comparison, expected.values  ? *expected.values
                                       : expected.value ? std::vector{*expected.value}
                                                        : std::vector<Value>{}};
}

Result<LegacyCondition> condition_of(const std::string& attribute, const ExpectedValue& expected) {
    if (expected.value && expected.values) {
        return invalid_expected("Value and AttributeValueList cannot be used together", attribute);
    }
    if (expected.comparison) {
        return compared(attribute, expected);
    }
    if (expected.values) {
        return invalid_expected("AttributeValueList can only be used with a ComparisonOperator",
                                attribute);
    }
    if (expected.exists.value_or(true)) {
        return expected.value
                   ? Result<LegacyCondition>(LegacyCondition{"EQ", {*expected.value}})
                   : invalid_expected(fmt::format("Value must be provided when Exists is {}",
                                                  expected.exists ? "true" : "null"),
                                      attribute);
    }
    return expected.value ? invalid_expected("Value cannot be used when Exists is false", attribute)
                          : Result<LegacyCondition>(LegacyCondition{"NULL", {}});
}

// ---- Updates

Result<void> check(std::string_view action, const std::optional<Value>& value) {
    if (action != "PUT" && action != "ADD" && action != "DELETE") {
        return invalid("Member must satisfy enum value set: [ADD, DELETE, PUT]");
    }
    if (!value) {
        return action == "DELETE"
                   ? Result<void>{}
                   : invalid_value(
                         "Only DELETE action is allowed when no attribute value is specified");
    }
    const bool is_list = value->as<item::List>() != nullptr;
    if (action == "ADD" && !is_list && !validate(Add{{}, *value})) {
        return invalid_value(
            fmt::format("ADD action is not supported for the type {}", type_name(*value)));
    }
    if (action == "DELETE" && !validate(Delete{{}, *value})) {
        return invalid_value(fmt::format(
            "DELETE action with value is not supported for the type {}", type_name(*value)));
    }
    return {};
}

}  // namespace

Result<std::optional<Condition>> condition_of(const ByAttribute<LegacyCondition>& all,
                                              const ConditionalOperator& join) {
    std::vector<Condition> conditions;
    for (const auto& [attribute, condition] : all) {
        if (auto checked = check(condition); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        conditions.push_back(condition_on(attribute, condition));
    }
    if (join && *join != "AND" && *join != "OR") {
        return invalid(fmt::format(
            "1 validation error detected: Value '{}' at 'conditionalOperator' failed to "
            "satisfy constraint: Member must satisfy enum value set: [OR, AND]",
            *join));
    }
    if (join && conditions.empty()) {
        return invalid("ConditionalOperator cannot be used without Filter or Expected");
    }
    if (join && conditions.size() == 1) {
        return invalid(
            "ConditionalOperator can only be used when Filter or Expected has two or more "
            "elements");
    }
    if (conditions.size() < 2) {
        return conditions.empty() ? std::nullopt : std::optional(std::move(conditions.front()));
    }
    return join == "OR" ? std::optional<Condition>(Or{std::move(conditions)})
                        : std::optional<Condition>(And{std::move(conditions)});
}

Result<std::optional<Condition>> condition_of(const ByAttribute<ExpectedValue>& all,
                                              const ConditionalOperator& join) {
    ByAttribute<LegacyCondition> conditions;
    for (const auto& [attribute, expected] : all) {
        auto condition = condition_of(attribute, expected);
        if (!condition) {
            return std::unexpected(std::move(condition.error()));
        }
        conditions.emplace(attribute, *std::move(condition));
    }
    return condition_of(conditions, join);
}

Result<KeyConditions> key_conditions_of(const ByAttribute<LegacyCondition>& all) {
    using Op = KeyCondition::Op;
    constexpr std::array<std::pair<std::string_view, Op>, 7> kOps{{
        {"EQ", Op::kEqual},
        {"LT", Op::kLess},
        {"LE", Op::kLessOrEqual},
        {"GT", Op::kGreater},
        {"GE", Op::kGreaterOrEqual},
        {"BETWEEN", Op::kBetween},
        {"BEGINS_WITH", Op::kBeginsWith},
    }};
    KeyConditions conditions;
    for (const auto& [attribute, condition] : all) {
        if (auto checked = check(condition); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        const auto& values = condition.values;
        const auto* op = std::ranges::find(kOps, condition.comparison,
                                           [](const auto& known) { return known.first; });
        conditions.push_back({.attribute = attribute,
                              .op = op != kOps.end() ? op->second : Op::kNotIndexable,
                              .first = values.empty() ? Value{} : values[0],
                              .second = values.size() == 2 ? values[1] : Value{}});
    }
    return !conditions.empty() && conditions.size() <= 2
               ? Result<KeyConditions>(std::move(conditions))
               : invalid("Conditions can be of length 1 or 2 only");
}

Result<Update> update_of(const ByAttribute<AttributeUpdate>& all) {
    Update update;
    for (const auto& [attribute, change] : all) {
        const auto action = change.action.value_or("PUT");
        if (auto checked = check(action, change.value); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        const Path path(attribute);
        if (!change.value) {
            update.removes.push_back({path});
        } else if (action == "PUT") {
            update.sets.push_back({path, *change.value});
        } else if (action == "DELETE") {
            update.deletes.push_back({path, *change.value});
        } else if (change.value->as<item::List>() != nullptr) {
            update.sets.push_back(
                {path, IfNotExists(path, item::List{}), SetOperator::kListAppend, *change.value});
        } else {
            update.adds.push_back({path, *change.value});
        }
    }
    return update;
}

Result<Projection> projection_of(const std::vector<std::string>& attributes_to_get) {
    Projection projection;
    std::set<std::string_view> seen;
    for (const auto& attribute : attributes_to_get) {
        if (!seen.insert(attribute).second) {
            return invalid_value(fmt::format("Duplicate value in attribute name: {}", attribute));
        }
        projection.paths.emplace_back(attribute);
    }
    auto valid = validate(projection);
    return valid ? Result<Projection>(std::move(projection))
                 : std::unexpected(std::move(valid.error()));
}

namespace {

bool is_given(std::span<const Parameter> parameters, std::string_view name) {
    return std::ranges::any_of(parameters, [&](const Parameter& parameter) {
        return parameter.given && parameter.name == name;
    });
}

std::vector<std::string_view> given(std::span<const Parameter> parameters) {
    std::vector<std::string_view> names;
    for (const auto& parameter : parameters) {
        if (parameter.given) {
            names.push_back(parameter.name);
        }
    }
    return names;
}

}  // namespace

Result<void> check_parameters(std::span<const Parameter> expressions,
                              std::span<const Parameter> legacy) {
    const auto newer = given(expressions);
    auto older = given(legacy);
    // KeyConditions stands for itself: a FilterExpression may go with it.
    if (!is_given(expressions, "KeyConditionExpression")) {
        std::erase(older, "KeyConditions");
    }
    if (newer.empty() || older.empty()) {
        return {};
    }
    return invalid(fmt::format(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
        fmt::join(older, ", "), fmt::join(newer, ", ")));
}

Result<void> check_placeholders_usable(std::span<const Parameter> expressions,
                                       const Parameter& names, const Parameter& values) {
    if (names.given && given(expressions).empty()) {
        return invalid("ExpressionAttributeNames can only be specified when using expressions");
    }
    // A projection has no values.
    std::vector<std::string_view> users;
    bool usable = false;
    for (const auto& [name, is_there] : expressions) {
        if (name != "ProjectionExpression") {
            users.push_back(name);
            usable = usable || is_there;
        }
    }
    if (!values.given || usable) {
        return {};
    }
    return invalid(
        fmt::format("ExpressionAttributeValues can only be specified when using expressions{}{}{}",
                    users.empty() ? "" : ": ", fmt::join(users, " and "),
                    users.empty()       ? ""
                    : users.size() == 1 ? " is null"
                                        : " are null"));
}

}  // namespace meridian::expression
