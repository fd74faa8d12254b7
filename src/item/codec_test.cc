#include "item/codec.h"

#include <gtest/gtest.h>

#include <string>

namespace meridian::item {
namespace {

using namespace std::string_literals;

Item every_type() {
    return {{"null", Null{}},
            {"no", false},
            {"yes", true},
            {"number", *Number::parse("-12.5")},
            {"zero", Number{}},
            {"text", "+18005551234"},
            {"bytes", Binary{"\0\xFF"s}},
            {"list", List{Value("a"), Value(Number(1)), Value(List{})}},
            {"map", Map{{"", "empty name"}, {"x", Map{}}}},
            {"texts", StringSet{"a", "b"}},
            {"numbers", NumberSet{Number(1), Number(2)}},
            {"binaries", BinarySet{Binary{"x"}, Binary{"y"}}}};
}

// Stored data outlives the program: a change of these bytes needs a new version.
TEST(Codec, BytesOfVersionOne) {
    struct Case {
        Item item;
        std::string bytes;
    };
    const Case cases[] = {
        {{}, "\x01\x00"s},
        {{{"a", "bc"}},
         "\x01\x01\x01"s
         "a\x04\x02"
         "bc"s},
        {{{"n", *Number::parse("-12.5")}}, "\x01\x01\x01n\x03\x83\x83\x0C\x32"s},
        {{{"n", Number{}}}, "\x01\x01\x01n\x03\x00"s},
        {{{"b", true}, {"c", Null{}}},
         "\x01\x02\x01"s
         "b\x02\x01"
         "c\x00"s},
        {{{"l", List{Value(false)}}}, "\x01\x01\x01l\x06\x01\x01"s},
        {{{"s", StringSet{"y", "x"}}}, "\x01\x01\x01s\x08\x02\x01x\x01y"s},
        {{{"m", Map{{"x", Binary{"z"}}}}}, "\x01\x01\x01m\x07\x01\x01x\x05\x01z"s},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(encode(c.item), c.bytes) << ::testing::PrintToString(encode(c.item));
        EXPECT_EQ(decode(c.bytes).value_or(Item{{"not", "decoded"}}), c.item);
    }
}

TEST(Codec, RoundTripsEveryType) {
    const auto decoded = decode(encode(every_type()));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, every_type());
}

TEST(Codec, AppendsAfterWhatIsThere) {
    std::string out = "before";
    append_encoded(every_type(), out);
    EXPECT_EQ(out, "before" + encode(every_type()));
}

TEST(Codec, EveryTruncationIsCorruption) {
    const auto whole = encode(every_type());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto item = decode(std::string_view(whole).substr(0, length));
        ASSERT_FALSE(item) << length;
        EXPECT_EQ(item.error().code, ErrorCode::kCorruption);
    }
    EXPECT_FALSE(decode(whole + "\0"s));
}

TEST(Codec, RefusesSecondEncodings) {
    const std::pair<const char*, std::string> cases[] = {
        {"another version", "\x02\x00"s},
        {"a longer varint", "\x01\x80\x00"s},
        {"names out of order",
         "\x01\x02\x01"s
         "b\x00\x01"s
         "a\x00"s},
        {"a name twice",
         "\x01\x02\x01"s
         "a\x00\x01"s
         "a\x00"s},
        {"set out of order", "\x01\x01\x01s\x08\x02\x01y\x01x"s},
        {"no such type", "\x01\x01\x01n\x0B"s},
        {"minus zero", "\x01\x01\x01n\x03\x80"s},
        {"a leading zero", "\x01\x01\x01n\x03\x02\x81\x01"s},
        {"a trailing zero", "\x01\x01\x01n\x03\x02\x81\x0A"s},
        {"a filled half pair", "\x01\x01\x01n\x03\x01\x81\x0B"s},
        {"a pair over 99", "\x01\x01\x01n\x03\x02\x81\x64"s},
        {"39 digits", "\x01\x01\x01n\x03\x27\x81"s + std::string(20, '\x0B')},
    };
    for (const auto& [what, bytes] : cases) {
        EXPECT_FALSE(decode(bytes)) << what;
    }
}

// A count that promises more than there is must not allocate for it.
TEST(Codec, CountsBeyondTheBytesAreCorruption) {
    EXPECT_FALSE(decode("\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"s));
    EXPECT_FALSE(decode("\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"s));
    EXPECT_FALSE(decode("\x01\x01\x01l\x06\xFF\xFF\xFF\x7F\x00"s));
    EXPECT_FALSE(decode("\x01\x01\x01s\x04\xFF\xFF\xFF\xFF\x07x"s));
}

TEST(Codec, DepthIsBounded) {
    std::string bomb = "\x01\x01\x01l"s;
    for (int i = 0; i < 100'000; ++i) {
        bomb.append("\x06\x01");
    }
    EXPECT_FALSE(decode(bomb));

    Value deep = "bottom";
    for (int level = 1; level < kNestingMax; ++level) {
        deep = List{deep};
    }
    const Item item{{"deep", deep}};
    EXPECT_EQ(nesting(deep), kNestingMax);
    EXPECT_EQ(decode(encode(item)).value_or(Item{}), item);
}

TEST(Codec, LargestItem) {
    Item item{{"text", std::string(kItemBytesMax / 2, 'x')}};
    List list;
    while (size_bytes(item) + size_bytes(Value(list)) + 16 < kItemBytesMax) {
        list.insert(list.end(), 1000, Value(Number(7)));
    }
    item.emplace("list", std::move(list));
    const auto bytes = encode(item);
    EXPECT_LT(bytes.size(), 2 * kItemBytesMax);
    EXPECT_EQ(decode(bytes).value_or(Item{}), item);
}

}  // namespace
}  // namespace meridian::item
