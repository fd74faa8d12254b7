#include "proof/settle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proof/regions_for_tests.h"

namespace meridian::proof {
namespace {

using testing::Contains;
using testing::IsEmpty;

class Settle : public testing::Test {
  protected:
    // What is found, settled; `meanwhile` happens in each pause, and time goes on.
    Settled settled(const std::function<void()>& meanwhile) {
        std::vector<std::unique_ptr<RegionSource>> regions;
        std::vector<std::unique_ptr<HashSource>> hashes;
        for (const auto* region : {&a_, &b_}) {
            const auto peers = [peer = region == &a_ ? b_.name() : a_.name()] {
                return std::vector{peer};
            };
            regions.push_back(std::make_unique<StoreSource>(**region, peers));
            hashes.push_back(std::make_unique<StoreSource>(**region, peers));
        }
        std::vector<Difference> found;
        const auto compared =
            compare(borrowed(hashes), {}, [&](const std::vector<Difference>& some) {
                found.insert(found.end(), some.begin(), some.end());
                return Onward::kGoOn;
            });
        EXPECT_TRUE(compared);
        SettleOptions options;
        options.pause = [&](std::chrono::milliseconds time) {
            clock_.advance(time);
            meanwhile();
        };
        auto settled = settle(borrowed(regions), found, options, clock_);
        EXPECT_TRUE(settled) << settled.error().error.message;
        return settled ? *std::move(settled) : Settled{};
    }

    ManualClock clock_{Instant{}};
    TestRegion a_{"us-east-1"};
    TestRegion b_{"eu-west-1"};
};

TEST_F(Settle, WritesUnderWayAreNoDifferences) {
    a_.put("x", 1);
    b_.put("y", 1);
    a_.put("z", 1);
    exchange({&a_, &b_});
    b_.erase("z");
    a_.put("x", 2);
    const auto result = settled([&] { exchange({&a_, &b_}); });
    EXPECT_THAT(result.stay, IsEmpty());
    EXPECT_THAT(result.unsettled, IsEmpty());
}

TEST_F(Settle, ALostWriteStaysThoughEverybodyHeardEverybody) {
    a_.put("x", 1);
    a_.put("lost", 1);
    b_.pull(a_, [](const std::string& id) { return id == "lost"; });
    a_.pull(b_);
    a_.put("under way", 1);
    const auto result = settled([&] { exchange({&a_, &b_}); });
    ASSERT_EQ(result.stay.size(), 1U);
    EXPECT_EQ(result.stay[0].key, TestRegion::key_of("lost"));
    EXPECT_THAT(result.unsettled, IsEmpty());
}

TEST_F(Settle, AHotItemThatIsLateIsNoDifference) {
    std::int64_t n = 0;
    a_.put("hot", ++n);
    exchange({&a_, &b_});
    a_.put("hot", ++n);
    const auto result = settled([&] {
        exchange({&a_, &b_});
        if (n < 8) {
            a_.put("hot", ++n);
        }
    });
    EXPECT_THAT(result.stay, IsEmpty());
    EXPECT_THAT(result.unsettled, IsEmpty());
}

// The region applied the log, and still has an older write than others had before.
TEST_F(Settle, AnItemThatIsLostWithEachWriteStays) {
    a_.put("x", 1);
    exchange({&a_, &b_});
    a_.put("x", 2);
    std::int64_t n = 2;
    const auto result = settled([&] {
        b_.pull(a_, [](const std::string& id) { return id == "x"; });
        a_.pull(b_);
        a_.put("x", ++n);
        b_.pull(a_, [](const std::string& id) { return id == "x"; });
    });
    EXPECT_EQ(result.stay.size(), 1U);
}

TEST_F(Settle, WhatALinkThatIsCutHoldsBackIsUnsettledAndSaysWhere) {
    a_.put("x", 1);
    const auto result = settled([&] { a_.pull(b_); });
    EXPECT_THAT(result.stay, IsEmpty());
    EXPECT_EQ(result.unsettled.size(), 1U);
    EXPECT_THAT(result.behind, Contains("eu-west-1 has not applied all of us-east-1"));
    EXPECT_GE(clock_.monotonic(), SettleOptions{}.time);
}

TEST_F(Settle, OtherContentUnderTheSameStampNeedsNoWaiting) {
    a_.put("x", 1);
    exchange({&a_, &b_});
    b_.alter("x", TestRegion::item_of("x", 2));
    a_.put("held back", 1);
    const auto result = settled([] {});
    ASSERT_EQ(result.stay.size(), 1U) << "whatever link is cut";
    EXPECT_EQ(result.stay[0].key, TestRegion::key_of("x"));
    EXPECT_EQ(result.unsettled.size(), 1U);
}

}  // namespace
}  // namespace meridian::proof
