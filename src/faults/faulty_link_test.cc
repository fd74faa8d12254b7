#include "faults/faulty_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "replication/wire.h"

namespace meridian::faults {
namespace {

using replication::AskChanges;
using replication::AskHello;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kTimeout{2'000};

// Answers each question by counting.
class CountingLink final : public replication::Link {
  public:
    explicit CountingLink(std::function<void(int)> on_question)
        : on_question_(std::move(on_question)) {}
    Result<std::string> ask(const std::string& /*question*/, milliseconds /*timeout*/) override {
        on_question_(++asked_);
        return std::to_string(asked_);
    }

  private:
    std::function<void(int)> on_question_;
    int asked_ = 0;
};

class FaultyLinkTest : public testing::Test {
  protected:
    FaultyLinkTest() { board_.add_peer("peer"); }

    void set(LinkFault fault) { ASSERT_TRUE(board_.set({.links = {{"peer", std::move(fault)}}})); }
    Result<std::string> ask(const replication::Question& question = AskChanges{}) {
        return link_.ask(replication::encode(question), kTimeout);
    }

    ManualClock actual_{Instant{milliseconds{1'700'000'000'000}}};
    AdjustableClock clock_{actual_};
    SeededRandom random_{7};
    Switchboard board_{clock_};
    int asked_ = 0;  // questions that the peer got
    nanoseconds slept_{0};
    std::function<void()> while_asking_ = [] {};
    FaultyLink link_{"peer",
                     std::make_unique<CountingLink>([this](int count) {
                         asked_ = count;
                         while_asking_();
                     }),
                     board_,
                     {clock_, random_, [this](nanoseconds time) {
                          slept_ += time;
                          actual_.advance(std::chrono::ceil<milliseconds>(time));
                      }}};
};

TEST_F(FaultyLinkTest, WithoutFaultsIsTheLink) {
    for (const auto* answer : {"1", "2", "3"}) {
        EXPECT_EQ(ask(), answer);
    }
    EXPECT_EQ(slept_, nanoseconds{0});
}

TEST_F(FaultyLinkTest, ACutOneSaysSoAndHealsAtOnce) {
    set({.cut = Cut::kQuestions});
    const auto refused = ask();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("peer is cut on purpose"));
    EXPECT_EQ(asked_, 0);
    set({});
    EXPECT_EQ(ask(), "1");
}

TEST_F(FaultyLinkTest, AnAnswerIsLostAfterThePeerHasGivenIt) {
    set({.cut = Cut::kAnswers});
    EXPECT_EQ(ask().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(asked_, 1);
}

// A question may wait at the peer for a while.
TEST_F(FaultyLinkTest, ACutTakesTheAnswerThatIsUnderWay) {
    while_asking_ = [this] { set({.cut = Cut::kQuestions}); };
    EXPECT_EQ(ask().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(asked_, 1);
}

TEST_F(FaultyLinkTest, ADelayedAnswerComesLaterWithinItsJitter) {
    set({.delay = milliseconds{200}, .jitter = milliseconds{50}});
    std::set<nanoseconds> delays;
    for (int i = 0; i < 50; ++i) {
        slept_ = {};
        ASSERT_TRUE(ask());
        EXPECT_GE(slept_, milliseconds{200});
        EXPECT_LE(slept_, milliseconds{250});
        delays.insert(slept_);
    }
    EXPECT_GT(delays.size(), 10);
}

TEST_F(FaultyLinkTest, WhatTakesLongerThanTheQuestionMayIsATimeoutThen) {
    set({.delay = kTimeout + milliseconds{1}});
    const auto late = ask();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(slept_, kTimeout);
}

TEST_F(FaultyLinkTest, TheTimeThatThePeerTookCounts) {
    while_asking_ = [this] { actual_.advance(kTimeout - milliseconds{100}); };
    set({.delay = milliseconds{101}});
    EXPECT_EQ(ask().error().code, ErrorCode::kTimeout);
    EXPECT_EQ(slept_, milliseconds{100});
}

TEST_F(FaultyLinkTest, AThrottledAnswerTakesTheTimeOfItsBytes) {
    set({.bytes_per_second = 4});
    ASSERT_TRUE(ask());  // a byte
    EXPECT_EQ(slept_, milliseconds{250});
}

TEST_F(FaultyLinkTest, ReorderedAnswersAreStaleTwiceOrNeverThere) {
    set({.reorder = true});
    std::vector<int> answers;
    for (int i = 1; i <= 200; ++i) {
        answers.push_back(std::stoi(ask().value()));
        ASSERT_LE(answers.back(), i);
        ASSERT_GE(answers.back(), i - 4);
    }
    EXPECT_FALSE(std::ranges::is_sorted(answers));
    const std::set<int> different(answers.begin(), answers.end());
    EXPECT_LT(different.size(), 190);
    EXPECT_GT(different.size(), 100);
}

// An answer of another kind is what no network brings about.
TEST_F(FaultyLinkTest, OnlyAnswersToQuestionsOfOneKindTakeEachOthersPlace) {
    set({.reorder = true});
    for (int i = 1; i <= 200; ++i) {
        const auto answer = std::stoi(i % 2 == 0 ? ask(AskHello{}).value() : ask().value());
        ASSERT_EQ(answer % 2, i % 2);
    }
}

TEST_F(FaultyLinkTest, NoAnswerIsLateForEver) {
    set({.reorder = true});
    for (int i = 1; i <= 100; ++i) {
        EXPECT_EQ(ask(), std::to_string(i));
        actual_.advance(milliseconds{4'001});
    }
}

TEST_F(FaultyLinkTest, WhatWasLateIsForgottenWithTheFault) {
    set({.reorder = true});
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(ask());
    }
    set({});
    EXPECT_EQ(ask(), "11");
    set({.reorder = true});
    EXPECT_EQ(ask(), "12");
}

}  // namespace
}  // namespace meridian::faults
