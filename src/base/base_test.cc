#include <gtest/gtest.h>

#include <set>

#include "base/clock.h"
#include "base/instant.h"
#include "base/log_limit.h"
#include "base/mask.h"
#include "base/random.h"
#include "base/result.h"
#include "base/ulid.h"

namespace meridian {
namespace {

TEST(Instant, ReadsRfc3339) {
    struct Case {
        const char* text;
        const char* utc;
    };
    const Case cases[] = {
        {"2025-02-26T15:00:00Z", "2025-02-26T15:00:00.000Z"},
        {"2025-02-26T21:59:59.999Z", "2025-02-26T21:59:59.999Z"},
        {"2025-02-26T21:59:59.9999999Z", "2025-02-26T21:59:59.999Z"},
        {"2025-02-26t15:00:00.5z", "2025-02-26T15:00:00.500Z"},
        {"2025-02-26T15:00:00+05:30", "2025-02-26T09:30:00.000Z"},
        {"2025-03-01T00:30:00-05:00", "2025-03-01T05:30:00.000Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
        {"2016-12-31T23:59:60Z",
         "2017-01-01T00:00:00.000Z"},  // a leap second has no place in Unix time
        {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
        {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    };
    for (const auto& c : cases) {
        const auto instant = parse_instant(c.text);
        ASSERT_TRUE(instant) << c.text;
        EXPECT_EQ(format_instant(*instant), c.utc) << c.text;
    }
}

TEST(Instant, RefusesWhatIsNotRfc3339) {
    for (const char* text :
         {"", "now", "2025-02-26", "2025-02-26T15:00:00", "2025-02-30T15:00:00Z",
          "2025-13-01T15:00:00Z", "2025-02-26T24:00:00Z", "2025-02-26T15:60:00Z",
          "2025-02-26T15:00:61Z", "2025-02-26T15:00:00.Z", "2025-02-26T15:00:00Zx",
          "2025-02-26T15:00:00+5:30", "2025-02-26T15:00:00+24:00", "+2025-02-26T15:00:00Z",
          "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z"}) {
        const auto instant = parse_instant(text);
        ASSERT_FALSE(instant) << text;
        EXPECT_EQ(instant.error().code, ErrorCode::kInvalidInput);
        EXPECT_NE(instant.error().message.find("2025-02-26T15:00:00Z"), std::string::npos)
            << "no example";
    }
}

TEST(Errors, NumbersAndNamesAreUnique) {
    std::set<int> numbers;
    std::set<std::string_view> names;
    struct Seen {
        std::set<int>& numbers;
        std::set<std::string_view>& names;
    } seen{numbers, names};
    for_each_error(
        [](const ErrorInfo& row, void* context) {
            auto* sets = static_cast<Seen*>(context);
            EXPECT_TRUE(sets->numbers.insert(row.number).second) << row.name;
            EXPECT_TRUE(sets->names.insert(row.name).second) << row.name;
            EXPECT_FALSE(row.meaning.empty()) << row.name;
            EXPECT_GE(row.http_status, 400) << row.name;
        },
        &seen);
    EXPECT_EQ(info(ErrorCode::kConditionFailed).aws_type, "ConditionalCheckFailedException");
}

TEST(ManualClock, StepMovesOnlyTheWallClock) {
    ManualClock clock(Instant{std::chrono::seconds{100}});
    clock.advance(std::chrono::seconds{5});
    clock.step_to(Instant{std::chrono::seconds{1}});
    EXPECT_EQ(clock.now(), Instant{std::chrono::seconds{1}});
    EXPECT_EQ(clock.monotonic(), std::chrono::seconds{5});
}

TEST(LogLimit, LetsSomeLinesThroughAndCountsTheOthers) {
    ManualClock clock(Instant{});
    LogLimit limit(clock, {.lines_max = 2, .period = std::chrono::seconds{10}});
    EXPECT_EQ(limit.admit(), 0U);
    EXPECT_EQ(limit.admit(), 0U);
    EXPECT_EQ(limit.admit(), std::nullopt);
    EXPECT_EQ(limit.admit(), std::nullopt);
    clock.step_to(Instant{std::chrono::hours{-1}});  // the wall clock has no say
    EXPECT_EQ(limit.admit(), std::nullopt);
    clock.advance(std::chrono::seconds{10});
    EXPECT_EQ(limit.admit(), 3U);
    EXPECT_EQ(limit.admit(), 0U);
}

TEST(Log, ALineStaysOneLine) {
    start_log("test", LogLevel::kInfo);
    ::testing::internal::CaptureStderr();
    log(LogLevel::kWarn, "area", "a{}b", "\n2025-01-01T00:00:00Z error forged\x1b[2J");
    const auto written = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(written, '\n'), 1);
    EXPECT_NE(written.find("a?2025-01-01T00:00:00Z error forged?[2Jb"), std::string::npos);
}

TEST(SeededRandom, SameSeedSameSequence) {
    SeededRandom one(7);
    SeededRandom two(7);
    SeededRandom other(8);
    const auto text = one.alphanumeric(40);
    EXPECT_EQ(text, two.alphanumeric(40));
    EXPECT_NE(text, other.alphanumeric(40));
}

TEST(Ulid, SortsByTimeThenEntropy) {
    const std::array<std::uint8_t, 10> low{};
    std::array<std::uint8_t, 10> high{};
    high.fill(0xFF);
    const Instant at{
        std::chrono::milliseconds{1469918176385}};  // the specification's own example: 01ARYZ6S41
    EXPECT_EQ(make_ulid(at, low), "01ARYZ6S410000000000000000");
    EXPECT_EQ(make_ulid(at, high), "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    EXPECT_LT(make_ulid(at, high), make_ulid(at + std::chrono::milliseconds{1}, low));
    EXPECT_EQ(make_ulid(Instant{std::chrono::milliseconds{-5}}, low), std::string(26, '0'));
}

TEST(Mask, HidesTheMiddleOfANumber) {
    EXPECT_EQ(mask_number("+18005551234"), "+180******34");
    EXPECT_EQ(mask_number("+1"), "**");
    EXPECT_EQ(mask_number(""), "");
    EXPECT_EQ(mask_number("\n\n\n\n\n\n\n\n").find('\n'), std::string::npos);
    EXPECT_EQ(mask_numbers_in("GET /routing/+18005551234/us-east-1?x=123456"),
              "GET /routing/+180******34/us-east-1?x=123456");
}

}  // namespace
}  // namespace meridian
