#include "item/value.h"

#include <gtest/gtest.h>

namespace meridian::item {
namespace {

TEST(Value, KnowsItsType) {
    const std::pair<Value, std::string_view> cases[] = {
        {Null{}, "NULL"},
        {true, "BOOL"},
        {Number(1), "N"},
        {"text", "S"},
        {Binary{"x"}, "B"},
        {List{}, "L"},
        {Map{}, "M"},
        {StringSet{"a"}, "SS"},
        {NumberSet{Number(1)}, "NS"},
        {BinarySet{Binary{"x"}}, "BS"},
    };
    for (const auto& [value, name] : cases) {
        EXPECT_EQ(type_name(value), name);
    }
    EXPECT_EQ(type_name(Value{}), "NULL");
}

TEST(Value, EqualMeansSameTypeAndContent) {
    EXPECT_EQ(Value(*Number::parse("1")), Value(*Number::parse("1.0")));
    EXPECT_EQ(Value(Map{{"a", List{Value(1 == 1)}}}), Value(Map{{"a", List{Value(true)}}}));
    EXPECT_NE(Value("1"), Value(Number(1)));
    EXPECT_NE(Value("1"), Value(Binary{"1"}));
    EXPECT_NE(Value(List{Value("a"), Value("b")}), Value(List{Value("b"), Value("a")}));
}

TEST(Value, FindsAttributes) {
    const Item item{{"a", "1"}};
    ASSERT_NE(find(item, "a"), nullptr);
    EXPECT_EQ(*find(item, "a"), Value("1"));
    EXPECT_EQ(find(item, "b"), nullptr);
}

// Developer guide, "DynamoDB item sizes and formats".
TEST(Value, CountsBytesAsTheServiceDoes) {
    struct Case {
        Value value;
        std::size_t bytes;
    };
    const Case cases[] = {
        {Null{}, 1},
        {false, 1},
        {"é", 2},
        {"", 0},
        {Binary{"123"}, 3},
        {Number(0), 1},
        {Number(7), 2},
        {Number(1200), 2},  // two significant digits
        {Number(123), 3},
        {List{}, 3},
        {Map{}, 3},
        {List{Value("ab"), Value(true)}, 3 + (1 + 2) + (1 + 1)},
        {Map{{"ab", "c"}}, 3 + 1 + 2 + 1},
        {StringSet{"a", "bc"}, 3},
        {NumberSet{Number(1), Number(2)}, 4},
        {BinarySet{Binary{"abc"}}, 3},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(size_bytes(c.value), c.bytes) << type_name(c.value);
    }
    EXPECT_EQ(size_bytes(Item{{"id", "abc"}, {"n", Number(12)}}), 2U + 3 + 1 + 2);
}

// Measured on the service by the DynamoDB conformance suite (2026-08-18).
TEST(Value, CountsBytesOfNumbersAsTheServiceDoes) {
    const struct {
        const char* number;
        std::size_t bytes;
    } cases[] = {
        {"0", 1},
        {"1", 2},
        {"12", 2},
        {"123", 3},
        {"1234", 3},
        {"0042", 2},
        {"100", 2},
        {"1010", 3},
        {"1E125", 2},
        {"0.0000001", 2},
        {"1E-100", 2},
        {"1.5", 3},
        {"15", 2},
        {"1.2", 3},
        {"1.200", 3},
        {"1.234", 4},
        {"3.14159", 5},
        {"123456", 4},
        {"100.5", 4},
        {"0.15", 2},
        {"-42", 3},
        {"-0", 1},
        {"12345678901234567890123456789012345678", 20},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(size_bytes(Value(Number::parse(c.number).value())), c.bytes) << c.number;
    }
}

TEST(Value, CountsLevels) {
    EXPECT_EQ(nesting("scalar"), 1);
    EXPECT_EQ(nesting(StringSet{"a"}), 1);
    EXPECT_EQ(nesting(List{}), 1);
    EXPECT_EQ(nesting(Map{{"a", "x"}, {"b", List{Value(Map{})}}}), 3);
}

}  // namespace
}  // namespace meridian::item
