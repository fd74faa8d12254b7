#include "catalog/point_reads.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "catalog/tables.h"
#include "routing/decision.h"
#include "store/memory/memory_store.h"

namespace meridian::catalog {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::Le;

// Tables whose reads can be counted and made to fail. Only what a rule source asks is passed on.
class WatchedStore final : public store::TableStore {
  public:
    explicit WatchedStore(const Clock& clock) : inner_(store::open_memory_store(clock)) {
        EXPECT_TRUE(create_tables(*inner_));
    }

    void put_rule(const std::string& number, const std::string& region, const std::string& queue) {
        const item::Item rule{{"phoneNumber", number},
                              {"region", region},
                              {"queueId", queue},
                              {"contactFlowId", "flow"}};
        EXPECT_FALSE(inner_->write({std::string(kRoutingTable), store::PutItem{rule}, {}}).error);
    }
    void break_down(bool broken) {
        const std::lock_guard lock(mutex_);
        broken_ = broken;
    }
    [[nodiscard]] std::size_t reads() const {
        const std::lock_guard lock(mutex_);
        return reads_;
    }
    void wait_for_reads(std::size_t count) const {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(was_read_.wait_for(lock, seconds{30}, [&] { return reads_ >= count; }));
    }
    // How long the last read might have taken.
    [[nodiscard]] milliseconds last_budget() const {
        const std::lock_guard lock(mutex_);
        return last_budget_;
    }

    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        if (auto counted = count(); !counted) {
            return std::unexpected(counted.error());
        }
        return inner_->get_many(refs);
    }
    Result<store::Page> query(const store::Query& query) const override {
        if (auto counted = count(); !counted) {
            return std::unexpected(counted.error());
        }
        return inner_->query(query);
    }

    Result<void> create_table(const store::TableSchema& schema) override {
        return inner_->create_table(schema);
    }
    Result<store::TableSchema> describe_table(std::string_view table) const override {
        return inner_->describe_table(table);
    }
    std::vector<store::TableSchema> list_tables() const override { return inner_->list_tables(); }
    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        inner_->submit(std::move(writes), atomicity, std::move(done));
    }
    Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        return inner_->get(ref);
    }
    Result<store::Page> scan(const store::Scan& scan) const override { return inner_->scan(scan); }
    store::SequenceNumber last_sequence() const override { return inner_->last_sequence(); }
    Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                std::size_t count) const override {
        return inner_->read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { inner_->observe(std::move(observer)); }

  private:
    Result<void> count() const {
        const std::lock_guard lock(mutex_);
        ++reads_;
        const auto deadline = current_deadline();
        EXPECT_TRUE(deadline) << "a caller waits for this";
        last_budget_ = std::chrono::duration_cast<milliseconds>(deadline.value_or(Deadline{}) -
                                                                std::chrono::steady_clock::now());
        was_read_.notify_all();
        return broken_ ? fail(ErrorCode::kUnavailable, "broken down") : Result<void>();
    }

    std::unique_ptr<store::ReplicaStore> inner_;
    mutable std::mutex mutex_;
    mutable std::condition_variable was_read_;
    mutable std::size_t reads_ = 0;
    mutable milliseconds last_budget_{};
    bool broken_ = false;
};

class PointReadsTest : public testing::Test {
  protected:
    PointReadsTest() { here_.put_rule("+1800", "us-east-1", "q1"); }

    void make(PointReadOptions options) {
        source_ = make_point_reads(here_, clock_, options,
                                   {{"eu-west-1", there_}, {"ap-southeast-1", yonder_}});
    }
    // The queue of a decision, "(stale)" behind it; "defaults" without a rule; "error".
    std::string ask(const std::string& number = "+18005550100") {
        const routing::Call call{number, "us-east-1", clock_.now()};
        const auto rules = source_->rules_for(call);
        if (!rules) {
            return "error";
        }
        routing::Policy policy;
        const auto decision = routing::decide(rules->snapshot, policy, call);
        const std::string queue =
            decision.match == routing::Match::kNone ? "defaults" : std::string(decision.queue_id);
        return queue + (rules->stale ? " (stale)" : "");
    }

    ManualClock clock_{Instant{milliseconds{1'700'000'000'000}}};
    WatchedStore here_{clock_};
    WatchedStore there_{clock_};
    WatchedStore yonder_{clock_};
    std::unique_ptr<RuleSource> source_;
};

TEST_F(PointReadsTest, WithoutACacheEachCallReads) {
    make({});
    EXPECT_EQ(ask(), "q1");
    here_.put_rule("+1800", "us-east-1", "q2");
    EXPECT_EQ(ask(), "q2");
    EXPECT_EQ(here_.reads(), 2U);
}

TEST_F(PointReadsTest, AYoungAnswerIsUsedAndReadAgainInTheBackgroundWhenHalfAsOld) {
    make({.fresh_for = seconds{10}});
    EXPECT_EQ(ask(), "q1");
    clock_.advance(seconds{4});
    here_.put_rule("+1800", "us-east-1", "q2");
    EXPECT_EQ(ask(), "q1");
    EXPECT_EQ(here_.reads(), 1U);
    clock_.advance(seconds{2});
    EXPECT_EQ(ask(), "q1");  // and has it read
    here_.wait_for_reads(2);
    for (int i = 0; i < 1'000'000 && ask() != "q2"; ++i) {  // a moment until it is kept
        std::this_thread::yield();
    }
    EXPECT_EQ(ask(), "q2");
    clock_.advance(seconds{11});
    here_.put_rule("+1800", "us-east-1", "q3");
    EXPECT_EQ(ask(), "q3") << "too old to be used";
}

TEST_F(PointReadsTest, TablesThatCannotBeReadLeaveTheLastAnswerMarkedStale) {
    make({});
    EXPECT_EQ(ask(), "q1");
    here_.break_down(true);
    EXPECT_EQ(ask(), "q1 (stale)");
    EXPECT_TRUE(source_->health().stale);
    EXPECT_THAT(here_.last_budget(), AllOf(Gt(milliseconds{50}), Le(milliseconds{150})));
    EXPECT_EQ(there_.reads(), 0U) << "the last answer needs nobody else";
    here_.break_down(false);
    EXPECT_EQ(ask(), "q1");
    EXPECT_FALSE(source_->health().stale);
}

TEST_F(PointReadsTest, TablesThatKeepFailingAreLeftAloneForAWhile) {
    make({});
    EXPECT_EQ(ask(), "q1");
    here_.break_down(true);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(ask(), "q1 (stale)");
    }
    EXPECT_EQ(here_.reads(), 3U) << "one that worked, two that failed";
    here_.break_down(false);
    clock_.advance(milliseconds{999});
    EXPECT_EQ(ask(), "q1 (stale)");
    clock_.advance(milliseconds{1});
    EXPECT_EQ(ask(), "q1");
}

TEST_F(PointReadsTest, WithoutALastAnswerTheOtherRegionsAreAskedInTurn) {
    make({});
    here_.break_down(true);
    there_.break_down(true);
    yonder_.put_rule("+1800", "us-east-1", "of-yonder");
    EXPECT_EQ(ask(), "of-yonder");
    EXPECT_THAT(there_.last_budget(), Le(milliseconds{100})) << "half of what both may take";
    EXPECT_THAT(yonder_.last_budget(), Le(milliseconds{200}));
    yonder_.break_down(true);
    EXPECT_EQ(ask(), "error");
}

TEST_F(PointReadsTest, AnAnswerOfThisRegionAsksNobodyElse) {
    make({});
    EXPECT_EQ(ask("+4912345"), "defaults");
    EXPECT_EQ(there_.reads() + yonder_.reads(), 0U);
}

}  // namespace
}  // namespace meridian::catalog
