// Contract: tables that were dropped.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "store/replica_contract_fixture.h"
#include "store/store_contract_index_fixture.h"

namespace meridian::store {

TEST_P(StoreIndexes, ADroppedTableIsNotFound) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    put(kSimple, simple("kept", 1));
    ASSERT_TRUE(store().drop_table(kTable));
    const auto expect_unknown = [](const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::kTableNotFound) << error.message;
    };
    const ItemRef ref{kTable, {{"id", "a"}, {"at", number(1)}}};
    expect_unknown(store().describe_table(kTable).error());
    expect_unknown(store().get(ref).error());
    expect_unknown(store().get_version(ref).error());
    expect_unknown(store().get_many({{ref}}).error());
    expect_unknown(store().query({.table = kTable, .partition = "a"}).error());
    expect_unknown(
        store().query({.table = kTable, .partition = "red", .index = "byColor"}).error());
    expect_unknown(store().scan({.table = kTable}).error());
    expect_unknown(*store().write(put_of(kTable, {{"id", "a"}, {"at", number(1)}})).error);
    expect_unknown(store().extent(kTable).error());
    expect_unknown(store().list_indexes(kTable).error());
    expect_unknown(store().create_index(kTable, by_tag()).error());
    EXPECT_EQ(store().list_tables().size(), 3U);
    EXPECT_EQ(n_of("kept"), 1);
    EXPECT_TRUE(store().drop_table(kTable)) << "again";
    expect_unknown(store().drop_table("Nowhere").error());
}

TEST_P(StoreIndexes, ADroppedTablesNameIsNeverUsedAgain) {
    const auto schema = *store().describe_table(kTable);
    ASSERT_TRUE(store().drop_table(kTable));
    const auto created = store().create_table(schema);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kTableExists);
    EXPECT_NE(created.error().message.find(kTable), std::string::npos);
}

TEST_P(StoreIndexes, ADroppedTablesLogStaysReadable) {
    const item::Item item{{"id", "a"}, {"at", number(1)}, {"x", "y"}};
    put(kTable, item);
    put(kSimple, simple("b", 1));
    make(delete_of(kTable, {{"id", "a"}, {"at", number(1)}}));
    ASSERT_TRUE(store().drop_table(kTable));
    put(kSimple, simple("b", 2));
    const auto log = log_after(0);
    ASSERT_EQ(log.size(), 4U);
    EXPECT_EQ(log.front().table, kTable);
    EXPECT_EQ(log.front().after, item);
    const auto of_table = store().read_table_log(kTable, 0, 100);
    ASSERT_TRUE(of_table) << of_table.error().message;
    ASSERT_EQ(of_table->changes.size(), 2U);
    EXPECT_EQ(of_table->changes.back().before, item);
    EXPECT_EQ(of_table->through, 4U);
    const auto all = store().read_all(0, 100);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->changes.size(), 4U) << "archives go back to before it was dropped";
    EXPECT_EQ(all->tables.size(), 2U);
}

TEST_P(StoreIndexes, ViewsDoNotShowADroppedTable) {
    put(kTable, {{"id", "a"}, {"at", number(1)}});
    put(kTable, {{"id", "b"}, {"at", number(1)}});
    make(delete_of(kTable, {{"id", "b"}, {"at", number(1)}}));
    put(kSimple, simple("kept", 1));
    const auto before = *store().open_view();
    ASSERT_TRUE(store().drop_table(kTable));
    const auto after = *store().open_view();
    for (const auto* view : {before.get(), after.get()}) {
        const auto page = view->page("");
        ASSERT_TRUE(page) << page.error().message;
        ASSERT_EQ(page->items.size(), 1U);
        EXPECT_EQ(page->items.front().table, kSimple);
        EXPECT_EQ(page->tables.size(), 1U);
        EXPECT_EQ(*view->table_hash(kTable), ContentHash{});
        EXPECT_TRUE(view->item_hashes(kTable, "", "", 10)->items.empty());
    }
}

// Tables come and go by the thousand in tests of applications.
TEST_P(StoreIndexes, OthersAreNotTouchedByOnesComingAndGoing) {
    put(kSimple, simple("kept", 1));
    for (int i = 0; i < 12; ++i) {
        const auto name = "Passing" + std::to_string(i);
        create(name.c_str(), {{"id", item::KeyType::kString}, {}});
        create_index({"byN", {{"n", item::KeyType::kNumber}, {}}}, name.c_str());
        put(name.c_str(), simple("a", i));
        EXPECT_EQ(read_all(Scan{.table = name, .index = "byN"}).size(), 1U);
        ASSERT_TRUE(store().drop_table(name));
    }
    EXPECT_EQ(n_of("kept"), 1);
    EXPECT_EQ(store().extent(kSimple)->items, 1U);
}

TEST_P(ReplicaContract, WhatComesForADroppedTableIsPassedOver) {
    a_.put("early", 1);
    b_.pull(a_);
    a_.put("late", 1);
    ASSERT_TRUE(b_->drop_table(ContractRegion::kTable.name));
    const auto before = b_->last_sequence();
    const auto applied = b_.pull(a_);
    EXPECT_EQ(applied.won, 0U);
    EXPECT_EQ(applied.known, 1U);
    EXPECT_EQ(b_->cursor(a_.name())->sequence, a_->last_sequence()) << "the log was read";
    EXPECT_EQ(b_->last_sequence(), before);
    EXPECT_FALSE(b_->describe_table(ContractRegion::kTable.name));
    // Pages, and mends, too.
    b_.join(a_);
    auto mend = batch_from("cn-north-1", {item_at("mend", 1, {at(5, "cn-north-1"), {}})});
    mend.mend = true;
    EXPECT_EQ(b_.apply(std::move(mend)).known, 1U);
    EXPECT_TRUE(b_->open_view().value()->page("")->items.empty());
}

TEST_P(ReplicaContract, OtherTablesOfABatchAreApplied) {
    const TableSchema other{"Other", {{"id", item::KeyType::kString}, {}}};
    ASSERT_TRUE(b_->drop_table(ContractRegion::kTable.name));
    auto batch = batch_from(a_.name(), {item_at("gone", 1, {at(5, a_.name()), {}})});
    batch.tables.push_back(other);
    auto kept = item_at("kept", 1, {at(6, a_.name()), {}});
    kept.table = other.name;
    batch.items.push_back(std::move(kept));
    const auto applied = b_.apply(std::move(batch));
    EXPECT_EQ(applied.won, 1U);
    EXPECT_EQ(applied.known, 1U);
    EXPECT_TRUE(*b_->get({other.name, ContractRegion::key_of("kept")}));
}

TEST_P(ReplicaContract, WhatWasWrittenToADroppedTableIsNotForOthersAnyMore) {
    ASSERT_TRUE(a_->create_table({"Other", {{"id", item::KeyType::kString}, {}}}));
    a_.put("a", 1);
    ASSERT_FALSE(a_->write({"Other", PutItem{ContractRegion::item_of("b", 1)}, {}}).error);
    a_.put("c", 1);
    ASSERT_TRUE(a_->drop_table(ContractRegion::kTable.name));
    const auto own = a_->read_own(0, 100);
    ASSERT_TRUE(own);
    ASSERT_EQ(own->changes.size(), 1U);
    EXPECT_EQ(own->changes.front().item.table, "Other");
    EXPECT_EQ(own->through, 3U);
    EXPECT_EQ(own->tables.size(), 1U);
}

TEST_P(ReplicaContract, ConflictsAboutADroppedTableAreForgotten) {
    a_.put("x", 1);
    b_.put("x", 2);
    b_.pull(a_);
    ASSERT_EQ(b_.conflicts().size(), 1U);
    ASSERT_TRUE(b_->drop_table(ContractRegion::kTable.name));
    EXPECT_TRUE(b_.conflicts().empty());
}

}  // namespace meridian::store
