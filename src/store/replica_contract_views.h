// Contract: everything as of one moment, and the hashes of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "item/codec.h"
#include "store/replica_contract_fixture.h"

namespace meridian::store {

TEST_P(ReplicaContract, AViewIsOfOneMoment) {
    a_.put("x", 1);
    a_.erase("x");
    a_.put("x", 1);
    a_.put("gone", 1);
    a_.erase("gone");
    const auto view = *a_->open_view();
    a_.put("x", 2);
    a_.put("y", 1);
    a_.erase("x");
    EXPECT_EQ(view->sequence(), 5U);
    const auto page = view->page("");
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->next, std::nullopt);
    EXPECT_EQ(page->tables, std::vector{ContractRegion::kTable});
    ASSERT_EQ(page->items.size(), 2U);
    EXPECT_EQ(page->items[0].key, ContractRegion::key_of("x"));
    EXPECT_EQ(page->items[0].state.image, ContractRegion::item_of("x", 1));
    EXPECT_EQ(page->items[0].state.version, a_.own()[2].item.state.version);
    EXPECT_EQ(page->items[1].key, ContractRegion::key_of("gone"));
    EXPECT_EQ(page->items[1].state, a_.state_of("gone"));
    EXPECT_EQ(view->table_hash("Table")->items, 1U);
}

TEST_P(ReplicaContract, AnEmptyStoreHasAnEmptyView) {
    const auto view = *a_->open_view();
    EXPECT_EQ(view->sequence(), 0U);
    EXPECT_TRUE(view->page("")->items.empty());
    EXPECT_EQ(*view->table_hash("Table"), ContentHash{});
    EXPECT_EQ(*view->table_hash("None"), ContentHash{});
    EXPECT_TRUE(view->range_hashes("None", "")->empty());
    EXPECT_TRUE(view->item_hashes("None", "", "", 10)->items.empty());
    EXPECT_EQ(view->page("?").error().code, ErrorCode::kInvalidInput);
}

// Pages end at about 1 MB; each item and each delete stands on exactly one.
TEST_P(ReplicaContract, PagesOfAViewHoldEverythingOnce) {
    const TableSchema other{"Other", {{"n", item::KeyType::kNumber}, {}}};
    ASSERT_TRUE(a_->create_table(other));
    const std::string filler(100'000, 'x');
    for (int i = 0; i < 30; ++i) {
        const auto id = std::to_string(i);
        ASSERT_FALSE(a_->write({"Table", PutItem{{{"id", id}, {"x", filler}}}, {}}).error);
        ASSERT_FALSE(a_->write({"Other", PutItem{{{"n", item::Number(i)}}}, {}}).error);
        if (i % 3 == 0) {
            a_.erase(id);
        }
    }
    const auto view = *a_->open_view();
    std::map<std::pair<std::string, std::string>, bool> found;
    std::size_t pages = 0;
    std::optional<std::string> position = "";
    while (position) {
        const auto page = view->page(*position);
        ASSERT_TRUE(page) << page.error().message;
        ++pages;
        for (const auto& item : page->items) {
            EXPECT_NE(std::ranges::find(page->tables, item.table, &TableSchema::name),
                      page->tables.end());
            const auto id = item::encode(item.key);
            EXPECT_TRUE(found.emplace(std::pair(item.table, id), bool(item.state.image)).second);
        }
        position = page->next;
    }
    EXPECT_EQ(pages, 2U);
    EXPECT_EQ(found.size(), 60U);
    EXPECT_EQ(std::ranges::count(found, false, [](const auto& entry) { return entry.second; }), 10);
}

TEST_P(ReplicaContract, ARegionJoinsByAViewAndTheLogAfterIt) {
    ContractRegion c(GetParam(), "ap-southeast-1");
    for (int i = 0; i < 50; ++i) {
        a_.put(std::to_string(i), i);
        b_.put(std::to_string(i + 25), 100 + i);
    }
    a_.erase("3");
    a_.pull(b_);
    b_.pull(a_);
    c.put("7", 777);
    c.put("only here", 1);
    c.join(a_);
    EXPECT_EQ(*c->cursor("us-east-1"), (Cursor{a_->log_id(), a_->last_sequence()}));
    a_.put("after", 1);
    c.pull(a_);
    c.pull(b_);
    a_.pull(c);
    b_.pull(c);
    b_.pull(a_);
    EXPECT_EQ(a_.hash(), c.hash());
    EXPECT_EQ(a_.hash(), b_.hash());
    EXPECT_EQ(c.n_of("3"), -1);
    EXPECT_EQ(c.n_of("after"), 1);
    EXPECT_EQ(c.conflicts().size(), 1U) << "its own item 7 was another one's too";
    const auto before = c->last_sequence();
    c.join(a_);
    EXPECT_EQ(c->last_sequence(), before) << "a second time changes nothing";
}

// A view holds what a peer wrote before it was cut off, also this region's own writes.
TEST_P(ReplicaContract, ARegionThatLostItsTablesGetsItsOwnWritesBackAndPassesThemOn) {
    ContractRegion c(GetParam(), "ap-southeast-1");
    a_.put("x", 1);
    b_.pull(a_);
    ContractRegion again(GetParam(), "us-east-1");
    again.clock.step_to(a_.clock.now() - std::chrono::minutes{10});
    again.join(b_);
    EXPECT_EQ(again.n_of("x"), 1);
    again.put("x", 2);
    EXPECT_GT(again.version_of("x").stamp, a_.version_of("x").stamp);
    c.pull(again);
    b_.pull(again);
    EXPECT_EQ(c.n_of("x"), 2);
    EXPECT_EQ(b_.n_of("x"), 2);
    EXPECT_TRUE(b_.conflicts().empty());
}

TEST_P(ReplicaContract, HashesDependOnContentAndStampsAlone) {
    std::vector<VersionedItem> items;
    for (int i = 0; i < 100; ++i) {
        const auto region = i % 2 == 0 ? "sa-east-1" : "ap-southeast-1";
        items.push_back(
            item_at(std::to_string(i), i, {at(static_cast<std::uint64_t>(i + 1), region), {}}));
    }
    a_.apply(batch_from("sa-east-1", items));
    std::ranges::reverse(items);
    ASSERT_TRUE(b_->create_table({"First", {{"id", item::KeyType::kString}, {}}}));
    b_.apply(batch_from("ap-southeast-1", items));
    const auto hash = a_.hash();
    EXPECT_EQ(hash.items, 100U);
    EXPECT_EQ(hash, b_.hash());
    EXPECT_EQ(to_string(hash).size(), 32U);
    a_.apply(batch_from("sa-east-1", {item_at("5", 5, {at(500, "sa-east-1"), {}})}));
    EXPECT_NE(a_.hash(), hash) << "another stamp";
    b_.apply(batch_from("sa-east-1", {item_at("5", 5, {at(500, "sa-east-1"), {}})}));
    EXPECT_EQ(a_.hash(), b_.hash());
    a_.apply(batch_from("sa-east-1", {item_at("6", 7, {at(501, "sa-east-1"), {}})}));
    b_.apply(batch_from("sa-east-1", {item_at("6", 8, {at(501, "sa-east-1"), {}})}));
    EXPECT_NE(a_.hash(), b_.hash()) << "another content";
}

TEST_P(ReplicaContract, ADifferenceIsFoundInThreeSteps) {
    std::vector<VersionedItem> items;
    for (int i = 0; i < 2000; ++i) {
        items.push_back(item_at("item " + std::to_string(i), i, {at(5, "sa-east-1"), {}}));
    }
    a_.apply(batch_from("sa-east-1", items));
    items[1234].state.image = ContractRegion::item_of("item 1234", 7);
    b_.apply(batch_from("sa-east-1", items));

    const auto here = *a_->open_view();
    const auto there = *b_->open_view();
    ASSERT_NE(*here->table_hash("Table"), *there->table_hash("Table"));
    std::string prefix;
    for (int level = 0; level < 2; ++level) {
        const auto ours = *here->range_hashes("Table", prefix);
        const auto theirs = *there->range_hashes("Table", prefix);
        ASSERT_EQ(ours.size(), theirs.size());
        EXPECT_GT(ours.size(), 1U);
        std::vector<std::string> differing;
        for (std::size_t i = 0; i < ours.size(); ++i) {
            ASSERT_EQ(ours[i].prefix, theirs[i].prefix);
            if (ours[i].content != theirs[i].content) {
                differing.push_back(ours[i].prefix);
            }
        }
        ASSERT_EQ(differing.size(), 1U);
        EXPECT_EQ(differing[0].size(), prefix.size() + 1);
        prefix = differing[0];
    }
    const auto ours = *here->item_hashes("Table", prefix, "", 100);
    const auto theirs = *there->item_hashes("Table", prefix, "", 100);
    EXPECT_LT(ours.items.size(), 10U);
    std::vector<item::Key> differing;
    for (std::size_t i = 0; i < ours.items.size(); ++i) {
        ASSERT_EQ(ours.items[i].key, theirs.items[i].key);
        EXPECT_EQ(ours.items[i].stamp, at(5, "sa-east-1"));
        EXPECT_FALSE(ours.items[i].damaged);
        if (ours.items[i].content != theirs.items[i].content) {
            differing.push_back(ours.items[i].key);
        }
    }
    EXPECT_EQ(differing, std::vector{ContractRegion::key_of("item 1234")});
}

TEST_P(ReplicaContract, HashesOfRangesAndOfItemsAddUp) {
    for (int i = 0; i < 300; ++i) {
        a_.put(std::to_string(i), i);
    }
    a_.erase("17");
    const auto view = *a_->open_view();
    const auto whole = *view->table_hash("Table");
    EXPECT_EQ(whole.items, 299U);
    ContentHash of_ranges;
    for (const auto& range : *view->range_hashes("Table", "")) {
        of_ranges += range.content;
        ContentHash below;
        for (const auto& child : *view->range_hashes("Table", range.prefix)) {
            EXPECT_TRUE(child.prefix.starts_with(range.prefix));
            below += child.content;
        }
        EXPECT_EQ(below, range.content);
    }
    EXPECT_EQ(of_ranges, whole);
    ContentHash of_items;
    std::optional<std::string> position = "";
    while (position) {
        const auto page = *view->item_hashes("Table", "", *position, 7);
        EXPECT_LE(page.items.size(), 7U);
        for (const auto& item : page.items) {
            of_items += item.content;
        }
        position = page.next;
    }
    EXPECT_EQ(of_items, whole);
}

}  // namespace meridian::store
