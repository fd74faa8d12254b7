#include "aws/retry.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Always the same number.
class FixedRandom final : public Random {
  public:
    explicit FixedRandom(std::byte byte) : byte_(byte) {}
    void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, byte_); }

  private:
    std::byte byte_;
};

TEST(Retry, KnowsWhichErrorsAreWhich) {
    for (const char* type : {"ThrottlingException", "ProvisionedThroughputExceededException",
                             "RequestLimitExceeded", "Throttling", "TransactionInProgressException",
                             "TooManyRequestsException", "LimitExceededException", "SlowDown"}) {
        EXPECT_EQ(classify(400, type), Fault::kThrottling) << type;
    }
    for (const int status : {500, 502, 503, 504}) {
        EXPECT_EQ(classify(status, ""), Fault::kTransient);
        EXPECT_EQ(classify(status, "InternalServerError"), Fault::kTransient);
    }
    EXPECT_EQ(classify(400, "RequestTimeout"), Fault::kTransient);
    EXPECT_EQ(classify(400, "ValidationException"), Fault::kFinal);
    EXPECT_EQ(classify(400, "ConditionalCheckFailedException"), Fault::kFinal);
    EXPECT_EQ(classify(501, ""), Fault::kFinal);
}

TEST(Retry, WaitsTwiceAsLongEachTimeWithFullJitter) {
    FixedRandom most(std::byte{0xFF});
    RetryPolicy policy({.attempts_max = 12, .base = milliseconds{25}}, most);
    RetryPolicy::Course course;
    for (const int ms : {25, 50, 100, 200, 400, 800, 1'600, 3'200, 6'400, 12'800, 20'000}) {
        const auto delay = policy.next(course, Fault::kTransient);
        ASSERT_TRUE(delay);
        EXPECT_NEAR(std::chrono::duration<double>(*delay).count(), ms / 1'000.0, 0.001);
    }
    EXPECT_FALSE(policy.next(course, Fault::kTransient)) << "that were twelve attempts";
    FixedRandom least(std::byte{0});
    RetryPolicy quick({}, least);
    RetryPolicy::Course other;
    EXPECT_EQ(quick.next(other, Fault::kThrottling), nanoseconds{0});
}

TEST(Retry, WaitsLongerForAThrottledService) {
    FixedRandom half(std::byte{0x80});
    RetryPolicy policy({}, half);
    RetryPolicy::Course course;
    EXPECT_GT(*policy.next(course, Fault::kThrottling), milliseconds{500});
}

TEST(Retry, HeedsTheServicesWishUpToFiveSecondsMore) {
    FixedRandom least(std::byte{0});
    RetryPolicy policy({.attempts_max = 9}, least);
    RetryPolicy::Course course;
    EXPECT_EQ(policy.next(course, Fault::kThrottling, milliseconds{700}), milliseconds{700});
    EXPECT_EQ(policy.next(course, Fault::kThrottling, milliseconds{60'000}), milliseconds{5'000});
}

TEST(Retry, NeverRepeatsWhatIsFinal) {
    FixedRandom least(std::byte{0});
    RetryPolicy policy({}, least);
    RetryPolicy::Course course;
    EXPECT_FALSE(policy.next(course, Fault::kFinal));
    EXPECT_EQ(policy.tokens(), 500);
}

TEST(Retry, StopsMultiplyingCallsWhenMostFail) {
    FixedRandom least(std::byte{0});
    RetryPolicy policy({}, least);
    int retries = 0;
    for (int call = 0; call < 1'000; ++call) {
        RetryPolicy::Course course;
        while (policy.next(course, Fault::kTransient)) {
            ++retries;
        }
    }
    EXPECT_EQ(retries, 100) << "500 tokens, five each";
    EXPECT_EQ(policy.tokens(), 0);
    policy.succeeded({});
    EXPECT_EQ(policy.tokens(), 1) << "each success without a retry brings one back";
    RetryPolicy timeouts({}, least);
    RetryPolicy::Course course;
    ASSERT_TRUE(timeouts.next(course, Fault::kTimeout));
    EXPECT_EQ(timeouts.tokens(), 490);
    timeouts.succeeded(course);
    EXPECT_EQ(timeouts.tokens(), 500) << "a retry that went well, what it cost";
}

}  // namespace
}  // namespace meridian::aws
