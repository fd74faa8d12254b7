#include "base/adjustable_clock.h"

#include <gtest/gtest.h>

namespace meridian {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class AdjustableClockTest : public testing::Test {
  protected:
    const Instant start_{milliseconds{1'700'000'000'000}};
    ManualClock actual_{start_};
    AdjustableClock clock_{actual_};
};

TEST_F(AdjustableClockTest, IsTheOtherClockUntilItIsSet) {
    EXPECT_EQ(clock_.now(), start_);
    actual_.advance(milliseconds{5});
    EXPECT_EQ(clock_.now(), start_ + milliseconds{5});
    EXPECT_EQ(clock_.monotonic(), actual_.monotonic());
    EXPECT_EQ(clock_.offset(), milliseconds{0});
}

TEST_F(AdjustableClockTest, StepsForwardAndBackAndGoesOnFromThere) {
    for (const auto offset : {minutes{10}, minutes{-10}}) {
        clock_.set(offset);
        EXPECT_EQ(clock_.now(), start_ + offset);
        EXPECT_EQ(clock_.offset(), offset);
    }
    actual_.advance(milliseconds{1});
    EXPECT_EQ(clock_.now(), start_ - minutes{10} + milliseconds{1});
    clock_.set(milliseconds{0});
    EXPECT_EQ(clock_.now(), start_ + milliseconds{1});
}

TEST_F(AdjustableClockTest, WhatMeasuresTimeDoesNotStep) {
    const auto before = clock_.monotonic();
    clock_.set(minutes{10});
    EXPECT_EQ(clock_.monotonic(), before);
}

TEST_F(AdjustableClockTest, GoesRightAgainByItselfWhenItsTimeIsOver) {
    clock_.set(minutes{10}, clock_.monotonic() + milliseconds{100});
    actual_.advance(milliseconds{99});
    EXPECT_EQ(clock_.offset(), minutes{10});
    actual_.advance(milliseconds{1});
    EXPECT_EQ(clock_.offset(), milliseconds{0});
    EXPECT_EQ(clock_.now(), actual_.now());
    clock_.set(minutes{-1});  // for good again
    actual_.advance(minutes{60});
    EXPECT_EQ(clock_.offset(), minutes{-1});
}

}  // namespace
}  // namespace meridian
