#include "item/codec.h"

#include <gtest/gtest.h>

namespace meridian::item {
namespace {

Item every_type() {
    return {{"null", Null{}},
            {"no", false},
            {"yes", true},
            {"number", *Number::parse("-12.5")},
            {"text", "+18005551234"},
            {"bytes", Binary{std::string("\0\xFF", 2)}},
            {"list", List{Value("a"), Value(Number(1)), Value(List{})}},
            {"map", Map{{"", "empty name"}, {"x", Map{}}}},
            {"texts", StringSet{"a", "b"}},
            {"numbers", NumberSet{Number(1), Number(2)}},
            {"binaries", BinarySet{Binary{"x"}, Binary{"y"}}}};
}

TEST(Codec, RoundTripsEveryType) {
    const auto item = every_type();
    const auto decoded = decode(encode(item));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, item);
}

}  // namespace
}  // namespace meridian::item
