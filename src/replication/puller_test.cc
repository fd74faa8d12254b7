#include "replication/puller.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "replication/frame.h"
#include "replication/source.h"
#include "replication/wire.h"
#include "store/memory/memory_store.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;

const store::TableSchema kTable{"Rules", {{"id", item::KeyType::kString}, {}}};

// What a test makes of a question; else the peer's source answers it.
class TestLink final : public Link {
  public:
    explicit TestLink(Source& peer) : peer_(peer) {}

    Result<std::string> ask(const std::string& question, milliseconds /*timeout*/) override {
        ++asked;
        if (instead) {
            return instead(question);
        }
        return answer(question);
    }
    std::string answer(const std::string& question) {
        std::string answered;
        peer_.answer("us-east-1", question,
                     [&answered](std::string frame) { answered = std::move(frame); });
        if (answered.empty()) {
            peer_.stop();  // who waits is answered now
        }
        return answered;
    }

    int asked = 0;
    std::function<Result<std::string>(const std::string&)> instead;

  private:
    Source& peer_;
};

class PullerTest : public testing::Test {
  protected:
    PullerTest() {
        start_log("test", LogLevel::kError);
        CHECK(peer_->create_table(kTable));
    }
    void put(const std::string& id) {
        CHECK(!peer_->write({kTable.name, store::PutItem{{{"id", id}}}, {}}).error);
    }
    bool has(const std::string& id) {
        const auto item = store_->get({kTable.name, {{"id", id}}});
        return item && *item;
    }
    void follow() {
        for (int i = 0; i < 4; ++i) {
            EXPECT_EQ(puller_.step(), milliseconds{0}) << puller_.status().error;
        }
        puller_.finish();
    }
    // Both ends of a wait that isn't any.
    ReplicatorOptions options_{.poll = milliseconds{0}};
    ManualClock clock_{Instant{milliseconds{1'700'000'000'123}}};
    ManualClock peer_clock_{clock_.now()};
    SeededRandom random_{1};
    std::unique_ptr<store::ReplicaStore> peer_ = store::open_memory_store(peer_clock_, "eu-west-1");
    std::unique_ptr<store::ReplicaStore> store_ = store::open_memory_store(clock_, "us-east-1");
    HeardTable peer_heard_{{"us-east-1", "eu-west-1"}};
    HeardTable heard_{{"us-east-1", "eu-west-1"}};
    Source source_{*peer_, peer_heard_, peer_clock_, Serving::kByCaller};
    TestLink link_{source_};
    Puller puller_{"eu-west-1", {*store_, heard_, link_, clock_, random_}, options_};
};

TEST_F(PullerTest, CatchesUpByPagesThenFollowsTheLog) {
    put("x");
    EXPECT_EQ(puller_.status().state, LinkState::kConnecting);
    EXPECT_FALSE(puller_.has_settled());
    follow();
    EXPECT_TRUE(has("x"));
    EXPECT_TRUE(puller_.has_settled());
    put("y");
    follow();
    const auto status = puller_.status();
    EXPECT_TRUE(has("y"));
    EXPECT_EQ(status.state, LinkState::kFollowing);
    EXPECT_EQ(status.cursor, (store::Cursor{peer_->log_id(), 2}));
    EXPECT_EQ(status.peer_sequence, 2U);
    EXPECT_EQ(status.items_applied, 2U);
    EXPECT_EQ(status.pages, 1U);
    EXPECT_EQ(status.oldest_waiting, milliseconds{0});
}

// Also when the peer's clock is an hour off, or is set meanwhile.
TEST_F(PullerTest, LagIsFromTheWriteThereToTheReadHere) {
    for (const int hours : {0, 1, -1}) {
        peer_clock_.step_to(clock_.now() + std::chrono::hours{hours});
        follow();
        put("x");
        for (auto* clock : {&clock_, &peer_clock_}) {
            clock->advance(milliseconds{300});
        }
        follow();
        const auto lag = puller_.status().lag;
        EXPECT_GE(lag.p50, milliseconds{300}) << hours;
        EXPECT_LE(lag.p99, milliseconds{320}) << hours;
    }
    EXPECT_EQ(puller_.status().lag.items, 3U);
}

TEST_F(PullerTest, APeerThatLetsNobodyWaitIsNotAskedAtOnceAgain) {
    Puller puller("eu-west-1", {*store_, heard_, link_, clock_, random_}, {});
    source_.stop();
    EXPECT_EQ(puller.step() + puller.step(), milliseconds{0});
    EXPECT_EQ(puller.step(), ReplicatorOptions{}.retry_first);
    put("x");
    EXPECT_EQ(puller.step(), milliseconds{0});
}

TEST_F(PullerTest, WhatAPeerSaidTwiceIsAppliedOnce) {
    follow();
    put("x");
    std::string first;
    link_.instead = [&](const std::string& question) -> Result<std::string> {
        return first.empty() ? first = link_.answer(question) : first;
    };
    EXPECT_EQ(puller_.step(), milliseconds{0});
    EXPECT_GT(puller_.step(), milliseconds{0}) << "the answer to another question";
    link_.instead = nullptr;
    follow();
    EXPECT_EQ(store_->last_sequence(), 1U);
    EXPECT_EQ(puller_.status().cursor.sequence, 1U);
}

struct Refusal {
    const char* what;
    LinkState state;
    const char* said;
    std::function<Result<std::string>(const std::string&)> answer;
};

TEST_F(PullerTest, WhatPeopleMustSeeToIsSaidAndTriedSlowly) {
    const auto error = [](ErrorCode code, const char* message) {
        return [=](const std::string&) -> Result<std::string> { return fail(code, message); };
    };
    const std::vector<Refusal> refusals{
        {"nobody there", LinkState::kUnreachable, "nobody",
         error(ErrorCode::kUnavailable, "nobody")},
        {"no answer", LinkState::kUnreachable, "late", error(ErrorCode::kTimeout, "late")},
        {"another secret", LinkState::kRefused, "secret",
         error(ErrorCode::kAccessDenied, "another secret")},
        {"another region", LinkState::kRefused, "eu-west-1 is expected there, and sa-east-1",
         [](const std::string&) -> Result<std::string> {
             return encode(Answer(Hello{.region = "sa-east-1", .log = store::LogId{1}}));
         }},
        {"another version", LinkState::kRefused, "version 7",
         [this](const std::string& question) -> Result<std::string> {
             auto answer = link_.answer(question);
             answer[4] = 7;
             return answer;
         }},
        {"a peer that refuses", LinkState::kRefused, "eu-west-1 answered: not you",
         [](const std::string&) -> Result<std::string> {
             return encode(Answer(Error{ErrorCode::kConfiguration, "not you"}));
         }},
        {"changed bytes", LinkState::kUnreachable, "changed on the way",
         [this](const std::string& question) -> Result<std::string> {
             auto answer = link_.answer(question);
             answer.back() = static_cast<char>(answer.back() ^ 1);
             return answer;
         }},
        {"an answer to something else", LinkState::kUnreachable, "another question",
         [](const std::string&) -> Result<std::string> { return encode(Answer(Items{})); }},
    };
    for (const auto& refusal : refusals) {
        Puller puller("eu-west-1", {*store_, heard_, link_, clock_, random_}, {});
        link_.instead = refusal.answer;
        for (int i = 0; i < 20; ++i) {
            const auto delay = puller.step();
            const bool refused = refusal.state == LinkState::kRefused;
            EXPECT_GE(delay, refused ? milliseconds{5'000} : milliseconds{50}) << refusal.what;
            EXPECT_LE(delay, refused ? milliseconds{10'000} : milliseconds{2'000}) << refusal.what;
        }
        const auto status = puller.status();
        EXPECT_EQ(status.state, refusal.state) << refusal.what;
        EXPECT_NE(status.error.find(refusal.said), std::string::npos)
            << refusal.what << ": " << status.error;
        EXPECT_TRUE(puller.has_settled()) << "waiting longer brings nothing";
        link_.instead = nullptr;
        EXPECT_EQ(puller.step(), milliseconds{0}) << refusal.what;
    }
}

TEST_F(PullerTest, ATableOfAnotherKeyIsRefusedUntilPeopleHaveSettledIt) {
    CHECK(store_->create_table({kTable.name, {{"other", item::KeyType::kString}, {}}}));
    put("x");
    milliseconds delay{0};
    for (int i = 0; i < 10 && delay == milliseconds{0}; ++i) {
        delay = puller_.step();
    }
    EXPECT_GE(delay, milliseconds{5'000});
    const auto status = puller_.status();
    EXPECT_EQ(status.state, LinkState::kRefused);
    EXPECT_NE(status.error.find(kTable.name), std::string::npos) << status.error;
    EXPECT_EQ(status.cursor, store::Cursor{});
}

// What an older copy of a region's folder, put in its place, would do.
TEST_F(PullerTest, ACursorThatMovedElsewhereIsReadAgain) {
    put("x");
    follow();
    put("y");
    put("z");
    const store::Cursor further{peer_->log_id(), 2};
    ASSERT_TRUE(store_->apply_remote({.from = "eu-west-1", .complete = further}));
    EXPECT_EQ(puller_.step(), milliseconds{0});
    puller_.finish();
    EXPECT_EQ(puller_.status().cursor, further) << "nothing was applied that does not fit";
    EXPECT_GT(puller_.step(), milliseconds{0});
    follow();
    EXPECT_TRUE(has("z"));
    EXPECT_EQ(puller_.status().cursor.sequence, 3U);
    EXPECT_EQ(puller_.status().state, LinkState::kFollowing);
}

TEST_F(PullerTest, AnUnreachablePeersChangesWaitSinceItWasLastHeard) {
    follow();
    link_.instead = [](const std::string&) -> Result<std::string> {
        return fail(ErrorCode::kUnavailable, "nobody");
    };
    clock_.advance(milliseconds{700});
    static_cast<void>(puller_.step());
    clock_.advance(milliseconds{500});
    const auto status = puller_.status();
    EXPECT_EQ(status.oldest_waiting, milliseconds{1'200});
    EXPECT_EQ(status.last_heard, milliseconds{1'200});
    clock_.step_to(clock_.now() + std::chrono::hours{1});
    EXPECT_EQ(puller_.status().oldest_waiting, milliseconds{1'200}) << "not by the wall clock";
}

TEST_F(PullerTest, WhatWasHeardIsToldOnlyWithAMark) {
    CHECK(
        peer_->apply_remote({.from = "us-east-1", .complete = store::Cursor{store_->log_id(), 0}}));
    follow();
    EXPECT_TRUE(heard_.all().empty());
    source_.serve();
    follow();
    follow();
    const auto heard = heard_.all();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].observer, "us-east-1");
    EXPECT_EQ(heard[0].origin, "eu-west-1");
    EXPECT_EQ(heard[0].log, store_->log_id());
    EXPECT_EQ(peer_heard_.all(), heard) << "and the peer knows it from the next question";
}

// Any answer may come to any question: none of them may stop a puller, or move a cursor.
TEST_F(PullerTest, HostileAnswersLeaveTheStoreAsItWas) {
    put("x");
    follow();
    const auto cursor = puller_.status().cursor;
    const auto log = peer_->log_id();
    const item::Item theirs{{"id", "evil"}};
    const store::Version version{{{5}, "eu-west-1"}, {}};
    const auto changes = [&](store::SequenceNumber after, store::SequenceNumber through) {
        Changes changes;
        changes.log = log;
        changes.after = after;
        changes.part.through = through;
        changes.part.tables = {kTable};
        changes.part.changes = {{through, {}, {kTable.name, {{"id", "evil"}}, {theirs, version}}}};
        return changes;
    };
    auto large = changes(1, 2);
    large.part.changes[0].item.state.image =
        item::Item{{"id", "evil"}, {"x", std::string(item::kItemBytesMax, 'x')}};
    const std::vector<Answer> answers{
        changes(0, 2),
        changes(2, 3),
        large,
        Hello{.region = "eu-west-1", .log = log},
        Page{log, 9, "", {}},
        Items{},
        TableHashes{},
    };
    for (const auto& answer : answers) {
        link_.instead = [&](const std::string&) -> Result<std::string> { return encode(answer); };
        for (int i = 0; i < 4; ++i) {
            static_cast<void>(puller_.step());
        }
        puller_.finish();
        EXPECT_FALSE(has("evil")) << answer.index();
        EXPECT_EQ(puller_.status().cursor, cursor) << answer.index();
        link_.instead = nullptr;
        static_cast<void>(puller_.step());
    }
    put("y");
    follow();
    EXPECT_TRUE(has("y"));
}

}  // namespace
}  // namespace meridian::replication
