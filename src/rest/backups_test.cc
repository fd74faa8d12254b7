#include "rest/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/backups.h"
#include "catalog/tables.h"
#include "rest/asking_for_tests.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::rest {
namespace {

using management::Role;
using testing::HasSubstr;

// A region with backups.
struct Backups : TestRegion, testing::Test {
    Backups() {
        auto opened =
            backup::Backups::open({.folder = folder.path() / "backups", .continuous = true}, *store,
                                  clock, random, [this](const std::filesystem::path&) {
                                      return Result<std::unique_ptr<store::ReplicaStore>>(
                                          store::open_memory_store(clock, "scratch"));
                                  });
        CHECK(opened);
        backups = *std::move(opened);
        backups->tick();
        auto with_backups = parts();
        with_backups.backups = backups.get();
        api = std::make_unique<ManagementApi>(std::move(with_backups));
    }

    Seen admin(std::string_view method, std::string_view target, std::string_view body = {},
               Headers headers = {}) const {
        return ask(method, target, body, std::move(headers), Role::kAdmin);
    }
    std::string make_backup() const {
        const auto made = admin("POST", "/backups");
        EXPECT_EQ(made.status, 202);
        const auto id = made.text("id");
        EXPECT_EQ(backups->making().wait(id).error, "");
        return id;
    }
    Seen restore(std::string_view body) const {
        const auto begun = admin("POST", "/restores", body);
        EXPECT_EQ(begun.status, 202) << begun.response.body;
        const auto id = begun.text("id");
        backups->restoring().wait(id);
        return admin("GET", "/restores/" + id);
    }
    // The table's part of a restore's answer.
    static std::string counts(const Seen& seen, std::string_view table) {
        for (const auto& value : *seen.body.as<item::Map>()->at("tables").as<item::List>()) {
            if (*value.as<item::Map>()->at("table").as<std::string>() == table) {
                return item::to_plain_json(value);
            }
        }
        return "-";
    }

    store::TemporaryFolder folder;
    std::unique_ptr<backup::Backups> backups;
};

TEST_F(Backups, HaveALife) {
    ask("PUT", kRulePath, rule());
    const auto id = make_backup();
    const auto path = "/backups/" + id;
    const auto seen = ask("GET", path);
    EXPECT_EQ(seen.text("state"), "completed");
    EXPECT_EQ(seen.text("kind"), "on-demand");
    EXPECT_EQ(seen.at("items"), "2") << "the rule and its history";
    const auto list = ask("GET", "/backups");
    EXPECT_EQ(list.text("backups/0/id"), id);
    EXPECT_EQ(list.text("continuous/windows/0/earliest"), "2025-02-26T15:00:00.000Z");
    const auto job = admin("POST", path + "/verify");
    EXPECT_EQ(job.status, 202);
    backups->making().wait(job.text("id"));
    EXPECT_EQ(ask("GET", path).at("verified/good"), "true");
    EXPECT_EQ(ask("GET", path).text("verification/state"), "completed");
    EXPECT_EQ(admin("DELETE", path).status, 200);
    EXPECT_EQ(ask("GET", path).status, 404);
    EXPECT_EQ(admin("DELETE", path).status, 404);
    EXPECT_EQ(admin("POST", path + "/verify").status, 404);
}

TEST_F(Backups, AreForThoseWhoMay) {
    const auto id = make_backup();
    EXPECT_EQ(ask("GET", "/backups", {}, {}, Role::kViewer).status, 200);
    EXPECT_EQ(ask("POST", "/backups", {}, {}, Role::kEditor).status, 403);
    EXPECT_EQ(ask("DELETE", "/backups/" + id, {}, {}, Role::kOperator).status, 403);
    EXPECT_EQ(ask("POST", "/restores", "{}", {}, Role::kOperator).status, 403);
    EXPECT_EQ(ask("POST", "/tables/AgentSkills/import", "", {}, Role::kOperator).status, 403);
}

TEST_F(Backups, ARestoredRuleHasANewVersionAndAHistoryThatSaysWhoAndWhy) {
    ask("PUT", kRulePath, rule("queue-a"));
    const auto id = make_backup();
    ask("PUT", kRulePath, rule("queue-b", R"(,"version":1)"));
    ask("PUT", "/routing/+1999/us-east-1", rule("queue-c").replace(1, 31, R"("x":1)"));
    const auto before = ask("GET", kRulePath);
    const auto done = restore(R"({"backup":")" + id + R"(","reason":"a slip"})");
    EXPECT_EQ(done.text("state"), "completed") << done.response.body;
    EXPECT_EQ(done.text("from"), id);
    const auto seen = ask("GET", kRulePath);
    EXPECT_EQ(seen.text("queueId"), "queue-a");
    EXPECT_EQ(seen.at("version"), "3");
    const auto history = ask("GET", "/history/routing/+18005551234/us-east-1");
    EXPECT_EQ(history.text("changes/0/operation"), "restore");
    EXPECT_EQ(history.text("changes/0/reason"), "a slip");
    EXPECT_EQ(history.text("changes/0/via"), "restore");
    EXPECT_EQ(history.text("changes/0/who/name"), "alice");
    EXPECT_EQ(history.text("changes/1/operation"), "update") << "nothing of it is lost";
    const auto again = restore(R"({"backup":")" + id + R"("})");
    EXPECT_EQ(counts(again, catalog::kRoutingTable),
              R"({"added":0,"changed":0,"deleted":0,"same":1,"table":"GlobalCallRouting"})");
    EXPECT_EQ(ask("GET", kRulePath).at("version"), "3");
}

TEST_F(Backups, WhatCameAfterIsDeletedAndWhatWentIsThereAgain) {
    ask("PUT", kRulePath, rule());
    ask("PUT", "/agents/ann", R"({"name":"Ann"})");
    const auto instant = format_instant(clock.now());
    clock.advance(std::chrono::seconds{1});
    ask("DELETE", kRulePath);
    ask("PUT", "/agents/ben", R"({"name":"Ben"})");
    const auto would = restore(R"({"to":")" + instant + R"(","dryRun":true})");
    EXPECT_EQ(would.at("dryRun"), "true");
    EXPECT_EQ(ask("GET", kRulePath).status, 404);
    const auto done = restore(R"({"to":")" + instant + R"("})");
    EXPECT_EQ(counts(done, catalog::kAgentsTable),
              R"({"added":0,"changed":0,"deleted":1,"same":1,"table":"AgentSkills"})");
    EXPECT_EQ(counts(done, catalog::kRegionHealthTable), "-");
    EXPECT_EQ(ask("GET", kRulePath).at("version"), "2");
    EXPECT_EQ(ask("GET", "/agents/ben").status, 404);
    EXPECT_EQ(ask("GET", "/history/agents/ben").text("changes/0/operation"), "delete");
    EXPECT_EQ(live->snapshot().rule_count(), 1U);
}

TEST_F(Backups, ARestoreThatCannotBeMeantIsRefused) {
    const auto id = make_backup();
    for (const std::string& body :
         {std::string("{}"), R"({"backup":")" + id + R"(","to":"2025-02-26T15:00:00Z"})",
          std::string(R"({"to":"yesterday"})"), std::string(R"({"to":"2020-01-01T00:00:00Z"})"),
          std::string(R"({"backup":"nobody"})"), std::string(R"({"backup":1})"),
          std::string(R"({"backup":"x","tables":[]})"),
          std::string(R"({"backup":"x","table":"y"})"),
          std::string(R"({"backup":"x","dryRun":"yes"})"), std::string("[]"), std::string("{")}) {
        EXPECT_EQ(admin("POST", "/restores", body).status, 400) << body;
    }
    EXPECT_EQ(admin("GET", "/restores/nobody").status, 404);
}

TEST_F(Backups, ItemsComeInPages) {
    for (int i = 0; i < 40; ++i) {
        store_item(management::Kind::kAgent, R"({"agentId":"a)" + std::to_string(i) +
                                                 R"(","text":")" + std::string(100'000, 'x') +
                                                 R"("})");
    }
    const auto id = make_backup();
    std::size_t items = 0;
    std::size_t pages = 0;
    std::string next;
    do {
        const auto seen = ask("GET", "/backups/" + id + "/items?table=AgentSkills" +
                                         (next.empty() ? "" : "&next=" + next));
        ASSERT_EQ(seen.status, 200) << seen.response.body.substr(0, 200);
        items += seen.body.as<item::Map>()->at("items").as<item::List>()->size();
        EXPECT_THAT(seen.text("items/0/Item/agentId/S"), HasSubstr("a"));
        next = seen.at("next") == "-" ? "" : seen.text("next");
        ++pages;
    } while (!next.empty() && pages < 100);
    EXPECT_EQ(items, 40U);
    EXPECT_GT(pages, 2U);
    const auto path = "/backups/" + id + "/items";
    EXPECT_EQ(ask("GET", path).status, 400);
    EXPECT_EQ(ask("GET", path + "?table=Nothing").status, 400);
    EXPECT_EQ(ask("GET", path + "?table=AgentSkills&next=abc").status, 400);
    EXPECT_EQ(ask("GET", path + "?table=BusinessHours").at("items"), "[]");
    EXPECT_EQ(ask("GET", "/backups/nobody/items?table=AgentSkills").status, 404);
}

TEST_F(Backups, ATableTakesLines) {
    const std::string path = "/tables/AgentSkills/import";
    const std::string large =
        R"({"Item":{"agentId":{"S":"big"},"x":{"S":")" + std::string(410'000, 'x') + R"("}}})";
    const std::string body = R"({"Item":{"agentId":{"S":"ann"},"n":{"N":"1.50"}}})"
                             "\nnonsense\n"
                             R"({"Item":{"name":{"S":"no key"}}})"
                             "\n" +
                             large + "\n";
    const auto seen = admin("POST", path, body, {{"Content-Type", "application/x-ndjson"}});
    ASSERT_EQ(seen.status, 200) << seen.response.body;
    EXPECT_EQ(seen.at("added"), "1");
    EXPECT_EQ(seen.at("failed"), "3");
    EXPECT_EQ(seen.at("errors/0/index"), "1");
    EXPECT_THAT(seen.text("errors/2/message"), HasSubstr("400 KB"));
    EXPECT_EQ(ask("GET", "/agents/ann").at("version"), "1");
    EXPECT_EQ(ask("GET", "/history/agents/ann").text("changes/0/via"), "import");
    const auto again = admin("POST", path, body);
    EXPECT_EQ(again.at("same"), "1");
    EXPECT_EQ(again.at("added"), "0");
    const std::string twice = R"({"Item":{"agentId":{"S":"ben"},"n":{"N":"1"}}})"
                              "\n"
                              R"({"Item":{"agentId":{"S":"ben"},"n":{"N":"2"}}})";
    EXPECT_EQ(admin("POST", path + "?dryRun", twice).at("added"), "1");
    EXPECT_EQ(ask("GET", "/agents/ben").status, 404);
    admin("POST", path, twice);
    EXPECT_EQ(ask("GET", "/agents/ben").at("n"), "2");
    EXPECT_EQ(admin("POST", "/tables/Nothing/import", body).status, 404);
}

TEST(BackupsOfNothing, AreNotServed) {
    const TestRegion region;
    EXPECT_EQ(region.ask("GET", "/backups").status, 501);
    EXPECT_EQ(region.ask("POST", "/restores", "{}", {}, Role::kAdmin).status, 501);
}

}  // namespace
}  // namespace meridian::rest
