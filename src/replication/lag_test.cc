#include "replication/lag.h"

#include <gtest/gtest.h>

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LagWindow, PercentilesAreNeverTooShortAndHardlyTooLong) {
    for (const std::int64_t scale : {1, 7, 100, 3'000, 86'400'000}) {
        LagWindow window;
        for (int i = 1; i <= 1'000; ++i) {
            window.note(seconds{100}, milliseconds{i * scale});
        }
        const auto lag = window.summary(seconds{100});
        EXPECT_EQ(lag.items, 1'000U);
        const auto check = [&](milliseconds said, std::int64_t is) {
            is = std::min<std::int64_t>(is, 0xffffffff);
            EXPECT_GE(said.count(), is);
            EXPECT_LE(static_cast<double>(said.count()), static_cast<double>(is) * 1.07 + 1);
        };
        check(lag.p50, 500 * scale);
        check(lag.p99, 990 * scale);
    }
}

TEST(LagWindow, OneInAHundredDoesNotMakeThe99th) {
    LagWindow window;
    for (int i = 0; i < 99; ++i) {
        window.note(seconds{1}, milliseconds{3});
    }
    window.note(seconds{1}, milliseconds{5'000});
    EXPECT_EQ(window.summary(seconds{1}).p99, milliseconds{3});
    window.note(seconds{1}, milliseconds{5'000});
    EXPECT_GE(window.summary(seconds{1}).p99, milliseconds{5'000});
}

TEST(LagWindow, WhatIsOlderThanAMinuteIsForgotten) {
    LagWindow window;
    EXPECT_EQ(window.summary(seconds{0}).items, 0U);
    window.note(seconds{10}, milliseconds{900});
    window.note(seconds{40}, milliseconds{1});
    EXPECT_EQ(window.summary(seconds{69}).items, 2U);
    EXPECT_EQ(window.summary(seconds{70}).items, 1U);
    EXPECT_EQ(window.summary(seconds{70}).p99, milliseconds{1});
    window.note(seconds{130}, milliseconds{2});
    EXPECT_EQ(window.summary(seconds{130}).items, 1U);
    EXPECT_EQ(window.summary(seconds{130}).p50, milliseconds{2});
}

TEST(LagWindow, NegativeLagsAreNone) {
    LagWindow window;
    window.note(seconds{1}, milliseconds{-5});
    EXPECT_EQ(window.summary(seconds{1}).p99, milliseconds{0});
}

Instant at(std::int64_t ms) {
    return Instant{milliseconds{1'700'000'000'000 + ms}};
}

TEST(ClockOffset, ClocksThatMayAgreeDo) {
    ClockOffset offset;
    EXPECT_EQ(offset.ahead(), milliseconds{0});
    offset.note(at(0), at(10), at(4), seconds{1});
    EXPECT_EQ(offset.ahead(), milliseconds{0});
}

TEST(ClockOffset, AClockThatIsAheadIsFoundOutWithinAnExchange) {
    ClockOffset offset;
    offset.note(at(0), at(500), at(60'250), seconds{1});
    EXPECT_GE(offset.ahead(), milliseconds{59'750});
    EXPECT_LE(offset.ahead(), milliseconds{60'250});
    offset.note(at(1'000), at(1'010), at(61'005), seconds{2});
    EXPECT_GE(offset.ahead(), milliseconds{59'995});
    EXPECT_LE(offset.ahead(), milliseconds{60'005});
    offset.note(at(2'000), at(2'500), at(62'300), seconds{3});
    EXPECT_GE(offset.ahead(), milliseconds{59'995}) << "a slow exchange takes nothing back";
}

TEST(ClockOffset, AClockThatIsBehindIsFoundOut) {
    ClockOffset offset;
    offset.note(at(60'000), at(60'010), at(5), seconds{1});
    EXPECT_EQ(offset.ahead(), milliseconds{-59'995});
}

TEST(ClockOffset, AStepStartsAnew) {
    ClockOffset offset;
    offset.note(at(0), at(10), at(5), seconds{1});
    offset.note(at(1'000), at(1'010), at(3'601'005), seconds{2});
    EXPECT_GE(offset.ahead(), milliseconds{3'599'995});
    offset.note(at(2'000), at(2'010), at(2'005), seconds{3});
    EXPECT_EQ(offset.ahead(), milliseconds{0});
}

TEST(ClockOffset, AnOldIntervalIsForgotten) {
    ClockOffset offset;
    offset.note(at(0), at(2), at(101), seconds{1});
    EXPECT_GE(offset.ahead(), milliseconds{99});
    offset.note(at(40'000), at(40'500), at(40'100), seconds{41});
    EXPECT_EQ(offset.ahead(), milliseconds{0}) << "clocks drift";
}

// The own clock stepped between question and answer.
TEST(ClockOffset, AnAnswerFromBeforeItsQuestionIsTaken) {
    ClockOffset offset;
    offset.note(at(1'000), at(0), at(500), seconds{1});
    EXPECT_EQ(offset.ahead(), milliseconds{0});
}

}  // namespace
}  // namespace meridian::replication
