// Contract of ReplicaStore: tables that were dropped.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "store/replica_contract_fixture.h"

namespace meridian::store {

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
