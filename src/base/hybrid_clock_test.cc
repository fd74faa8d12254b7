#include "base/hybrid_clock.h"

#include <gtest/gtest.h>

#include <random>

namespace meridian {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr Instant kNoon{milliseconds{1'700'000'000'123}};

TEST(HybridTime, IsTheMillisecondAndACount) {
    EXPECT_EQ(hybrid_time_of(kNoon).bits, 1'700'000'000'123U << 16U);
    EXPECT_EQ(instant_of({(1'700'000'000'123U << 16U) + 65'535}), kNoon);
    EXPECT_EQ(instant_of({(1'700'000'000'123U << 16U) + 65'536}), kNoon + milliseconds{1});
}

TEST(HybridTime, ClocksSetToImpossibleTimesStayInRange) {
    EXPECT_EQ(hybrid_time_of(Instant{milliseconds{-5}}).bits, 0U);
    EXPECT_EQ(hybrid_time_of(Instant::min()).bits, 0U);
    HybridClock clock;
    for (int i = 0; i < 200'000; ++i) {
        ASSERT_LT(clock.tick(Instant::max()), kHybridTimeEnd);
    }
}

TEST(HybridClock, FollowsTheWallClock) {
    HybridClock clock;
    EXPECT_EQ(clock.tick(kNoon), hybrid_time_of(kNoon));
    EXPECT_EQ(clock.tick(kNoon).bits, hybrid_time_of(kNoon).bits + 1);
    EXPECT_EQ(clock.tick(kNoon + milliseconds{1}), hybrid_time_of(kNoon + milliseconds{1}));
}

TEST(HybridClock, MoreThanFitIntoAMillisecondRunOverIntoTheNext) {
    HybridClock clock;
    HybridTime last;
    for (int i = 0; i < 200'000; ++i) {
        const auto next = clock.tick(kNoon);
        ASSERT_GT(next, last);
        last = next;
    }
    EXPECT_EQ(instant_of(last), kNoon + milliseconds{3});
}

TEST(HybridClock, NeverStepsBackWhenTheWallClockDoes) {
    std::mt19937_64 random(1);
    HybridClock clock;
    HybridTime last;
    for (int i = 0; i < 10'000; ++i) {
        const minutes step{static_cast<std::int64_t>(random() % 21) - 10};
        const auto next = clock.tick(kNoon + step + milliseconds{i});
        ASSERT_GT(next, last);
        last = next;
    }
    EXPECT_LE(instant_of(last), kNoon + minutes{11});
}

TEST(HybridClock, IsAboveWhatItObservedAndWhatItIsToldWasSeen) {
    HybridClock clock;
    const auto ahead = hybrid_time_of(kNoon + minutes{10});
    clock.observe(ahead, kNoon);
    EXPECT_EQ(clock.newest(), ahead);
    EXPECT_GT(clock.tick(kNoon), ahead);
    const auto further = hybrid_time_of(kNoon + hours{1});
    const auto above = clock.tick(kNoon, further);
    EXPECT_GT(above, further);
    EXPECT_EQ(clock.newest(), above);
    clock.observe(hybrid_time_of(kNoon), kNoon);
    EXPECT_EQ(clock.newest(), above) << "an older stamp changes nothing";
}

TEST(HybridClock, AStampFarAheadDoesNotDragIt) {
    HybridClock clock;
    const auto absurd = hybrid_time_of(kNoon + HybridClock::kAheadMax + milliseconds{1});
    clock.observe(absurd, kNoon);
    EXPECT_EQ(clock.tick(kNoon), hybrid_time_of(kNoon));
    EXPECT_EQ(clock.tick(kNoon, absurd).bits, absurd.bits + 1) << "above what it has seen";
    EXPECT_LT(clock.tick(kNoon), absurd) << "and back to its own time";
    clock.observe(hybrid_time_of(kNoon + HybridClock::kAheadMax), kNoon);
    EXPECT_EQ(instant_of(clock.newest()), kNoon + HybridClock::kAheadMax) << "the limit itself";
}

TEST(HybridClock, GoesOnFromItsFormerLife) {
    HybridClock before;
    const auto last = before.tick(kNoon);
    HybridClock after(last);
    EXPECT_GT(after.tick(kNoon - minutes{10}), last);
}

}  // namespace
}  // namespace meridian
