#include "item/key.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace meridian::item {
namespace {

const KeySchema kRules{.partition = {"phoneNumber", KeyType::kString},
                       .sort = KeyAttribute{"region", KeyType::kString}};
const KeySchema kCounters{.partition = {"name", KeyType::kBinary},
                          .sort = KeyAttribute{"at", KeyType::kNumber}};
const KeySchema kAgents{.partition = {"agentId", KeyType::kString}, .sort = std::nullopt};

Value number(std::string_view text) {
    return *Number::parse(text);
}

std::string error_of(const Result<Key>& result) {
    if (result) {
        return "no error";
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().message;
}

TEST(Key, IsTheKeyAttributesOfAnItem) {
    const Item item{{"phoneNumber", "+1800"}, {"region", "us-east-1"}, {"version", Number(1)}};
    const auto key = key_of(kRules, item);
    ASSERT_TRUE(key);
    EXPECT_EQ(*key, (Key{{"phoneNumber", "+1800"}, {"region", "us-east-1"}}));
    EXPECT_EQ(checked_key(kRules, *key), *key);
    EXPECT_EQ(key_of(kAgents, {{"agentId", "a"}, {"region", "r"}}), (Key{{"agentId", "a"}}));
}

TEST(Key, LongestKeysAreFine) {
    EXPECT_TRUE(key_of(kRules, {{"phoneNumber", std::string(kPartitionKeyBytesMax, '1')},
                                {"region", std::string(kSortKeyBytesMax, 'r')}}));
}

TEST(Key, RefusalsNameTheAttribute) {
    struct Case {
        const KeySchema& schema;
        Item item;
        std::string says;
    };
    const std::string invalid = "One or more parameter values were invalid: ";
    const std::string empty =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty ";
    const Case cases[] = {
        {kRules, {{"region", "r"}}, invalid + "Missing the key phoneNumber in the item"},
        {kRules, {{"phoneNumber", "+1"}}, invalid + "Missing the key region in the item"},
        {kRules,
         {{"phoneNumber", Number(1)}, {"region", "r"}},
         invalid + "Type mismatch for key phoneNumber expected: S actual: N"},
        {kCounters,
         {{"name", Binary{"n"}}, {"at", true}},
         invalid + "Type mismatch for key at expected: N actual: BOOL"},
        {kRules, {{"phoneNumber", ""}, {"region", "r"}}, empty + "string value. Key: phoneNumber"},
        {kCounters, {{"name", Binary{}}, {"at", Number(1)}}, empty + "binary value. Key: name"},
        {kRules,
         {{"phoneNumber", std::string(kPartitionKeyBytesMax + 1, '1')}, {"region", "r"}},
         invalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes. Key: "
                   "phoneNumber"},
        {kRules,
         {{"phoneNumber", "+1"}, {"region", std::string(kSortKeyBytesMax + 1, 'r')}},
         invalid + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes. "
                   "Key: region"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(error_of(key_of(c.schema, c.item)), c.says);
    }
}

TEST(Key, CheckedKeyRefusesWhatIsNotExactlyTheKey) {
    struct Case {
        Key key;
        std::string_view names;
    };
    const Case cases[] = {
        {{}, "phoneNumber is missing"},
        {{{"phoneNumber", "+1"}}, "region is missing"},
        {{{"phoneNumber", "+1"}, {"region", "r"}, {"version", Number(1)}},
         "version is not part of the key"},
        {{{"phoneNumber", "+1"}, {"region", Number(1)}}, "region expected: S actual: N"},
    };
    for (const auto& c : cases) {
        const auto message = error_of(checked_key(kRules, c.key));
        EXPECT_EQ(message,
                  "The provided key element does not match the schema: " + std::string(c.names));
    }
    EXPECT_NE(error_of(checked_key(kRules, {{"phoneNumber", ""}, {"region", "r"}})).find("empty"),
              std::string::npos);
}

// One value, several kinds of neighbours; each list ascends.
std::vector<std::vector<Value>> ascending_values() {
    using namespace std::string_literals;
    return {
        {"\0"s, "\0\0"s, "\0\1"s, "\0\xFF"s, "\1"s, "a", "a\0"s, "a\0\0"s, "a\0b"s, "a\1"s,
         "a\1\1"s, "aa", "ab", "b", "é", "\xFF"s, "\xFF\xFF"s},
        {Binary{"\0"s}, Binary{"\0\1"s}, Binary{"\1"s}, Binary{"\xFE"s}, Binary{"\xFF"s}},
        {number("-9.9e125"), number("-1e125"), number("-100"),   number("-99.5"), number("-99"),
         number("-12"),      number("-11.9"),  number("-1"),     number("-0.99"), number("-1e-130"),
         number("0"),        number("1e-130"), number("2e-130"), number("0.099"), number("0.1"),
         number("1"),        number("1.01"),   number("1.1"),    number("9"),     number("10"),
         number("12"),       number("12.3"),   number("12.34"),  number("13"),    number("1e125"),
         number("9.9e125")},
    };
}

TEST(EncodedKeys, CompareAsTheValuesDo) {
    for (const auto& values : ascending_values()) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            for (std::size_t j = 0; j < values.size(); ++j) {
                EXPECT_EQ(encode_key_value(values[i]) <=> encode_key_value(values[j]), i <=> j)
                    << type_name(values[i]) << " " << i << " " << j;
            }
        }
    }
}

TEST(EncodedKeys, NoPartitionIsAPrefixOfAnother) {
    for (const auto& values : ascending_values()) {
        for (const auto& a : values) {
            for (const auto& b : values) {
                const auto longer = encode_key_value(b);
                EXPECT_EQ(longer.starts_with(encode_key_value(a)), a == b);
            }
        }
    }
}

TEST(EncodedKeys, PartitionIsThePrefixOfItsItems) {
    const Key key{{"phoneNumber", "+1800"}, {"region", "us-east-1"}};
    const auto bytes = encode_key(kRules, key);
    EXPECT_TRUE(bytes.starts_with(encode_key_value("+1800")));
    EXPECT_FALSE(bytes.starts_with(encode_key_value("+180")));
}

TEST(EncodedKeys, RandomKeysRoundTripInOrder) {
    SeededRandom random(7);
    const auto bytes = [&] {
        std::string text;
        for (auto left = 1 + random.next() % 6; left > 0; --left) {
            constexpr char kOdd[] = {'\x00', '\x01', 'a', 'b', '\xFE', '\xFF'};
            text.push_back(kOdd[random.next() % std::size(kOdd)]);
        }
        return text;
    };
    const auto any_number = [&] {
        const auto mantissa = static_cast<std::int64_t>(random.next() >> (random.next() % 64));
        const auto text = std::to_string(mantissa) + "e" +
                          std::to_string(static_cast<int>(random.next() % 200) - 100);
        return *Number::parse(text);
    };
    for (int i = 0; i < 20'000; ++i) {
        const auto name_a = bytes();
        const auto name_b = random.next() % 2 == 0 ? name_a : bytes();
        const auto at_a = any_number();
        const auto at_b = any_number();
        const Key a{{"name", Binary{name_a}}, {"at", at_a}};
        const Key b{{"name", Binary{name_b}}, {"at", at_b}};
        const auto order = name_a != name_b ? name_a <=> name_b : at_a <=> at_b;
        ASSERT_EQ(encode_key(kCounters, a) <=> encode_key(kCounters, b), order);
        ASSERT_EQ(decode_key(kCounters, encode_key(kCounters, a)).value_or(Key{}), a);
    }
}

TEST(EncodedKeys, OtherBytesAreCorruption) {
    const auto whole = encode_key(kCounters, {{"name", Binary{"n"}}, {"at", number("-12.5")}});
    ASSERT_TRUE(decode_key(kCounters, whole));
    std::vector<std::string> bad{whole + "x"};
    for (std::size_t length = 0; length < whole.size(); ++length) {
        bad.push_back(whole.substr(0, length));
    }
    using namespace std::string_literals;
    const auto name = encode_key_value(Binary{"n"});
    bad.push_back("n\0\2"s);                                            // no such escape
    bad.push_back(name + "\4"s);                                        // no such sign
    bad.push_back(name + "\3\x81\0"s);                                  // no digits
    bad.push_back(name + "\3\x81\x65\0"s);                              // a pair over 99
    bad.push_back(name + "\3\x81\x01\x0C\0"s);                          // a leading zero
    bad.push_back(name + "\3\x81\x0C\x01\0"s);                          // trailing zeros
    bad.push_back(name + "\3\x81"s + std::string(20, '\x0C') + "\0"s);  // 40 digits
    for (const auto& bytes : bad) {
        const auto key = decode_key(kCounters, bytes);
        ASSERT_FALSE(key) << ::testing::PrintToString(bytes);
        EXPECT_EQ(key.error().code, ErrorCode::kCorruption);
    }
}

}  // namespace
}  // namespace meridian::item
