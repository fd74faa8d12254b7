#include "expression/placeholders.h"

#include <gtest/gtest.h>

namespace meridian::expression {
namespace {

using item::Value;

std::string error_of(std::optional<Placeholders::Names> names,
                     std::optional<Placeholders::Values> values) {
    const auto made = Placeholders::make(std::move(names), std::move(values));
    if (made) {
        return "no error";
    }
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidInput);
    return made.error().message;
}

TEST(Placeholders, StandForNamesAndValues) {
    auto placeholders = Placeholders::make(Placeholders::Names{{"#n", "a.b"}, {"#1", "c"}},
                                           Placeholders::Values{{":v", "x"}});
    ASSERT_TRUE(placeholders);
    EXPECT_EQ(*placeholders->use_name("#n"), "a.b");
    EXPECT_EQ(*placeholders->use_value(":v"), Value("x"));
    EXPECT_EQ(placeholders->use_name("#other"), nullptr);
    EXPECT_EQ(placeholders->use_value(":other"), nullptr);
}

TEST(Placeholders, MustAllBeUsed) {
    auto placeholders =
        Placeholders::make(Placeholders::Names{{"#a", "a"}, {"#b", "b"}, {"#c", "c"}},
                           Placeholders::Values{{":v", "x"}, {":w", "y"}});
    ASSERT_TRUE(placeholders);
    (void)placeholders->use_name("#b");
    EXPECT_EQ(placeholders->check_used().error().message,
              "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}");
    (void)placeholders->use_name("#a");
    (void)placeholders->use_name("#c");
    EXPECT_EQ(placeholders->check_used().error().message,
              "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v, :w}");
    (void)placeholders->use_value(":w");
    (void)placeholders->use_value(":v");
    EXPECT_TRUE(placeholders->check_used());
    EXPECT_TRUE(Placeholders().check_used());
}

TEST(Placeholders, EmptyMapsAreRefused) {
    EXPECT_EQ(error_of(Placeholders::Names{}, Placeholders::Values{}),
              "ExpressionAttributeNames must not be empty");
    EXPECT_EQ(error_of(std::nullopt, Placeholders::Values{}),
              "ExpressionAttributeValues must not be empty");
    EXPECT_EQ(error_of(std::nullopt, std::nullopt), "no error");
}

TEST(Placeholders, KeysHaveASignAndLettersDigitsUnderscores) {
    for (const auto* key : {"n", "#", "##", "#a-b", "#a b", ":a", "#é", ""}) {
        EXPECT_EQ(error_of(Placeholders::Names{{key, "x"}}, std::nullopt),
                  "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                      std::string(key) + "\"");
    }
    for (const auto* key : {"v", ":", "::", ":a.b", "#a", ""}) {
        EXPECT_EQ(error_of(std::nullopt, Placeholders::Values{{key, "x"}}),
                  "ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                      std::string(key) + "\"");
        EXPECT_FALSE(check_value_placeholder(key));
    }
    EXPECT_EQ(error_of(Placeholders::Names{{"#0", "x"}, {"#_", "y"}},
                       Placeholders::Values{{":9a_", "x"}}),
              "no error");
}

TEST(Placeholders, SizesAreLimited) {
    const std::string longest(254, 'n');
    EXPECT_EQ(error_of(Placeholders::Names{{"#" + longest, std::string(65535, 'x')}},
                       Placeholders::Values{{":" + longest, "x"}}),
              "no error");
    EXPECT_EQ(error_of(Placeholders::Names{{"#n" + longest, "x"}}, std::nullopt),
              "ExpressionAttributeNames contains invalid key: The expression attribute map "
              "contains a key that is too long; size of key: 256");
    EXPECT_EQ(error_of(std::nullopt, Placeholders::Values{{":n" + longest, "x"}}),
              "ExpressionAttributeValues contains invalid key: The expression attribute map "
              "contains a key that is too long;");
    EXPECT_EQ(error_of(Placeholders::Names{{"#n", ""}}, std::nullopt),
              "ExpressionAttributeNames contains invalid value: Empty attribute name for key #n");
    EXPECT_EQ(error_of(Placeholders::Names{{"#n", std::string(65536, 'x')}}, std::nullopt),
              "ExpressionAttributeNames contains invalid value: Attribute name is too large, must "
              "be less than 65536 bytes for key #n");
}

TEST(Placeholders, ValuesHaveTwoMegabytesTogether) {
    const std::string half(std::size_t{1024} * 1024, 'x');
    EXPECT_EQ(error_of(std::nullopt, Placeholders::Values{{":a", half}, {":b", half}}), "no error");
    EXPECT_EQ(error_of(std::nullopt, Placeholders::Values{{":a", half}, {":b", half + "x"}}),
              "ExpressionAttributeValues exceeds max size");
}

}  // namespace
}  // namespace meridian::expression
