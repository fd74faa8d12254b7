// Properties that hold for any item, whichever form it is written in.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "item/codec.h"
#include "item/json.h"

namespace meridian::item {
namespace {

enum class Content : std::uint8_t { kAnything, kUtf8, kPlainJson };

// Every type, deep and odd; kPlainJson leaves out what plain JSON writes as something else.
class RandomItems {
  public:
    RandomItems(std::uint64_t seed, Content content) : random_(seed), content_(content) {}

    Item item(int levels = 4) {
        Item item;
        for (auto left = below(8); left > 0; --left) {
            item.insert_or_assign(text(), value(levels));
        }
        return item;
    }

  private:
    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }

    std::string text() {
        std::string text;
        for (auto left = below(12); left > 0; --left) {
            switch (below(4)) {
                case 0:
                    text.append(below(2) == 0 ? "é" : "😀");
                    break;
                case 1:
                    text.push_back(static_cast<char>(below(0x20)));
                    break;
                default:
                    text.push_back(static_cast<char>(
                        content_ == Content::kAnything ? below(0x100) : ' ' + below(0x5F)));
            }
        }
        return text;
    }

    Number number() {
        const auto mantissa = static_cast<std::int64_t>(random_.next() >> below(64));
        return *Number::parse(fmt::format("{}e{}", mantissa, static_cast<int>(below(230)) - 125));
    }

    Value value(int levels) {
        const std::uint64_t scalars = content_ == Content::kPlainJson ? 4 : 8;
        switch (below(levels > 0 ? scalars + 2 : scalars)) {
            case 0:
                return text();
            case 1:
                return number();
            case 2:
                return below(2) == 0;
            case 3:
                return Null{};
            case 4:
                if (content_ != Content::kPlainJson) {
                    return Binary{text()};
                }
                return list(levels - 1);
            case 5:
                if (content_ != Content::kPlainJson) {
                    return StringSet{text(), text()};
                }
                return item(levels - 1);
            case 6:
                return NumberSet{number(), number(), number()};
            case 7:
                return BinarySet{Binary{text()}, Binary{text()}};
            case 8:
                return list(levels - 1);
            default:
                return item(levels - 1);
        }
    }

    Value list(int levels) {
        List list;
        for (auto left = below(5); left > 0; --left) {
            list.push_back(value(levels));
        }
        return list;
    }

    SeededRandom random_;
    Content content_;
};

constexpr int kItems = 3000;

TEST(RoundTrip, Codec) {
    RandomItems items(1, Content::kAnything);
    for (int i = 0; i < kItems; ++i) {
        const auto item = items.item();
        const auto decoded = decode(encode(item));
        ASSERT_TRUE(decoded) << i << ": " << decoded.error().message;
        ASSERT_EQ(*decoded, item) << i;
    }
}

TEST(RoundTrip, DynamoDbJson) {
    RandomItems items(2, Content::kUtf8);
    for (int i = 0; i < kItems; ++i) {
        const auto item = items.item();
        const auto text = to_dynamodb_json(item);
        const auto parsed = parse_dynamodb_json(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        ASSERT_EQ(*parsed, item) << text;
    }
}

TEST(RoundTrip, PlainJson) {
    RandomItems items(3, Content::kPlainJson);
    for (int i = 0; i < kItems; ++i) {
        const Value item = items.item();
        const auto text = to_plain_json(item);
        const auto parsed = parse_plain_json(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        ASSERT_EQ(*parsed, item) << text;
    }
}

// Any one wrong byte gives an error or another item with its own one encoding, never a crash, and
// never two encodings of one item.
TEST(RoundTrip, DamagedBytesNeverDecodeAsASecondEncoding) {
    RandomItems items(4, Content::kAnything);
    SeededRandom random(5);
    int refused = 0;
    for (int i = 0; i < kItems; ++i) {
        auto bytes = encode(items.item());
        bytes[random.next() % bytes.size()] = static_cast<char>(random.next());
        const auto decoded = decode(bytes);
        if (decoded) {
            ASSERT_EQ(encode(*decoded), bytes);
        } else {
            ASSERT_EQ(decoded.error().code, ErrorCode::kCorruption);
            ++refused;
        }
    }
    EXPECT_GT(refused, kItems / 10);
}

}  // namespace
}  // namespace meridian::item
