#include "aws/cached_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>
#include <vector>

#include "base/deadline.h"

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

// A source whose fetches a test counts, holds up, or lets fail.
class CachedCredentialsTest : public ::testing::Test {
  protected:
    CachedCredentials::Fetch fetch() {
        return [this]() -> Result<Credentials> {
            const int number = ++fetches_;
            if (is_held_) {
                entered_.release();
                held_.acquire();
            }
            if (fails_) {
                return fail(ErrorCode::kUnavailable, "the source is down");
            }
            return Credentials{
                .access_key_id = fmt::format("A{}", number),
                .secret_access_key = "s",
                .session_token = "",
                .expires = ends_ ? std::optional(clock_.now() + life_) : std::nullopt};
        };
    }
    // Until the fetch in the background is seen.
    static void await(CachedCredentials& cached, std::string_view id) {
        while ((*cached.get())->access_key_id != id) {
            std::this_thread::yield();
        }
    }

    ManualClock clock_{*parse_instant("2026-02-26T15:00:00Z")};
    std::atomic<int> fetches_ = 0;
    std::atomic<bool> fails_ = false;
    std::atomic<bool> is_held_ = false;
    bool ends_ = true;
    minutes life_{60};
    std::binary_semaphore entered_{0};
    std::counting_semaphore<> held_{0};
};

TEST_F(CachedCredentialsTest, FetchesOnceWhatLasts) {
    ends_ = false;
    CachedCredentials cached(fetch(), clock_);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ((*cached.get())->access_key_id, "A1");
        clock_.advance(std::chrono::hours(24));
    }
    EXPECT_EQ(fetches_, 1);
}

TEST_F(CachedCredentialsTest, FetchesInTheBackgroundInTheLastFifteenMinutes) {
    CachedCredentials cached(fetch(), clock_);
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    clock_.advance(minutes(44));
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ(fetches_, 1);
    clock_.advance(minutes(2));
    is_held_ = true;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ((*cached.get())->access_key_id, "A1") << "nobody waits";
    }
    entered_.acquire();
    EXPECT_EQ(fetches_, 2) << "one at a time";
    held_.release();
    await(cached, "A2");
}

TEST_F(CachedCredentialsTest, WaitsForNewOnesInTheLastFiveMinutes) {
    CachedCredentials cached(fetch(), clock_);
    ASSERT_TRUE(cached.get());
    clock_.advance(minutes(56));
    EXPECT_EQ((*cached.get())->access_key_id, "A2");
}

TEST_F(CachedCredentialsTest, KeepsGoodOnesWhenTheSourceFails) {
    ::testing::internal::CaptureStderr();
    CachedCredentials cached(fetch(), clock_);
    ASSERT_TRUE(cached.get());
    fails_ = true;
    clock_.advance(minutes(56));
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ(fetches_, 2) << "not at each call";
    clock_.advance(seconds(11));
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ(fetches_, 3);
    clock_.advance(minutes(5));
    const auto ended = cached.get();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().message, "the source is down");
    fails_ = false;
    clock_.advance(seconds(2));
    EXPECT_EQ((*cached.get())->access_key_id, "A5");
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("stay until 2026-02-26T16:00"));
}

TEST_F(CachedCredentialsTest, OneFetchServesAllWhoWait) {
    is_held_ = true;
    CachedCredentials cached(fetch(), clock_);
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&] { EXPECT_EQ((*cached.get())->access_key_id, "A1"); });
    }
    entered_.acquire();
    is_held_ = false;
    held_.release();
    for (auto& caller : callers) {
        caller.join();
    }
    EXPECT_EQ(fetches_, 1);
}

TEST_F(CachedCredentialsTest, EachCallerWaitsUntilItsOwnDeadline) {
    is_held_ = true;
    CachedCredentials cached(fetch(), clock_);
    {
        const ScopedDeadline deadline(milliseconds{20});
        const auto late = cached.get();
        ASSERT_FALSE(late);
        EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
    }
    is_held_ = false;
    held_.release();
    EXPECT_EQ((*cached.get())->access_key_id, "A1") << "the fetch went on";
}

TEST_F(CachedCredentialsTest, RefusedOnesAreFetchedAgainTwiceAMinuteAtMost) {
    ends_ = false;
    CachedCredentials cached(fetch(), clock_);
    const auto first = *cached.get();
    EXPECT_TRUE(cached.renew(first));
    const auto second = *cached.get();
    EXPECT_EQ(second->access_key_id, "A2");
    EXPECT_TRUE(cached.renew(first)) << "somebody else has renewed them";
    EXPECT_EQ(fetches_, 2);
    EXPECT_FALSE(cached.renew(second)) << "so soon they won't be better";
    clock_.advance(seconds(31));
    EXPECT_TRUE(cached.renew(second));
    EXPECT_EQ((*cached.get())->access_key_id, "A3");
}

// An instance cut off from its metadata's own source keeps serving what it has.
TEST_F(CachedCredentialsTest, UsesForAWhileWhatComesPastItsEnd) {
    ::testing::internal::CaptureStderr();
    life_ = minutes(-10);
    CachedCredentials cached(fetch(), clock_);
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ((*cached.get())->access_key_id, "A1");
    EXPECT_EQ(fetches_, 1);
    clock_.advance(minutes(6));
    EXPECT_EQ((*cached.get())->access_key_id, "A2");
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("ended at"));
}

}  // namespace
}  // namespace meridian::aws
