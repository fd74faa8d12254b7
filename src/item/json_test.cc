#include "item/json.h"

#include <gtest/gtest.h>

#include <string>

namespace meridian::item {
namespace {

using namespace std::string_literals;

Value plain(std::string_view text) {
    auto value = parse_plain_json(text);
    EXPECT_TRUE(value) << text.substr(0, 200) << ": " << (value ? "" : value.error().message);
    return value ? *std::move(value) : Value("failed to parse");
}

Number number(std::string_view text) {
    return *Number::parse(text);
}

struct Refusal {
    std::string text;
    ErrorCode code;
    std::string_view says;
};

template <typename T>
void expect_refusals(const std::vector<Refusal>& refusals, Result<T> (*parse)(std::string_view)) {
    for (const auto& refusal : refusals) {
        const auto result = parse(refusal.text);
        ASSERT_FALSE(result) << refusal.text;
        EXPECT_EQ(result.error().code, refusal.code) << refusal.text;
        EXPECT_NE(result.error().message.find(refusal.says), std::string::npos)
            << refusal.text << ": " << result.error().message;
    }
}

std::string nested(const std::string& open, int times, const std::string& inside,
                   const std::string& close) {
    std::string text;
    for (int i = 0; i < times; ++i) {
        text.append(open);
    }
    text.append(inside);
    for (int i = 0; i < times; ++i) {
        text.append(close);
    }
    return text;
}

// ---- Plain JSON

TEST(PlainJson, ReadsEveryKind) {
    EXPECT_EQ(plain(R"( {"a": [null, true, false, "x", -1.50, {}, []], "b": {"c": "d"}} )"),
              Value(Map{{"a", List{Value(Null{}), Value(true), Value(false), Value("x"),
                                   Value(number("-1.5")), Value(Map{}), Value(List{})}},
                        {"b", Map{{"c", "d"}}}}));
    EXPECT_EQ(plain("\"top\""), Value("top"));
    EXPECT_EQ(plain("7"), Value(Number(7)));
}

// A double has 15 to 17 digits, a 64-bit integer 19.
TEST(PlainJson, NumbersKeepTheirDigits) {
    for (const char* text :
         {"12345678901234567890123456789012345678", "-0.1000000000000000055511151231257827021",
          "18446744073709551616", "9007199254740993", "0.1", "9223372036854775807",
          "-9223372036854775808", "3.1415926535897932384626433832795028841"}) {
        EXPECT_EQ(plain(text), Value(number(text))) << text;
        EXPECT_EQ(to_plain_json(plain(text)), text);
        EXPECT_EQ(plain("[" + std::string(text) + "]"), Value(List{Value(number(text))}));
    }
    EXPECT_EQ(plain("1E+3"), Value(Number(1000)));
    EXPECT_EQ(plain("-0"), Value(Number(0)));
    EXPECT_EQ(plain("1e-130"), Value(number("1e-130")));
}

TEST(PlainJson, ReadsEscapes) {
    EXPECT_EQ(plain(R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000")"),
              Value("\"\\/\b\f\n\r\té😀\0"s));
}

TEST(PlainJson, LastOfDuplicateNamesWins) {
    EXPECT_EQ(plain(R"({"a": 1, "b": 2, "a": {"x": 3}})"),
              Value(Map{{"a", Map{{"x", Number(3)}}}, {"b", Number(2)}}));
}

TEST(PlainJson, RefusesWhatIsNoJson) {
    const auto code = ErrorCode::kMalformedJson;
    expect_refusals({{"", code, "byte 0"},           {" ", code, "byte 1"},
                     {"{", code, "byte 1"},          {"[1,]", code, "byte 3"},
                     {"{\"a\":1,}", code, "byte 7"}, {"[1] x", code, "byte 4"},
                     {"nul", code, "byte"},          {"01", code, "byte 1"},
                     {"+1", code, "byte 0"},         {"1.", code, "byte"},
                     {"NaN", code, "byte 0"},        {"'a'", code, "byte 0"},
                     {"{a:1}", code, "byte 1"},      {"/**/1", code, "byte 0"},
                     {"\"a\nb\"", code, "byte 2"},   {"\"\\x\"", code, "byte"},
                     {"\"\\ud800\"", code, "byte"},  {"\"\\ud800\\u0041\"", code, "byte"},
                     {"\"\\udc00\"", code, "byte"},  {"\"abc", code, "byte"},
                     {"1 2", code, "byte 2"},        {"\xEF\xBB\xBF{}", code, "byte 0"}},
                    parse_plain_json);
}

TEST(PlainJson, RefusesBytesThatAreNoUtf8) {
    for (const auto& bytes : {"\xFF"s, "\x80"s, "\xC3"s, "\xC0\x80"s, "\xE0\x80\x80"s,
                              "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s}) {
        EXPECT_FALSE(parse_plain_json("\"" + bytes + "\"")) << ::testing::PrintToString(bytes);
        EXPECT_FALSE(parse_plain_json("{\"" + bytes + "\":1}")) << ::testing::PrintToString(bytes);
    }
}

TEST(PlainJson, NumbersOutOfRangeAreNamed) {
    const auto code = ErrorCode::kInvalidInput;
    expect_refusals(
        {{"1e400", code, "larger than supported range: 1e400"},
         {R"({"a": {"b": [1, 1e126]}})", code, "a.b[1]: Number overflow"},
         {R"({"a": 1e-400})", code, "a: Number underflow"},
         {R"([-1e99999999999999999999, 2])", code, "-1e99999999"},
         {R"({"a": 0.)" + std::string(39, '1') + "}", code, "more than 38 significant"}},
        parse_plain_json);
}

// DynamoDB: 32 levels, counting the attribute itself; the outermost value is the item.
TEST(PlainJson, NestsAsDeepAsAnItem) {
    EXPECT_TRUE(parse_plain_json(nested("[", kNestingMax, "1", "]")));
    EXPECT_TRUE(parse_plain_json(nested("[", kNestingMax + 1, "", "]")));
    const auto code = ErrorCode::kInvalidInput;
    expect_refusals({{nested("[", kNestingMax + 1, "1", "]"), code, "Nesting Levels have exceeded"},
                     {nested("[", kNestingMax + 2, "", "]"), code, "Nesting Levels"},
                     {nested("{\"a\":", kNestingMax + 1, "1", "}"), code, "a.a.a"}},
                    parse_plain_json);
}

TEST(PlainJson, DepthBombsAreRefused) {
    for (const char* bomb : {"[", "{\"a\":", "[{\"a\":"}) {
        EXPECT_FALSE(parse_plain_json(nested(bomb, 100'000, "", "")));
        EXPECT_FALSE(parse_dynamodb_json(nested(bomb, 100'000, "", "")));
    }
    EXPECT_FALSE(parse_dynamodb_json(nested(R"({"a":{"M":)", 100'000, "", "")));
    EXPECT_FALSE(parse_dynamodb_json(nested(R"({"L":[)", 100'000, "", "")));
}

TEST(PlainJson, WritesOneRenderingPerValue) {
    const Map map{{"z", List{Value(Null{}), Value(true), Value(number("1.50"))}},
                  {"a", StringSet{"y", "x"}},
                  {"b", Binary{"\xFF\0"s}},
                  {"n", NumberSet{Number(10), Number(9)}},
                  {"bs", BinarySet{Binary{"f"}}},
                  {"e", Map{}},
                  {"l", List{}}};
    EXPECT_EQ(to_plain_json(map),
              R"({"a":["x","y"],"b":"/wA=","bs":["Zg=="],"e":{},"l":[],"n":[9,10],)"
              R"("z":[null,true,1.5]})");
    std::string out = "x";
    append_plain_json("y", out);
    EXPECT_EQ(out, "x\"y\"");
}

TEST(JsonString, EscapesWhatMustBe) {
    const std::pair<std::string, std::string> cases[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"\"\\/", R"("\"\\/")"},
        {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
        {"\0\x1F\x7F"s, "\"\\u0000\\u001f\x7F\""},
        {"é€😀\u2028", "\"é€😀\u2028\""},
        {"\xFF", "\"\uFFFD\""},
        {"a\xC3", "\"a\uFFFD\""},
        {"\xC0\x80", "\"\uFFFD\uFFFD\""},
        {"\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
        {"\xF4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
        {"\xE2\x82"
         "x",
         "\"\uFFFD\uFFFDx\""},
    };
    for (const auto& [text, written] : cases) {
        std::string out;
        append_json_string(text, out);
        EXPECT_EQ(out, written);
        EXPECT_TRUE(parse_plain_json(out)) << out;
    }
}

// ---- Typed JSON

TEST(DynamoDbJson, ReadsAndWritesEveryType) {
    const std::string text =
        R"({"b":{"B":"/wA="},"bs":{"BS":["Zg==","Zm8="]},"e":{"S":""},"f":{"BOOL":false},)"
        R"("l":{"L":[{"S":"x"},{"L":[]}]},"m":{"M":{"k":{"M":{}}}},"n":{"N":"-2.5"},)"
        R"("ns":{"NS":["1","2"]},"s":{"S":"+1800"},"ss":{"SS":["a","b"]},"t":{"BOOL":true},)"
        R"("u":{"NULL":true}})";
    const Item item{{"b", Binary{"\xFF\0"s}},
                    {"bs", BinarySet{Binary{"f"}, Binary{"fo"}}},
                    {"e", ""},
                    {"f", false},
                    {"l", List{Value("x"), Value(List{})}},
                    {"m", Map{{"k", Map{}}}},
                    {"n", number("-2.5")},
                    {"ns", NumberSet{Number(1), Number(2)}},
                    {"s", "+1800"},
                    {"ss", StringSet{"a", "b"}},
                    {"t", true},
                    {"u", Null{}}};
    const auto parsed = parse_dynamodb_json(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, item);
    EXPECT_EQ(to_dynamodb_json(item), text);
    EXPECT_EQ(to_dynamodb_json({}), "{}");
    EXPECT_EQ(parse_dynamodb_json(" {} ").value_or(Item{{"x", true}}), Item{});
}

TEST(DynamoDbJson, RefusalsNameTheAttribute) {
    const auto code = ErrorCode::kInvalidInput;
    expect_refusals(
        {{"[]", code, "an item is an object"},
         {R"({"a": "x"})", code, "a: an attribute value is an object"},
         {R"({"a": {}})", code, "a: Supplied AttributeValue is empty"},
         {R"({"a": {"S": "x", "N": "1"}})", code, "a: Supplied AttributeValue has more than one"},
         {R"({"a": {"X": "x"}})", code, "a: there is no type X"},
         {R"({"a": {"s": "x"}})", code, "a: there is no type s"},
         {R"({"a": {"S": 5}})", code, "a: a string"},
         {R"({"a": {"N": 5}})", code, "a: a string of digits"},
         {R"({"a": {"N": "five"}})", code,
          "a: The parameter cannot be converted to a numeric value: five"},
         {R"({"a": {"N": "1e400"}})", code, "a: Number overflow"},
         {R"({"a": {"N": ""}})", code, "a: The parameter cannot be converted"},
         {R"({"a": {"B": "x"}})", code, "a: base64"},
         {R"({"a": {"B": 1}})", code, "a: base64"},
         {R"({"a": {"BOOL": "true"}})", code, "a: true or false"},
         {R"({"a": {"NULL": false}})", code, "a: One or more parameter values were invalid: Null"},
         {R"({"a": {"L": {}}})", code, "a: an array"},
         {R"({"a": {"M": []}})", code, "a: an object"},
         {R"({"a": {"SS": "x"}})", code, "a: a set is an array"},
         {R"({"a": {"SS": []}})", code, "may not contain an empty set"},
         {R"({"a": {"NS": []}})", code, "may not contain an empty set"},
         {R"({"a": {"SS": ["x", 1]}})", code, "a: a string"},
         {R"({"a": {"NS": ["1", "x"]}})", code, "a: The parameter cannot be converted"},
         {R"({"a": {"NS": ["1", 1]}})", code, "a: a string of digits"},
         {R"({"a": {"BS": ["Zg==", "x"]}})", code, "a: base64"},
         {R"({"a": {"SS": ["x", "y", "x"]}})", code, "contains duplicates"},
         {R"({"a": {"NS": ["1", "1.0"]}})", code, "contains duplicates"},
         {R"({"a": {"M": {"b": {"L": [{"S": "x"}, {"N": "y"}]}}}})", code, "a.b[1]: The parameter"},
         {R"({"a": {"S": "x"}} x)", ErrorCode::kMalformedJson, "byte 18"}},
        parse_dynamodb_json);
}

TEST(DynamoDbJson, LastOfDuplicateNamesWins) {
    EXPECT_EQ(
        parse_dynamodb_json(R"({"a": {"S": "x"}, "a": {"S": "y", "S": "z"}})").value_or(Item{}),
        (Item{{"a", "z"}}));
}

TEST(DynamoDbJson, NestsAsDeepAsTheService) {
    const auto item = [](int wraps, const std::string& open, const std::string& leaf,
                         const std::string& close) {
        return R"({"a":)" + nested(open, wraps, leaf, close) + "}";
    };
    // The leaf of 31 wraps has level 32. A set's elements are no level.
    for (const char* leaf : {R"({"S":"leaf"})", R"({"SS":["leaf"]})", R"({"M":{}})"}) {
        EXPECT_TRUE(parse_dynamodb_json(item(kNestingMax - 1, R"({"M":{"n":)", leaf, "}}")));
        EXPECT_TRUE(parse_dynamodb_json(item(kNestingMax - 1, R"({"L":[)", leaf, "]}")));
        const auto code = ErrorCode::kInvalidInput;
        expect_refusals({{item(kNestingMax, R"({"M":{"n":)", leaf, "}}"), code, "Nesting Levels"},
                         {item(kNestingMax, R"({"L":[)", leaf, "]}"), code, "Nesting Levels"}},
                        parse_dynamodb_json);
    }
}

TEST(Json, LargestItem) {
    const Item item{{"text", std::string(kItemBytesMax - 4, '\x01')}};  // six bytes of text each
    EXPECT_EQ(parse_dynamodb_json(to_dynamodb_json(item)).value_or(Item{}), item);
    EXPECT_EQ(plain(to_plain_json(item)), Value(item));
}

TEST(Json, TextOverTheLimitIsRefusedUnread) {
    const std::string huge(kJsonBytesMax + 1, ' ');
    expect_refusals({{huge, ErrorCode::kInvalidInput, "over the limit"}}, parse_plain_json);
}

}  // namespace
}  // namespace meridian::item
