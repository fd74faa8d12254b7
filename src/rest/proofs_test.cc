#include "rest/proofs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proof/answers.h"
#include "rest/asking_for_tests.h"
#include "store/content_hash.h"

namespace meridian::rest {
namespace {

using testing::HasSubstr;

class Proofs : public testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 40; ++i) {
            ASSERT_EQ(region_
                          .ask("PUT", fmt::format("/routing/%2B1800555{:04}/us-east-1", i),
                               R"({"queueId":"q"})")
                          .status,
                      200);
        }
    }
    [[nodiscard]] item::Map body(const std::string& target) const {
        const auto seen = region_.ask("GET", target);
        EXPECT_EQ(seen.status, 200) << seen.response.body;
        return *seen.body.as<item::Map>();
    }

    TestRegion region_;
};

TEST_F(Proofs, TheWholeIsWhatTheStoreAndTheSnapshotHave) {
    const auto seen = region_.ask("GET", "/proof");
    EXPECT_EQ(seen.text("region"), "us-east-1");
    EXPECT_EQ(seen.text("at"), "2025-02-26T15:00:00.000Z");
    EXPECT_EQ(seen.text("snapshot/hash"), routing::to_hex(region_.live->snapshot().content_hash()));
    EXPECT_EQ(seen.at("snapshot/rules"), "40");
    EXPECT_EQ(seen.text("heard/0/origin"), "eu-west-1");
    EXPECT_EQ(seen.at("repairs"), R"({"last":null,"mended":0,"mends":[],"steps":0})");
    const auto tables = proof::read_tables(*seen.body.as<item::Map>());
    ASSERT_TRUE(tables);
    const auto view = *region_.store->open_view();
    EXPECT_EQ(tables->size(), region_.store->list_tables().size());
    for (const auto& table : *tables) {
        EXPECT_EQ(table.content, *view->table_hash(table.name)) << table.name;
    }
    const auto progress = proof::read_progress(*seen.body.as<item::Map>());
    EXPECT_EQ(progress->log, region_.store->log_id());
    EXPECT_EQ(progress->sequence, region_.store->last_sequence());
    EXPECT_EQ(progress->applied.size(), 2U);
}

TEST_F(Proofs, HowFarItIsCostsNoScan) {
    const auto brief = body("/proof?brief");
    EXPECT_TRUE(proof::read_progress(brief));
    EXPECT_EQ(item::find(brief, "tables"), nullptr);
}

TEST_F(Proofs, TheWayDownToAnItem) {
    const auto ranges = proof::read_ranges(body("/proof/GlobalCallRouting"));
    ASSERT_TRUE(ranges);
    store::ContentHash sum;
    for (const auto& range : *ranges) {
        sum += range.content;
    }
    EXPECT_EQ(sum, *(*region_.store->open_view())->table_hash("GlobalCallRouting"));
    const auto prefix = proof::to_hex(ranges->front().prefix);
    const auto items = proof::read_items(body("/proof/GlobalCallRouting/items?prefix=" + prefix));
    ASSERT_TRUE(items);
    EXPECT_EQ(items->items.size(), ranges->front().content.items);
    EXPECT_EQ(items->items.front().stamp.region, "us-east-1");
    EXPECT_FALSE(items->items.front().damaged);
}

TEST_F(Proofs, ItemsComeInPages) {
    std::string next;
    std::set<std::string> rows;
    do {
        const auto page = proof::read_items(
            body("/proof/GlobalCallRouting/items?limit=7" + (next.empty() ? "" : "&next=" + next)));
        ASSERT_TRUE(page);
        EXPECT_LE(page->items.size(), 7U);
        for (const auto& item : page->items) {
            EXPECT_TRUE(rows.insert(item.row).second);
        }
        next = page->next ? proof::to_hex(*page->next) : "";
    } while (!next.empty());
    EXPECT_EQ(rows.size(), 40U);
}

TEST_F(Proofs, ATableThatIsNotHereIsAnEmptyOne) {
    EXPECT_EQ(region_.ask("GET", "/proof/Elsewhere").at("ranges"), "[]");
    EXPECT_EQ(region_.ask("GET", "/proof/Elsewhere/items").at("items"), "[]");
}

TEST_F(Proofs, WhatCannotBeMeantIsRefused) {
    for (const auto* target :
         {"/proof?brief=x", "/proof/GlobalCallRouting?prefix=0",
          "/proof/GlobalCallRouting?prefix=zz", "/proof/GlobalCallRouting/items?next=x",
          "/proof/GlobalCallRouting/items?limit=0"}) {
        const auto seen = region_.ask("GET", target);
        EXPECT_EQ(seen.status, 400) << target;
        EXPECT_THAT(seen.text("message"), HasSubstr("query parameter")) << target;
    }
}

TEST_F(Proofs, RepairIsForOperators) {
    EXPECT_EQ(region_.ask("POST", "/repair").status, 403);
    const auto seen = region_.ask("POST", "/repair", {}, {}, management::Role::kOperator);
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.at("peers"), "[]");
    EXPECT_EQ(seen.at("mends"), "[]");
    EXPECT_EQ(region_.ask("GET", "/proof").at("repairs/steps"), "1");
}

// Each may read a whole table, so that few may do so at once: the rest are told to come back.
TEST_F(Proofs, ManyAtOnceAreRefusedRatherThanQueued) {
    std::atomic<int> refused = 0;
    std::atomic<int> answered = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 200; ++k) {
                const auto status = region_.ask("GET", "/proof/GlobalCallRouting").status;
                ++(status == 200 ? answered : refused);
                EXPECT_TRUE(status == 200 || status == 429) << status;
            }
        });
    }
    threads.clear();
    EXPECT_GT(answered, 0);
    EXPECT_EQ(region_.ask("GET", "/proof/GlobalCallRouting").status, 200) << "turns are given back";
}

}  // namespace
}  // namespace meridian::rest
