#include "base/deadline.h"

#include <gtest/gtest.h>

#include <thread>

namespace meridian {
namespace {

using std::chrono::milliseconds;

TEST(Deadline, IsTheSoonestOfThoseAround) {
    EXPECT_FALSE(current_deadline());
    const Deadline at{std::chrono::hours{1}};
    {
        const ScopedDeadline outer(at);
        {
            const ScopedDeadline later(at + milliseconds{1});
            EXPECT_EQ(current_deadline(), at);
            const ScopedDeadline sooner(at - milliseconds{1});
            EXPECT_EQ(current_deadline(), at - milliseconds{1});
            EXPECT_EQ(deadline_within(std::chrono::hours{1'000'000}), at - milliseconds{1});
        }
        EXPECT_EQ(current_deadline(), at);
        std::thread([] { EXPECT_FALSE(current_deadline()); }).join();
    }
    EXPECT_FALSE(current_deadline());
    EXPECT_GE(deadline_within(milliseconds{5}), std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace meridian
