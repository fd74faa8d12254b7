#include "dynamo/stream_name.h"

#include <gtest/gtest.h>

#include <limits>

namespace meridian::dynamo {
namespace {

TEST(StreamName, IsPartOfAnArn) {
    const StreamName name{"us-east-1", "GlobalCallRouting", "2026-11-29T21:00:00.000"};
    const std::string arn =
        "arn:aws:dynamodb:us-east-1:000000000000:table/GlobalCallRouting/stream/"
        "2026-11-29T21:00:00.000";
    EXPECT_EQ(stream_arn(name), arn);
    EXPECT_EQ(parse_stream_arn(arn), name);
    // Another account's, as documents and tests have it.
    EXPECT_EQ(parse_stream_arn("arn:aws:dynamodb:us-east-1:123456789012:table/GlobalCallRouting/"
                               "stream/2026-11-29T21:00:00.000"),
              name);
}

TEST(StreamName, IsNoneOfOtherTexts) {
    for (const auto* text : {"", "junk", "arn:aws:dynamodb:us-east-1:000000000000:table/T",
                             "arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/",
                             "arn:aws:dynamodb:us-east-1:000000000000:table//stream/L",
                             "arn:aws:dynamodb::000000000000:table/T/stream/L",
                             "arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/L/M",
                             "arn:aws:kinesis:us-east-1:000000000000:table/T/stream/L"}) {
        EXPECT_FALSE(parse_stream_arn(text)) << text;
    }
}

TEST(ShardId, HasTheServicesFormAndIsAnotherOneInAnotherLog) {
    EXPECT_EQ(shard_id("2026-11-29T21:00:00.000", store::LogId{0x1'0000'00ff}),
              "shardId-00000001795986000000-000000fe");
    EXPECT_NE(shard_id("2026-11-29T21:00:00.000", store::LogId{1}),
              shard_id("2026-11-29T21:00:00.000", store::LogId{2}));
}

TEST(SequenceText, SortsAsTheNumbersDo) {
    constexpr auto kMost = std::numeric_limits<store::SequenceNumber>::max();
    std::string before;
    for (const store::SequenceNumber sequence :
         {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{10}, std::uint64_t{99'999}, kMost}) {
        const auto text = sequence_text(sequence);
        EXPECT_EQ(text.size(), 21U);
        EXPECT_LT(before, text);
        EXPECT_EQ(parse_sequence(text), sequence);
        before = text;
    }
}

TEST(SequenceText, IsNoneOfOtherTexts) {
    for (const auto* text :
         {"", "1", "000000000000000000001", "1000000000000000000000", "199999999999999999999",
          "10000000000000000000a", "1-0000000000000000001", "1 0000000000000000001"}) {
        EXPECT_FALSE(parse_sequence(text)) << text;
    }
}

}  // namespace
}  // namespace meridian::dynamo
