#include "faults/switchboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meridian::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;

class SwitchboardTest : public testing::Test {
  protected:
    SwitchboardTest() {
        board_.add_peer("eu-west-1");
        board_.add_peer("ap-southeast-1");
    }

    ManualClock actual_{Instant{milliseconds{1'700'000'000'000}}};
    AdjustableClock clock_{actual_};
    std::vector<Faults> told_;
    Switchboard board_{clock_, [this](const Faults& faults) { told_.push_back(faults); }};
};

TEST_F(SwitchboardTest, NothingIsBrokenAtFirst) {
    EXPECT_EQ(board_.get(), Faults{});
    EXPECT_FALSE(board_.link("eu-west-1").is_on());
    EXPECT_FALSE(board_.disk_is_full());
    EXPECT_EQ(clock_.now(), actual_.now());
}

TEST_F(SwitchboardTest, WhatIsSetIsBrokenUntilItIsTakenBack) {
    const Faults faults{.links = {{"eu-west-1", {.delay = milliseconds{200}}}},
                        .clock = {.offset = minutes{-10}},
                        .disk = {.full = true}};
    ASSERT_TRUE(board_.set(faults));
    actual_.advance(minutes{60 * 24});
    EXPECT_EQ(board_.get(), faults);
    EXPECT_EQ(board_.link("eu-west-1").delay, milliseconds{200});
    EXPECT_FALSE(board_.link("ap-southeast-1").is_on());
    EXPECT_TRUE(board_.disk_is_full());
    EXPECT_EQ(clock_.now(), actual_.now() - minutes{10});
    ASSERT_TRUE(board_.set({}));
    EXPECT_EQ(board_.get(), Faults{});
    EXPECT_FALSE(board_.disk_is_full());
    EXPECT_EQ(clock_.now(), actual_.now());
    EXPECT_THAT(told_, testing::ElementsAre(faults, Faults{}));
}

TEST_F(SwitchboardTest, EachFaultGoesByItselfWhenItsTimeIsOver) {
    ASSERT_TRUE(
        board_.set({.links = {{"eu-west-1", {.cut = Cut::kAnswers, .lasts = milliseconds{100}}},
                              {"ap-southeast-1", {.reorder = true}}},
                    .clock = {.offset = minutes{10}, .lasts = milliseconds{200}},
                    .disk = {.full = true, .lasts = milliseconds{300}}}));
    actual_.advance(milliseconds{99});
    EXPECT_EQ(board_.get().links.at("eu-west-1").lasts, milliseconds{1});
    EXPECT_EQ(board_.get().clock.lasts, milliseconds{101});
    actual_.advance(milliseconds{1});
    EXPECT_FALSE(board_.link("eu-west-1").is_on());
    EXPECT_FALSE(board_.get().links.contains("eu-west-1"));
    EXPECT_TRUE(board_.link("ap-southeast-1").reorder);
    EXPECT_EQ(clock_.offset(), minutes{10});
    actual_.advance(milliseconds{100});
    EXPECT_EQ(clock_.offset(), milliseconds{0});
    EXPECT_TRUE(board_.disk_is_full());
    actual_.advance(milliseconds{100});
    EXPECT_FALSE(board_.disk_is_full());
    EXPECT_EQ(board_.get(), (Faults{.links = {{"ap-southeast-1", {.reorder = true}}}}));
}

// Whoever changes one fault says all others as they were told: their time goes on.
TEST_F(SwitchboardTest, SettingWhatGetSaysChangesNothing) {
    ASSERT_TRUE(board_.set({.disk = {.full = true, .lasts = milliseconds{300}}}));
    actual_.advance(milliseconds{100});
    ASSERT_TRUE(board_.set(board_.get()));
    actual_.advance(milliseconds{199});
    EXPECT_TRUE(board_.disk_is_full());
    actual_.advance(milliseconds{1});
    EXPECT_FALSE(board_.disk_is_full());
}

TEST_F(SwitchboardTest, APeerThatComesLaterHasALinkToo) {
    const Faults faults{.links = {{"us-west-2", {.reorder = true}}}};
    EXPECT_FALSE(board_.set(faults));
    board_.add_peer("us-west-2");
    EXPECT_TRUE(board_.set(faults));
}

TEST_F(SwitchboardTest, RefusesWhatItCannotDoAndChangesNothing) {
    ASSERT_TRUE(board_.set({.disk = {.full = true}}));
    const auto refuse = [this](const Faults& faults, const char* why) {
        const auto done = board_.set(faults);
        ASSERT_FALSE(done) << why;
        EXPECT_EQ(done.error().code, ErrorCode::kInvalidInput);
        EXPECT_THAT(done.error().message, HasSubstr(why));
        EXPECT_EQ(board_.get(), (Faults{.disk = {.full = true}}));
    };
    refuse({.links = {{"us-west-2", {.reorder = true}}}}, "ap-southeast-1, eu-west-1");
    refuse({.links = {{"eu-west-1", {.delay = milliseconds{60'001}}}}}, "60 s");
    refuse({.links = {{"eu-west-1", {.jitter = milliseconds{-1}}}}}, "60 s");
    refuse({.links = {{"eu-west-1", {.reorder = true, .lasts = milliseconds{0}}}}}, "lasts");
    refuse({.clock = {.offset = kOffsetMax + milliseconds{1}}}, "30 days");
    refuse({.clock = {.offset = -kOffsetMax - milliseconds{1}}}, "30 days");
    refuse({.disk = {.full = true, .lasts = milliseconds{-1}}}, "lasts");
    EXPECT_EQ(told_.size(), 1);
}

}  // namespace
}  // namespace meridian::faults
