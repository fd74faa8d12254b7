#include "dynamo/shard_iterator.h"

#include <gtest/gtest.h>

namespace meridian::dynamo {
namespace {

const ShardIterator kIterator{{"us-east-1", "Orders", "2026-11-29T21:00:00.000"},
                              store::LogId{0xfedc'ba98'7654'3210},
                              77,
                              Instant{std::chrono::milliseconds{1'796'000'400'123}}};

TEST(ShardIterator, ComesBackAsItWas) {
    const auto text = to_text(kIterator);
    EXPECT_EQ(text.find("arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/"
                        "2026-11-29T21:00:00.000|1|"),
              0U);
    EXPECT_EQ(parse_shard_iterator(text), kIterator);
}

TEST(ShardIterator, HasOneTextForEachPlace) {
    auto other = kIterator;
    other.after = 78;
    EXPECT_NE(to_text(other), to_text(kIterator));
    other = kIterator;
    other.issued += std::chrono::milliseconds{1};
    EXPECT_NE(to_text(other), to_text(kIterator));
}

TEST(ShardIterator, IsFoundOutWhenItWasCutOrChanged) {
    const auto text = to_text(kIterator);
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_FALSE(parse_shard_iterator(text.substr(0, length))) << length;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(parse_shard_iterator(changed)) << changed;
    }
    EXPECT_FALSE(parse_shard_iterator(text + "="));
    EXPECT_FALSE(parse_shard_iterator("sdfsdfsgagaddafgagasgasgasdfasdfasdfasdfasdgasdasdgasdg"));
    EXPECT_FALSE(parse_shard_iterator(std::string(kIteratorBytesMax + 1, '|')));
}

}  // namespace
}  // namespace meridian::dynamo
