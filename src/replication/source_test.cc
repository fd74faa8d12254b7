#include "replication/source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "base/check.h"
#include "replication/wire.h"
#include "store/memory/memory_store.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;

const store::TableSchema kTable{"Rules", {{"id", item::KeyType::kString}, {}}};

class SourceTest : public testing::Test {
  protected:
    SourceTest() { CHECK(store_->create_table(kTable)); }

    void put(const std::string& id, std::size_t filler = 1) {
        const auto made = store_->write(
            {kTable.name, store::PutItem{{{"id", id}, {"x", std::string(filler, 'x')}}}, {}});
        CHECK(!made.error);
    }
    // This region got everything from the others.
    void hear_all() {
        for (const auto* region : {"eu-west-1", "sa-east-1"}) {
            CHECK(store_->apply_remote(
                {.from = region, .complete = store::Cursor{store::LogId{5}, 0}}));
        }
    }
    using Answered = std::shared_ptr<std::optional<Answer>>;
    Answered ask(const Question& question, std::string_view from = "eu-west-1") {
        const auto answered = std::make_shared<std::optional<Answer>>();
        source_.answer(from, encode(question), [answered](const std::string& frame) {
            auto answer = decode_answer(frame);
            ASSERT_TRUE(answer) << answer.error().message;
            ASSERT_FALSE(*answered) << "answered twice";
            *answered = *std::move(answer);
        });
        return answered;
    }
    template <typename Wanted>
    Wanted now(const Question& question) {
        const auto answered = ask(question);
        if (!*answered || !std::holds_alternative<Wanted>(**answered)) {
            ADD_FAILURE() << "another answer, or none";
            return {};
        }
        return std::get<Wanted>(**answered);
    }
    [[nodiscard]] AskChanges after(store::SequenceNumber sequence, milliseconds wait) const {
        return {store_->log_id(), sequence, wait, {}};
    }
    static std::size_t changes_in(const Answered& answered) {
        return std::get<Changes>(**answered).part.changes.size();
    }

    ManualClock clock_{Instant{milliseconds{1'700'000'000'123}}};
    std::unique_ptr<store::ReplicaStore> store_ = store::open_memory_store(clock_, "us-east-1");
    HeardTable heard_{{"us-east-1", "eu-west-1", "sa-east-1"}};
    Source source_{*store_, heard_, clock_, Serving::kByCaller};
};

TEST_F(SourceTest, SaysWhoItIs) {
    put("x");
    const auto hello = now<Hello>(AskHello{.region = "eu-west-1"});
    EXPECT_EQ(hello.region, "us-east-1");
    EXPECT_EQ(hello.log, store_->log_id());
    EXPECT_EQ(hello.last_sequence, 1U);
}

TEST_F(SourceTest, RefusesWhoIsNotWhoTheyAreOrIsThisRegion) {
    EXPECT_EQ(now<Error>(AskHello{.region = "sa-east-1"}).code, ErrorCode::kAccessDenied);
    const auto itself = ask(AskHello{.region = "us-east-1"}, "us-east-1");
    ASSERT_TRUE(*itself);
    EXPECT_EQ(std::get<Error>(**itself).code, ErrorCode::kConfiguration);
}

TEST_F(SourceTest, ChangesThatAreThereAreAnsweredAtOnce) {
    put("x");
    put("y");
    const auto changes = now<Changes>(after(1, milliseconds{500}));
    ASSERT_EQ(changes.part.changes.size(), 1U);
    EXPECT_EQ(changes.part.changes[0].item.key, (item::Key{{"id", "y"}}));
    EXPECT_EQ(changes.after, 1U);
    EXPECT_EQ(changes.part.through, 2U);
    EXPECT_EQ(changes.last_sequence, 2U);
    EXPECT_EQ(changes.now, clock_.now());
}

TEST_F(SourceTest, WhoWaitsIsAnsweredWhenAClientWrites) {
    const auto first = ask(after(0, milliseconds{500}));
    const auto second = ask(after(0, milliseconds{500}), "sa-east-1");
    source_.serve();
    EXPECT_FALSE(*first);
    put("x");
    EXPECT_FALSE(*first) << "not by the store's writer, who has other things to do";
    source_.serve();
    ASSERT_TRUE(*first && *second);
    EXPECT_EQ(changes_in(first), 1U);
    EXPECT_EQ(changes_in(second), 1U);
}

TEST_F(SourceTest, WhoWaitsIsAnsweredWhenTheTimeIsOver) {
    const auto answered = ask(after(0, milliseconds{500}));
    clock_.advance(milliseconds{499});
    source_.serve();
    EXPECT_FALSE(*answered);
    clock_.advance(milliseconds{1});
    source_.serve();
    ASSERT_TRUE(*answered);
    EXPECT_EQ(changes_in(answered), 0U);
    EXPECT_EQ(std::get<Changes>(**answered).part.through, 0U);
}

TEST_F(SourceTest, WhatOtherRegionsWroteWakesNobody) {
    const auto answered = ask(after(0, milliseconds{500}));
    const item::Item theirs{{"id", "x"}};
    ASSERT_TRUE(store_->apply_remote(
        {.from = "sa-east-1",
         .tables = {kTable},
         .items = {{kTable.name, {{"id", "x"}}, {theirs, {{{5}, "sa-east-1"}, {}}}}}}));
    source_.serve();
    EXPECT_FALSE(*answered);
    clock_.advance(milliseconds{500});
    source_.serve();
    ASSERT_TRUE(*answered);
    EXPECT_EQ(std::get<Changes>(**answered).part.through, 1U) << "past what is others'";
}

TEST_F(SourceTest, AThreadOfItsOwnEndsAWait) {
    const SystemClock clock;
    Source source(*store_, heard_, clock);
    std::promise<std::string> told;
    source.answer("eu-west-1", encode(Question(after(0, milliseconds{30}))),
                  [&told](std::string frame) { told.set_value(std::move(frame)); });
    EXPECT_TRUE(decode_answer(told.get_future().get()));
    std::promise<std::string> woken;
    source.answer("eu-west-1", encode(Question(after(0, std::chrono::hours{1}))),
                  [&woken](std::string frame) { woken.set_value(std::move(frame)); });
    put("x");
    const auto answer = decode_answer(woken.get_future().get());
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Changes>(*answer).part.changes.size(), 1U);
}

TEST_F(SourceTest, NobodyWaitsForASourceThatStops) {
    const auto before = ask(after(0, milliseconds{500}));
    source_.stop();
    EXPECT_TRUE(*before);
    EXPECT_TRUE(*ask(after(0, milliseconds{500})));
}

TEST_F(SourceTest, AnotherLogIsGone) {
    put("x");
    const AskChanges other{store::LogId{1}, 0, {}, {}};
    EXPECT_EQ(now<LogGone>(other).log, store_->log_id());
}

TEST_F(SourceTest, ALogThatIsShorterThanWhatWasHeardIsAnOlderCopy) {
    put("x");
    EXPECT_EQ(now<Error>(after(2, {})).code, ErrorCode::kCorruption);
}

TEST_F(SourceTest, APartThatIsNotAllSaysSinceWhenTheRestWaits) {
    for (int i = 0; i < 4; ++i) {
        put("x" + std::to_string(i), std::size_t{390} * 1024);
        clock_.advance(milliseconds{100});
    }
    const auto changes = now<Changes>(after(0, {}));
    ASSERT_EQ(changes.part.changes.size(), 3U);
    ASSERT_TRUE(changes.oldest_waiting);
    EXPECT_EQ(changes.now - *changes.oldest_waiting, milliseconds{100});
    EXPECT_FALSE(now<Changes>(after(3, {})).oldest_waiting);
}

// A mark is a durable write: there is none for each part.
TEST_F(SourceTest, AMarkComesWithAHeartbeat) {
    hear_all();
    put("x");
    EXPECT_FALSE(now<Changes>(after(0, {})).mark) << "nobody had asked before";
    source_.serve();
    const auto marked = now<Changes>(after(0, {}));
    ASSERT_TRUE(marked.mark);
    EXPECT_EQ(marked.mark->sequence, 1U);
    put("y");
    source_.serve();
    EXPECT_EQ(now<Changes>(after(1, {})).mark->time, marked.mark->time) << "within the second";
    clock_.advance(milliseconds{1'000});
    source_.serve();
    EXPECT_GT(now<Changes>(after(1, {})).mark->time, marked.mark->time);
    EXPECT_EQ(now<Changes>(after(1, {})).mark->sequence, 2U);
}

// Its own clients' writes of a former life may still come back from the others.
TEST_F(SourceTest, ThereIsNoMarkBeforeEverythingOfTheOthersIsHere) {
    put("x");
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(now<Changes>(after(0, {})).mark);
        clock_.advance(milliseconds{1'000});
        source_.serve();
    }
    hear_all();
    static_cast<void>(ask(after(0, {})));
    clock_.advance(milliseconds{1'000});
    source_.serve();
    EXPECT_TRUE(now<Changes>(after(0, {})).mark);
}

TEST_F(SourceTest, AMarkIsNeverAheadOfThePart) {
    hear_all();
    put("x", std::size_t{1024} * 390);
    put("x", std::size_t{1024} * 390);
    put("x", std::size_t{1024} * 390);
    put("x", std::size_t{1024} * 390);
    static_cast<void>(ask(after(4, {})));
    source_.serve();
    EXPECT_TRUE(now<Changes>(after(4, {})).mark);
    const auto part = now<Changes>(after(0, {}));
    EXPECT_LT(part.part.through, 4U);
    EXPECT_FALSE(part.mark);
}

TEST_F(SourceTest, PagesAndHashesAndItemsAreOfTheStore) {
    put("x");
    put("y");
    const auto page = now<Page>(AskPage{});
    EXPECT_EQ(page.page.items.size(), 2U);
    EXPECT_EQ(page.sequence, 2U);
    EXPECT_EQ(page.log, store_->log_id());
    EXPECT_FALSE(page.page.next);
    const auto tables = now<TableHashes>(AskTableHashes{});
    ASSERT_EQ(tables.tables.size(), 1U);
    EXPECT_EQ(tables.tables[0].table, kTable);
    EXPECT_EQ(tables.tables[0].content.items, 2U);
    store::ContentHash sum;
    for (const auto& range : now<RangeHashes>(AskRangeHashes{kTable.name, ""}).ranges) {
        sum += range.content;
    }
    EXPECT_EQ(sum, tables.tables[0].content);
    EXPECT_EQ(now<ItemHashes>(AskItemHashes{kTable.name, "", ""}).page.items.size(), 2U);
    const auto items =
        now<Items>(AskItems{{{kTable.name, {{"id", "x"}}}, {kTable.name, {{"id", "never"}}}}});
    ASSERT_EQ(items.items.size(), 1U);
    EXPECT_EQ(items.items[0].state, store_->get_version({kTable.name, {{"id", "x"}}}).value());
}

TEST_F(SourceTest, TooManyItemsAtOnceAreRefused) {
    AskItems ask;
    for (int i = 0; i < 40; ++i) {
        const auto id = "x" + std::to_string(i);
        put(id, std::size_t{390} * 1024);
        ask.items.push_back({kTable.name, {{"id", id}}});
    }
    EXPECT_EQ(now<Error>(ask).code, ErrorCode::kTooLarge);
}

TEST_F(SourceTest, BadQuestionsAreAnsweredWithTheirError) {
    EXPECT_EQ(now<Error>(AskPage{"not a position"}).code, ErrorCode::kInvalidInput);
    EXPECT_EQ(now<Error>(AskItems{{{"None", {{"id", "x"}}}}}).code, ErrorCode::kTableNotFound);
    std::string answered;
    source_.answer("eu-west-1", "GET / HTTP/1.1",
                   [&answered](std::string frame) { answered = std::move(frame); });
    const auto answer = decode_answer(answered);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Error>(*answer).code, ErrorCode::kInvalidInput);
}

TEST_F(SourceTest, WhatAskersHaveHeardIsTakenInAndTold) {
    auto question = after(0, {});
    question.heard = {{"eu-west-1", "sa-east-1", {7}, store::LogId{3}}};
    EXPECT_EQ(now<Changes>(question).heard, question.heard);
    question.heard[0].log = store::LogId{4};  // it has lost its tables since
    question.heard[0].through = {5};
    EXPECT_EQ(now<Changes>(question).heard, question.heard);
}

}  // namespace
}  // namespace meridian::replication
