#include "expression/legacy.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/path_for_tests.h"
#include "item/json.h"

namespace meridian::expression {
namespace {

using item::Binary;
using item::Item;
using item::List;
using item::Map;
using item::Null;
using item::Number;
using item::StringSet;
using item::Value;

const Value kOfEachType[] = {Null{},
                             true,
                             Number(1),
                             "x",
                             Binary{"x"},
                             List{},
                             Map{},
                             StringSet{"x"},
                             item::NumberSet{Number(1)},
                             item::BinarySet{Binary{"x"}}};

const std::string kInvalid = "One or more parameter values were invalid: ";

template <typename Made>
std::string error_of(const Result<Made>& result) {
    if (result) {
        return "no error";
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().message;
}

Item sample() {
    return {{"n", Number(5)},
            {"s", "hello"},
            {"l", List{Value(true), Value("dog")}},
            {"ss", StringSet{"a", "b"}},
            {"x.y", Number(1)}};
}

bool holds(const std::string& attribute, LegacyCondition condition) {
    const auto tree =
        condition_of(ByAttribute<LegacyCondition>{{attribute, std::move(condition)}}, std::nullopt);
    EXPECT_TRUE(tree) << tree.error().message;
    const auto item = sample();
    return evaluate(**tree, &item).value();
}

// ---- Conditions

TEST(LegacyCondition, MeansWhatItsOperatorSays) {
    struct Case {
        std::string attribute;
        LegacyCondition condition;
        bool holds;
    };
    const Case cases[] = {
        {"n", {"EQ", {Number(5)}}, true},
        {"n", {"EQ", {"5"}}, false},
        {"gone", {"EQ", {Number(5)}}, false},
        {"l", {"EQ", {Value(List{Value(true), Value("dog")})}}, true},
        {"n", {"NE", {Number(4)}}, true},
        {"gone", {"NE", {Number(5)}}, true},
        {"n", {"LT", {Number(6)}}, true},
        {"n", {"LT", {Number(5)}}, false},
        {"n", {"LE", {Number(5)}}, true},
        {"n", {"GT", {Number(4)}}, true},
        {"n", {"GE", {Number(6)}}, false},
        {"s", {"GE", {Number(1)}}, false},
        {"n", {"BETWEEN", {Number(5), Number(6)}}, true},
        {"n", {"BETWEEN", {Number(6), Number(6)}}, false},
        {"n", {"IN", {Number(4), Number(5)}}, true},
        {"n", {"IN", {Number(4)}}, false},
        {"s", {"BEGINS_WITH", {"hell"}}, true},
        {"s", {"CONTAINS", {"ell"}}, true},
        {"ss", {"CONTAINS", {"a"}}, true},
        {"l", {"CONTAINS", {true}}, true},
        {"l", {"CONTAINS", {"do"}}, false},
        {"ss", {"NOT_CONTAINS", {"c"}}, true},
        {"ss", {"NOT_CONTAINS", {"a"}}, false},
        {"n", {"NOT_CONTAINS", {"a"}}, true},
        // Not as NOT contains(…) does.
        {"gone", {"NOT_CONTAINS", {"a"}}, false},
        {"n", {"NOT_NULL", {}}, true},
        {"gone", {"NOT_NULL", {}}, false},
        {"gone", {"NULL", {}}, true},
        {"n", {"NULL", {}}, false},
        // A name is a name, not a path.
        {"x.y", {"EQ", {Number(1)}}, true},
    };
    for (const auto& [attribute, condition, expected] : cases) {
        EXPECT_EQ(holds(attribute, condition), expected)
            << attribute << " " << condition.comparison;
    }
}

TEST(LegacyCondition, InTakesMoreThanAnExpressionDoes) {
    std::vector<Value> values(250, Number(1));
    EXPECT_FALSE(holds("n", {"IN", values}));
    values.back() = Number(5);
    EXPECT_TRUE(holds("n", {"IN", values}));
}

TEST(LegacyCondition, TakesValuesOfItsTypes) {
    const std::pair<const char*, std::string_view> taken[] = {
        {"EQ", "NULL BOOL N S B L M SS NS BS"},
        {"NE", "NULL BOOL N S B L M SS NS BS"},
        {"LT", "N S B"},
        {"LE", "N S B"},
        {"GT", "N S B"},
        {"GE", "N S B"},
        {"IN", "N S B"},
        {"BEGINS_WITH", "S B"},
        {"CONTAINS", "NULL BOOL N S B"},
        {"NOT_CONTAINS", "NULL BOOL N S B"},
    };
    for (const auto& [comparison, types] : taken) {
        for (const auto& value : kOfEachType) {
            const auto type = std::string(type_name(value));
            const bool fits = (" " + std::string(types) + " ").contains(" " + type + " ");
            EXPECT_EQ(
                error_of(condition_of(ByAttribute<LegacyCondition>{{"a", {comparison, {value}}}},
                                      std::nullopt)),
                fits ? "no error"
                     : kInvalid + "ComparisonOperator " + comparison + " is not valid for " + type +
                           " AttributeValue type");
        }
    }
}

TEST(LegacyCondition, TakesSoManyValuesOfOneType) {
    const auto error = [](const char* comparison, std::vector<Value> values) {
        return error_of(condition_of(
            ByAttribute<LegacyCondition>{{"a", {comparison, std::move(values)}}}, std::nullopt));
    };
    for (const auto* one :
         {"EQ", "NE", "LT", "LE", "GT", "GE", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS"}) {
        const auto words =
            kInvalid + "Invalid number of argument(s) for the " + one + " ComparisonOperator";
        EXPECT_EQ(error(one, {}), words);
        EXPECT_EQ(error(one, {"a", "b"}), words);
    }
    for (const auto* none : {"NULL", "NOT_NULL"}) {
        EXPECT_NE(error(none, {"a"}), "no error");
    }
    EXPECT_NE(error("IN", {}), "no error");
    EXPECT_NE(error("BETWEEN", {"a"}), "no error");
    EXPECT_NE(error("BETWEEN", {"a", "b", "c"}), "no error");
    EXPECT_EQ(error("IN", {"a", Number(1)}),
              kInvalid + "AttributeValues inside AttributeValueList must be of same type");
    EXPECT_EQ(error("BETWEEN", {"b", "a"}),
              "The BETWEEN condition was provided a range where the lower bound is greater than "
              "the upper bound");
    EXPECT_EQ(error("LIKE", {"a"}), "Comparison type does not exist in DynamoDB");
}

TEST(LegacyCondition, SeveralAreJoined) {
    const ByAttribute<LegacyCondition> both{{"n", {"EQ", {Number(5)}}}, {"s", {"EQ", {"other"}}}};
    const auto item = sample();
    const auto joined = [&](const ConditionalOperator& join) {
        return evaluate(**condition_of(both, join), &item).value();
    };
    EXPECT_FALSE(joined(std::nullopt));
    EXPECT_FALSE(joined("AND"));
    EXPECT_TRUE(joined("OR"));
    const ByAttribute<LegacyCondition> one{{"n", {"NULL", {}}}};
    const ByAttribute<LegacyCondition> none;
    EXPECT_EQ(error_of(condition_of(one, "OR")),
              "ConditionalOperator can only be used when Filter or Expected has two or more "
              "elements");
    EXPECT_EQ(error_of(condition_of(none, "AND")),
              "ConditionalOperator cannot be used without Filter or Expected");
    EXPECT_NE(error_of(condition_of(both, "XOR")), "no error");
    EXPECT_FALSE(condition_of(none, std::nullopt).value());
}

// ---- Expected

TEST(Expected, IsAValueAnAbsenceOrAComparison) {
    const auto holds_for = [](const ExpectedValue& expected) {
        const auto tree =
            condition_of(ByAttribute<ExpectedValue>{{"n", expected}}, std::nullopt).value();
        const auto item = sample();
        return evaluate(*tree, &item).value();
    };
    EXPECT_TRUE(holds_for({.value = Number(5)}));
    EXPECT_FALSE(holds_for({.value = Number(6)}));
    EXPECT_TRUE(holds_for({.value = Number(5), .exists = true}));
    EXPECT_FALSE(holds_for({.exists = false}));
    EXPECT_TRUE(holds_for({.value = Number(4), .comparison = "GT"}));
    EXPECT_TRUE(holds_for({.comparison = "BETWEEN", .values = {{Number(4), Number(6)}}}));
    EXPECT_TRUE(holds_for({.comparison = "NOT_NULL"}));
}

TEST(Expected, RefusesWhatDoesNotGoTogether) {
    const auto error = [](const ExpectedValue& expected) {
        return error_of(condition_of(ByAttribute<ExpectedValue>{{"a", expected}}, std::nullopt));
    };
    const std::vector<Value> list{"x"};
    EXPECT_EQ(error({}), kInvalid + "Value must be provided when Exists is null for Attribute: a");
    EXPECT_EQ(error({.exists = true}),
              kInvalid + "Value must be provided when Exists is true for Attribute: a");
    EXPECT_EQ(error({.value = "x", .exists = false}),
              kInvalid + "Value cannot be used when Exists is false for Attribute: a");
    EXPECT_EQ(error({.value = "x", .exists = false, .comparison = "EQ"}),
              kInvalid + "Exists and ComparisonOperator cannot be used together for Attribute: a");
    EXPECT_EQ(error({.value = "x", .comparison = "EQ", .values = list}),
              kInvalid + "Value and AttributeValueList cannot be used together for Attribute: a");
    EXPECT_EQ(error({.values = list}),
              kInvalid +
                  "AttributeValueList can only be used with a ComparisonOperator for Attribute: a");
    EXPECT_EQ(error({.comparison = "EQ"}),
              kInvalid +
                  "Value or AttributeValueList must be used with ComparisonOperator: EQ for "
                  "Attribute: a");
    EXPECT_EQ(error({.value = "x", .comparison = "NULL"}),
              kInvalid + "Invalid number of argument(s) for the NULL ComparisonOperator");
}

// ---- Keys

TEST(LegacyKeyConditions, AreKeyConditions) {
    using Op = KeyCondition::Op;
    const auto conditions = key_conditions_of(ByAttribute<LegacyCondition>{
        {"p", {"EQ", {"a"}}}, {"s", {"BETWEEN", {Number(1), Number(2)}}}});
    ASSERT_TRUE(conditions);
    EXPECT_TRUE(*conditions ==
                (KeyConditions{{"p", Op::kEqual, "a"}, {"s", Op::kBetween, Number(1), Number(2)}}));
    const std::pair<const char*, Op> ops[] = {
        {"LT", Op::kLess},           {"LE", Op::kLessOrEqual},         {"GT", Op::kGreater},
        {"GE", Op::kGreaterOrEqual}, {"BEGINS_WITH", Op::kBeginsWith}, {"NE", Op::kNotIndexable},
        {"IN", Op::kNotIndexable},   {"CONTAINS", Op::kNotIndexable}};
    for (const auto& [comparison, op] : ops) {
        const auto one =
            key_conditions_of(ByAttribute<LegacyCondition>{{"s", {comparison, {"a"}}}});
        ASSERT_TRUE(one) << comparison;
        EXPECT_EQ(one->front().op, op) << comparison;
    }
}

TEST(LegacyKeyConditions, AreOneOrTwo) {
    const LegacyCondition equal{"EQ", {"a"}};
    const std::string words = "Conditions can be of length 1 or 2 only";
    EXPECT_EQ(error_of(key_conditions_of(ByAttribute<LegacyCondition>{})), words);
    EXPECT_EQ(error_of(key_conditions_of(
                  ByAttribute<LegacyCondition>{{"p", equal}, {"s", equal}, {"x", equal}})),
              words);
    EXPECT_EQ(error_of(key_conditions_of(ByAttribute<LegacyCondition>{{"p", {"EQ", {}}}})),
              kInvalid + "Invalid number of argument(s) for the EQ ComparisonOperator");
}

// ---- AttributeUpdates

TEST(AttributeUpdates, AreAnUpdate) {
    const auto update = update_of(
        ByAttribute<AttributeUpdate>{{"n", {.action = "ADD", .value = Number(2)}},
                                     {"s", {.value = "bye"}},
                                     {"l", {.action = "ADD", .value = List{Value("cat")}}},
                                     {"new", {.action = "ADD", .value = List{Value("cat")}}},
                                     {"ss", {.action = "DELETE", .value = StringSet{"a"}}},
                                     {"x.y", {.action = "DELETE"}}});
    ASSERT_TRUE(update) << update.error().message;
    const auto after = expression::apply(*update, sample());
    ASSERT_TRUE(after);
    EXPECT_EQ(*after, (Item{{"n", Number(7)},
                            {"s", "bye"},
                            {"l", List{Value(true), Value("dog"), Value("cat")}},
                            {"new", List{Value("cat")}},
                            {"ss", StringSet{"b"}}}));
}

TEST(AttributeUpdates, TakeValuesOfTheirTypes) {
    for (const auto& value : kOfEachType) {
        const auto type = std::string(type_name(value));
        const bool is_set = type == "SS" || type == "NS" || type == "BS";
        const auto error = [&](const char* action) {
            return error_of(
                update_of(ByAttribute<AttributeUpdate>{{"a", {.action = action, .value = value}}}));
        };
        EXPECT_EQ(error("PUT"), "no error");
        EXPECT_EQ(error("ADD"),
                  is_set || type == "N" || type == "L"
                      ? "no error"
                      : kInvalid + "ADD action is not supported for the type " + type);
        EXPECT_EQ(
            error("DELETE"),
            is_set ? "no error"
                   : kInvalid + "DELETE action with value is not supported for the type " + type);
    }
    for (const auto& action : {std::optional<std::string>{}, std::optional<std::string>{"PUT"},
                               std::optional<std::string>{"ADD"}}) {
        EXPECT_EQ(error_of(update_of(ByAttribute<AttributeUpdate>{{"a", {.action = action}}})),
                  kInvalid + "Only DELETE action is allowed when no attribute value is specified");
    }
    EXPECT_NE(error_of(update_of(
                  ByAttribute<AttributeUpdate>{{"a", {.action = "SET", .value = Value("x")}}})),
              "no error");
}

// ---- AttributesToGet

TEST(AttributesToGet, AreAProjection) {
    const auto projection = projection_of({"s", "x.y", "gone"});
    ASSERT_TRUE(projection);
    EXPECT_EQ(project(*projection, sample()), (Item{{"s", "hello"}, {"x.y", Number(1)}}));
    EXPECT_EQ(error_of(projection_of({"a", "b", "a"})),
              kInvalid + "Duplicate value in attribute name: a");
    EXPECT_NE(error_of(projection_of({})), "no error");
}

// ---- Which parameters go together

TEST(Parameters, ExpressionsDoNotMixWithWhatWasBefore) {
    const auto error = [](bool key_expression, bool filter_expression, bool key_conditions,
                          bool query_filter) {
        const Parameter expressions[] = {{"ProjectionExpression"},
                                         {"FilterExpression", filter_expression},
                                         {"KeyConditionExpression", key_expression}};
        const Parameter legacy[] = {{"AttributesToGet"},
                                    {"QueryFilter", query_filter},
                                    {"ConditionalOperator", query_filter},
                                    {"KeyConditions", key_conditions}};
        const auto checked = check_parameters(expressions, legacy);
        return checked ? "no error" : checked.error().message;
    };
    const std::string words =
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: ";
    EXPECT_EQ(error(true, true, false, false), "no error");
    EXPECT_EQ(error(false, false, true, true), "no error");
    EXPECT_EQ(error(true, false, true, false),
              words + "{KeyConditions} Expression parameters: {KeyConditionExpression}");
    EXPECT_EQ(error(true, true, true, true),
              words +
                  "{QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: "
                  "{FilterExpression, KeyConditionExpression}");
    // KeyConditions go with a filter's expression.
    EXPECT_EQ(error(false, true, true, false), "no error");
    EXPECT_EQ(error(false, true, true, true),
              words +
                  "{QueryFilter, ConditionalOperator} Expression parameters: "
                  "{FilterExpression}");
}

TEST(Parameters, PlaceholdersNeedAnExpression) {
    const auto error = [](std::vector<Parameter> expressions, bool names, bool values) {
        const auto checked =
            check_placeholders_usable(expressions, {"ExpressionAttributeNames", names},
                                      {"ExpressionAttributeValues", values});
        return checked ? "no error" : checked.error().message;
    };
    const std::string names =
        "ExpressionAttributeNames can only be specified when using expressions";
    const std::string values =
        "ExpressionAttributeValues can only be specified when using expressions: ";
    EXPECT_EQ(error({{"ProjectionExpression", false}}, true, false), names);
    EXPECT_EQ(error({{"ProjectionExpression", true}}, true, false), "no error");
    EXPECT_EQ(error({{"ConditionExpression", false}}, true, true), names);
    EXPECT_EQ(error({{"ConditionExpression", false}}, false, true),
              values + "ConditionExpression is null");
    EXPECT_EQ(error({{"UpdateExpression", false}, {"ConditionExpression", false}}, false, true),
              values + "UpdateExpression and ConditionExpression are null");
    EXPECT_EQ(error({{"ProjectionExpression", true}, {"FilterExpression", false}}, true, true),
              values + "FilterExpression is null");
    EXPECT_EQ(error({{"UpdateExpression", true}, {"ConditionExpression", false}}, true, true),
              "no error");
}

}  // namespace
}  // namespace meridian::expression
