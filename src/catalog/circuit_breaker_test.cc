#include "catalog/circuit_breaker.h"

#include <gtest/gtest.h>

namespace meridian::catalog {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
  protected:
    ManualClock clock_{Instant{milliseconds{1'700'000'000'000}}};
    CircuitBreaker breaker_{clock_};

    void fail() {
        EXPECT_TRUE(breaker_.admit());
        breaker_.report(false);
    }
};

TEST_F(CircuitBreakerTest, OneFailureIsForgotten) {
    fail();
    EXPECT_TRUE(breaker_.admit());
    breaker_.report(true);
    fail();
    EXPECT_TRUE(breaker_.admit());
}

TEST_F(CircuitBreakerTest, PausesDoubleUntilHalfAMinute) {
    fail();
    for (const auto pause : {1, 2, 4, 8, 16, 30, 30}) {
        fail();
        EXPECT_FALSE(breaker_.admit());
        clock_.advance(seconds{pause} - milliseconds{1});
        EXPECT_FALSE(breaker_.admit()) << pause;
        clock_.advance(milliseconds{1});
    }
    EXPECT_TRUE(breaker_.admit());
    breaker_.report(true);
    fail();
    fail();
    clock_.advance(seconds{1});
    EXPECT_TRUE(breaker_.admit());
}

TEST_F(CircuitBreakerTest, OneTriesForAll) {
    fail();
    fail();
    clock_.advance(seconds{1});
    EXPECT_TRUE(breaker_.admit());
    EXPECT_FALSE(breaker_.admit());
    clock_.advance(seconds{5});  // nothing was heard of that one
    EXPECT_TRUE(breaker_.admit());
    breaker_.report(true);
    EXPECT_TRUE(breaker_.admit());
    EXPECT_TRUE(breaker_.admit());
}

}  // namespace
}  // namespace meridian::catalog
