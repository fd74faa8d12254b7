#include "rest/conflicts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "management/history.h"
#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

// Two regions that hear each other when they are told to.
class Conflicts : public testing::Test {
  protected:
    static void pull(TestRegion& to, const TestRegion& from) {
        const auto after = to.store->cursor(from.name)->sequence;
        auto own = *from.store->read_own(after, 1'000'000);
        store::RemoteBatch batch{.from = from.name, .tables = own.tables};
        for (auto& change : own.changes) {
            batch.items.push_back(std::move(change.item));
        }
        batch.part = store::LogPart{from.store->log_id(), after, own.through};
        ASSERT_TRUE(to.store->apply_remote(std::move(batch)));
    }
    void exchange() {
        pull(here_, there_);
        pull(there_, here_);
    }
    // The rule edited in both regions, neither knowing of the other.
    void edit_in_both() {
        ASSERT_EQ(here_.ask("PUT", kRulePath, R"({"queueId":"before"})").status, 200);
        exchange();
        here_.clock.advance(std::chrono::seconds{1});
        there_.clock.advance(std::chrono::seconds{2});
        ASSERT_EQ(here_.ask("PUT", kRulePath, R"({"queueId":"lost","version":1})").status, 200);
        ASSERT_EQ(there_.ask("PUT", kRulePath, R"({"queueId":"kept","version":1})").status, 200);
        exchange();
    }
    static Seen conflicts(const TestRegion& region, const std::string& query = "") {
        auto seen = region.ask("GET", "/conflicts" + query, {}, {}, management::Role::kViewer);
        EXPECT_EQ(seen.status, 200) << seen.response.body;
        return seen;
    }

    TestRegion here_{"us-east-1"};
    TestRegion there_{"eu-west-01"};
};

TEST_F(Conflicts, AConcurrentEditIsListedWithBothVersionsInEachRegion) {
    edit_in_both();
    std::vector<std::string> ids;
    for (const auto* region : {&here_, &there_}) {
        const auto seen = conflicts(*region);
        EXPECT_EQ(seen.text("items/0/table"), "GlobalCallRouting");
        EXPECT_EQ(seen.text("items/0/key/phoneNumber"), "+18005551234");
        EXPECT_EQ(seen.text("items/0/kept/region"), "eu-west-01");
        EXPECT_EQ(seen.text("items/0/kept/time"), "2025-02-26T15:00:02.000Z");
        EXPECT_EQ(seen.text("items/0/kept/item/queueId"), "kept");
        EXPECT_EQ(seen.text("items/0/lost/region"), "us-east-1");
        EXPECT_EQ(seen.text("items/0/lost/item/queueId"), "lost");
        EXPECT_EQ(seen.at("items/1"), "-");
        EXPECT_EQ(seen.at("next"), "-");
        ids.push_back(seen.text("items/0/id"));
        EXPECT_THAT(region->ask("GET", kRulePath).text("queueId"), "kept");
    }
    EXPECT_EQ(ids[0], ids[1]) << "so that whoever asks both counts it once";
    EXPECT_EQ(ids[0].size(), 16U);
}

TEST_F(Conflicts, TheHistoryKeepsBothEditsAndGivesTheLostOneBack) {
    edit_in_both();
    for (auto* region : {&here_, &there_}) {
        const auto page = management::read_history(
            *region->store, {.entity = {management::Kind::kRule, "+18005551234", "us-east-1"}});
        ASSERT_TRUE(page);
        std::vector<std::string> queues;
        for (const auto& change : page->changes) {
            queues.push_back(*change.after->at("queueId").as<std::string>());
        }
        EXPECT_THAT(queues, UnorderedElementsAre("before", "lost", "kept")) << region->name;
        EXPECT_EQ(region->store->conflicts("", 10)->conflicts.size(), 1U) << "the rule's alone";
    }
    const auto changes = there_.ask("GET", "/history/routing/+18005551234/us-east-1");
    std::string lost;
    for (int i = 0; i < 3; ++i) {
        if (changes.text(fmt::format("changes/{}/after/queueId", i)) == "lost") {
            lost = changes.text(fmt::format("changes/{}/changeId", i));
        }
    }
    const auto restored = there_.ask("POST", "/history/routing/+18005551234/us-east-1/restore",
                                     R"({"changeId":")" + lost + R"("})");
    ASSERT_EQ(restored.status, 200) << restored.response.body;
    exchange();
    EXPECT_EQ(here_.ask("GET", kRulePath).text("queueId"), "lost");
    EXPECT_EQ(here_.store->conflicts("", 10)->conflicts.size(), 1U)
        << "taking it over is no conflict";
}

TEST_F(Conflicts, ADeleteThatLostIsListedWithoutAnItem) {
    ASSERT_EQ(here_.ask("PUT", kRulePath, R"({"queueId":"before"})").status, 200);
    exchange();
    ASSERT_EQ(here_.ask("DELETE", kRulePath).status, 200);
    there_.clock.advance(std::chrono::seconds{2});
    ASSERT_EQ(there_.ask("PATCH", kRulePath, R"({"queueId":"kept"})").status, 200);
    exchange();
    const auto seen = conflicts(here_);
    EXPECT_EQ(seen.at("items/0/lost/item"), "null");
    EXPECT_EQ(seen.text("items/0/kept/item/queueId"), "kept");
}

TEST_F(Conflicts, PagesAndTables) {
    for (int i = 0; i < 25; ++i) {
        const auto path = fmt::format("/agents/agent{}", i);
        ASSERT_EQ(here_.ask("PUT", path, R"({"name":"here"})").status, 200);
        ASSERT_EQ(there_.ask("PUT", path, R"({"name":"there"})").status, 200);
    }
    edit_in_both();
    std::set<std::string> ids;
    std::string next;
    do {
        const auto page =
            conflicts(here_, "?table=AgentSkills&limit=10" + (next.empty() ? "" : "&next=" + next));
        for (int i = 0; page.at(fmt::format("items/{}", i)) != "-"; ++i) {
            EXPECT_LT(i, 10);
            ids.insert(page.text(fmt::format("items/{}/id", i)));
        }
        next = page.at("next") == "-" ? "" : page.text("next");
    } while (!next.empty());
    EXPECT_EQ(ids.size(), 25U);
    EXPECT_EQ(conflicts(here_, "?table=GlobalCallRouting").at("items/1"), "-");
    EXPECT_EQ(conflicts(here_, "?table=Nothing").at("items"), "[]");
    EXPECT_EQ(here_.ask("GET", "/conflicts?next=x").status, 400);
}

TEST_F(Conflicts, AreForgottenByOperatorsUpToAnInstant) {
    edit_in_both();
    const auto forget = [&](const char* query, management::Role role) {
        return here_.ask("DELETE", std::string("/conflicts") + query, {}, {}, role);
    };
    EXPECT_EQ(forget("?upTo=2026-01-01T00:00:00Z", management::Role::kEditor).status, 403);
    EXPECT_THAT(forget("", management::Role::kOperator).text("message"), HasSubstr("upTo"));
    EXPECT_EQ(forget("?upTo=yesterday", management::Role::kOperator).status, 400);
    EXPECT_EQ(forget("?upTo=2025-02-26T15:00:00.999Z", management::Role::kOperator).status, 200);
    EXPECT_NE(conflicts(here_).at("items"), "[]") << "it was made after that";
    EXPECT_EQ(forget("?upTo=2025-02-26T15:00:01Z", management::Role::kOperator).status, 200);
    EXPECT_EQ(conflicts(here_).at("items"), "[]");
    EXPECT_NE(conflicts(there_).at("items"), "[]") << "each region forgets its own";
}

}  // namespace
}  // namespace meridian::rest
