#include "expression/key_condition.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "expression/parse.h"
#include "expression/placeholders_for_tests.h"

namespace meridian::expression {
namespace {

using item::KeyAttribute;
using item::KeySchema;
using item::KeyType;
using item::Number;
using item::Value;
using Op = KeyCondition::Op;

const KeySchema kSchema{.partition = {"p", KeyType::kString},
                        .sort = KeyAttribute{"s", KeyType::kNumber}};
const KeySchema kPartitionOnly{.partition = {"p", KeyType::kString}, .sort = std::nullopt};

struct Case {
    std::string text;
    std::string error;
};

Result<KeyConditions> conditions_in(std::string_view text) {
    auto placeholders = placeholders_in(text);
    const auto condition = parse_condition(text, ConditionText::kKeyCondition, placeholders);
    if (!condition) {
        return std::unexpected(condition.error());
    }
    return key_conditions_of(*condition);
}

std::string error_of(std::string_view text, const KeySchema& schema = kSchema) {
    const auto conditions = conditions_in(text);
    if (!conditions) {
        return conditions.error().message;
    }
    const auto range = match(*conditions, schema);
    return range ? "no error" : range.error().message;
}

void expect_errors(std::span<const Case> cases) {
    for (const auto& [text, error] : cases) {
        EXPECT_EQ(error_of(text), error) << text;
    }
}

TEST(KeyConditions, NameAPartitionAndAPartOfIt) {
    struct SortCase {
        const char* text;
        Op op;
        Value first;
        Value second = Value{};
    };
    const SortCase cases[] = {
        {"p = :a AND s = :n", Op::kEqual, Number(1)},
        {"p = :a and s < :n", Op::kLess, Number(1)},
        {"s <= :n AND p = :a", Op::kLessOrEqual, Number(1)},
        {"(p = :a) AND (s > :n)", Op::kGreater, Number(1)},
        {"(p = :a AND (s >= :n))", Op::kGreaterOrEqual, Number(1)},
        {"p = :a AND s BETWEEN :n AND :five", Op::kBetween, Number(1), Number(5)},
        // The value may stand first.
        {":a = p AND :n = s", Op::kEqual, Number(1)},
        {":a = p AND :n < s", Op::kGreater, Number(1)},
        {":a = p AND :n <= s", Op::kGreaterOrEqual, Number(1)},
        {":a = p AND :n > s", Op::kLess, Number(1)},
        {":a = p AND :n >= s", Op::kLessOrEqual, Number(1)},
    };
    for (const auto& [text, op, first, second] : cases) {
        const auto conditions = conditions_in(text);
        ASSERT_TRUE(conditions) << text << ": " << conditions.error().message;
        const auto range = match(*conditions, kSchema);
        ASSERT_TRUE(range) << text << ": " << range.error().message;
        EXPECT_EQ(range->partition, Value("a")) << text;
        EXPECT_TRUE(range->sort == KeyCondition({"s", op, first, second})) << text;
    }
    const auto all = match(*conditions_in("p = :a"), kSchema);
    ASSERT_TRUE(all);
    EXPECT_FALSE(all->sort);
    EXPECT_TRUE(match(*conditions_in("p = :a"), kPartitionOnly));
}

TEST(KeyConditions, BeginsWithIsForTextAndBytes) {
    const KeySchema text{.partition = {"p", KeyType::kString},
                         .sort = KeyAttribute{"s", KeyType::kString}};
    const auto range = match(*conditions_in("p = :a AND begins_with(s, :z)"), text);
    ASSERT_TRUE(range);
    EXPECT_TRUE(range->sort == KeyCondition({"s", Op::kBeginsWith, "z"}));
    EXPECT_EQ(error_of("p = :a AND begins_with(s, :z)"),
              "One or more parameter values were invalid: Condition parameter type does not match "
              "schema type");
    EXPECT_EQ(error_of("p = :a AND begins_with(s, :n)"),
              "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
              "operator or function: begins_with, operand type: N");
}

TEST(KeyConditions, RefuseOtherOperators) {
    const std::pair<const char*, const char*> cases[] = {
        {"p = :a OR s = :n", "OR"},
        {"NOT p = :a", "NOT"},
        {"p <> :a", "<>"},
        {"p = :a AND s IN (:n)", "IN"},
        {"attribute_exists(p)", "attribute_exists"},
        {"p = :a AND attribute_not_exists(s)", "attribute_not_exists"},
        {"attribute_type(p, :type)", "attribute_type"},
        {"contains(p.x, s)", "contains"},
        // The first one counts.
        {"p <> :a AND s IN (:n)", "<>"},
        {"p = s OR p <> :a", "OR"},
    };
    for (const auto& [text, name] : cases) {
        EXPECT_EQ(error_of(text),
                  std::string("Invalid operator used in KeyConditionExpression: ") + name)
            << text;
    }
}

TEST(KeyConditions, AreEachOnOneAttribute) {
    const std::string prefix = "Invalid KeyConditionExpression: KeyConditionExpressions ";
    const std::string wrong = "Invalid condition in KeyConditionExpression: ";
    const Case cases[] = {
        {":a = :z", wrong + "No key attribute specified"},
        {"p = s", wrong + "Multiple attribute names used in one condition"},
        {"p > s.x", wrong + "Multiple attribute names used in one condition"},
        {"p BETWEEN :a AND s", wrong + "Multiple attribute names used in one condition"},
        {"begins_with(p, s)", wrong + "Multiple attribute names used in one condition"},
        {":n BETWEEN s AND :five",
         wrong + "BETWEEN operator must have the key attribute as its first operand"},
        {"begins_with(:a, p)",
         wrong + "begins_with operator must have the key attribute as its first operand"},
        {"p.x = :a", prefix + "cannot have conditions on nested attributes"},
        {"p = :a AND s[0] = :n", prefix + "cannot have conditions on nested attributes"},
        {"p = :a AND :n < s.x", prefix + "cannot have conditions on nested attributes"},
        {"size(p) = :n", prefix + "cannot contain nested operations"},
        {"p = size(s)", prefix + "cannot contain nested operations"},
        {"p = :a AND p = :z", prefix + "must only contain one condition per key"},
        {"p = :a AND s > :n AND s < :five", prefix + "must only contain one condition per key"},
        {"x = :a AND #a = :a AND a = :z", prefix + "must only contain one condition per key"},
    };
    expect_errors(cases);
}

TEST(KeyConditions, FitTheKey) {
    const std::string type =
        "One or more parameter values were invalid: Condition parameter type does not match schema "
        "type";
    const Case cases[] = {
        {"s = :n", "Query condition missed key schema element: p"},
        {"x = :a", "Query condition missed key schema element: p"},
        {"p = :a AND x = :a", "Query condition missed key schema element: s"},
        {"p > :a", "Query key condition not supported"},
        {"p > :a AND s = :n", "Query key condition not supported"},
        {"begins_with(p, :a)", "Query key condition not supported"},
        {"p = :n", type},
        {"p > :n", type},
        {"p = :list", type},
        {"p = :a AND s = :a", type},
        {"p = :a AND s BETWEEN :a AND :z", type},
        {"p = :a AND s = :bool", type},
        {"p = :a AND s = :n AND x = :a",
         "The number of query conditions (3) exceeds the number of key attributes defined in the "
         "schema (2)"},
    };
    expect_errors(cases);
    EXPECT_EQ(error_of("p = :a AND s = :n", kPartitionOnly),
              "The number of query conditions (2) exceeds the number of key attributes defined in "
              "the schema (1)");
}

TEST(KeyConditions, ValuesAreNeitherEmptyNorTooLong) {
    const KeySchema schema{.partition = {"p", KeyType::kString},
                           .sort = KeyAttribute{"s", KeyType::kString}};
    const auto error = [&](KeyConditions conditions) {
        const auto range = match(conditions, schema);
        return range ? "no error" : range.error().message;
    };
    const KeyCondition partition{"p", Op::kEqual, "a"};
    const auto empty = [](std::string_view key) {
        return "One or more parameter values are not valid. The AttributeValue for a key attribute "
               "cannot contain an empty string value. Key: " +
               std::string(key);
    };
    EXPECT_EQ(error({{"p", Op::kEqual, ""}}), empty("p"));
    EXPECT_EQ(error({partition, {"s", Op::kBeginsWith, ""}}), empty("s"));
    EXPECT_EQ(error({partition, {"s", Op::kBetween, "a", ""}}), empty("s"));
    EXPECT_EQ(error({{"p", Op::kEqual, std::string(2048, 'a')},
                     {"s", Op::kEqual, std::string(1024, 'a')}}),
              "no error");
    EXPECT_NE(error({{"p", Op::kEqual, std::string(2049, 'a')}}), "no error");
    EXPECT_NE(error({partition, {"s", Op::kEqual, std::string(1025, 'a')}}), "no error");
    EXPECT_NE(error({partition, {"s", Op::kBetween, "a", std::string(1025, 'a')}}), "no error");
}

TEST(KeyConditions, WhatNoKeyServesIsRefused) {
    const std::string words = "Attempted conditional constraint is not an indexable operation";
    const KeyCondition partition{"p", Op::kEqual, "a"};
    const auto error = [](const KeyConditions& conditions) {
        return match(conditions, kSchema).error().message;
    };
    EXPECT_EQ(error({partition, {"s", Op::kNotIndexable, Number(1)}}), words);
    EXPECT_EQ(error({partition, {"s", Op::kNotIndexable, Value{}}}), words);
    EXPECT_EQ(error({{"p", Op::kNotIndexable, "a"}}), words);
    EXPECT_EQ(error({}), "Query condition missed key schema element: p");
}

}  // namespace
}  // namespace meridian::expression
