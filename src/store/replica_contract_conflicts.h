// Contract: writes that hadn't seen each other, and deletes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "item/codec.h"
#include "store/replica_contract_fixture.h"

namespace meridian::store {

TEST_P(ReplicaContract, TheLaterOfTwoWritesStandsAndTheOtherIsAConflict) {
    a_.put("x", 1);
    b_.clock.advance(std::chrono::milliseconds{1});
    b_.put("x", 2);
    const auto lost = a_.state_of("x");
    const auto kept = b_.state_of("x");
    EXPECT_EQ(a_.pull(b_).conflicts, 1U);
    EXPECT_EQ(b_.pull(a_).conflicts, 1U);
    for (const auto* region : {&a_, &b_}) {
        EXPECT_EQ(region->n_of("x"), 2);
        const auto conflicts = region->conflicts();
        ASSERT_EQ(conflicts.size(), 1U);
        EXPECT_EQ(conflicts[0].table, "Table");
        EXPECT_EQ(conflicts[0].key, ContractRegion::key_of("x"));
        EXPECT_EQ(conflicts[0].kept, kept);
        EXPECT_EQ(conflicts[0].lost, lost);
        EXPECT_EQ(conflicts[0].at, region->clock.now());
        EXPECT_EQ(region->version_of("x"), (Version{kept.version.stamp, {lost.version.stamp}}));
    }
    EXPECT_EQ(a_.hash(), b_.hash());
    a_.put("x", 3);
    EXPECT_EQ(b_.pull(a_).conflicts, 0U) << "that one had seen both";
    EXPECT_EQ(b_.n_of("x"), 3);
}

TEST_P(ReplicaContract, AtTheSameTimeTheGreaterNameWins) {
    b_.put("x", 2);
    a_.put("x", 1);
    ASSERT_EQ(a_.version_of("x").stamp.time, b_.version_of("x").stamp.time);
    a_.pull(b_);
    b_.pull(a_);
    EXPECT_EQ(a_.n_of("x"), 1);
    EXPECT_EQ(b_.n_of("x"), 1);
}

TEST_P(ReplicaContract, WritesOfTheSameContentAreNoConflict) {
    a_.put("x", 1);
    b_.put("x", 1);
    a_.put("gone", 1);
    b_.pull(a_);
    a_.erase("gone");
    b_.erase("gone");
    EXPECT_EQ(a_.pull(b_).conflicts, 0U);
    EXPECT_EQ(b_.pull(a_).conflicts, 0U);
    EXPECT_TRUE(a_.conflicts().empty());
    EXPECT_EQ(a_.state_of("x"), b_.state_of("x"));
    EXPECT_EQ(a_.state_of("gone"), b_.state_of("gone"));
}

TEST_P(ReplicaContract, AConflictIsOneRecordHoweverOftenItIsFound) {
    a_.clock.advance(std::chrono::milliseconds{5});
    a_.put("x", 1);
    const std::string none(kNoRegion);
    const item::Item former = ContractRegion::item_of("x", 7);
    const VersionedItem lost{"Table",
                             ContractRegion::key_of("x"),
                             {former, {unversioned_stamp(item::encode(former)), {}}}};
    const item::Item greater = ContractRegion::item_of("x", 8);
    VersionedItem other{"Table",
                        ContractRegion::key_of("x"),
                        {greater, {unversioned_stamp(item::encode(greater)), {}}}};
    for (int i = 0; i < 3; ++i) {
        a_.apply(batch_from("eu-west-1", {lost, other}));
    }
    EXPECT_EQ(a_.n_of("x"), 1);
    EXPECT_EQ(a_.conflicts().size(), 2U);
}

TEST_P(ReplicaContract, ConflictsAreListedByTheTimeOfWhatWasLostAndForgotten) {
    for (int i = 0; i < 10; ++i) {
        a_.clock.advance(std::chrono::milliseconds{1});
        a_.put(std::to_string(9 - i), i);
    }
    b_.clock.advance(std::chrono::milliseconds{100});
    for (int i = 0; i < 10; ++i) {
        b_.put(std::to_string(i), 100);
    }
    a_.pull(b_);
    std::vector<Conflict> listed;
    std::optional<std::string> position = "";
    while (position) {
        auto page = a_->conflicts(*position, 3);
        ASSERT_TRUE(page);
        EXPECT_LE(page->conflicts.size(), 3U);
        listed.insert(listed.end(), page->conflicts.begin(), page->conflicts.end());
        position = page->next;
    }
    ASSERT_EQ(listed.size(), 10U);
    for (int i = 0; i < 10; ++i) {
        const auto& conflict = listed[static_cast<std::size_t>(i)];
        EXPECT_EQ(ContractRegion::n_in(*conflict.lost.image), i);
    }
    ASSERT_TRUE(a_->forget_conflicts(listed[6].lost.version.stamp.time));
    const auto left = a_.conflicts();
    ASSERT_EQ(left.size(), 3U);
    EXPECT_EQ(ContractRegion::n_in(*left[0].lost.image), 7);
    ASSERT_TRUE(a_->forget_conflicts({~std::uint64_t{0}}));
    EXPECT_TRUE(a_.conflicts().empty());
}

TEST_P(ReplicaContract, ADeleteWinsOrLosesAsAPutDoes) {
    a_.put("early", 1);
    a_.put("late", 1);
    b_.pull(a_);
    a_.erase("early");
    a_.put("late", 2);
    b_.clock.advance(std::chrono::milliseconds{5});
    b_.put("early", 2);
    b_.erase("late");
    a_.pull(b_);
    b_.pull(a_);
    for (const auto* region : {&a_, &b_}) {
        EXPECT_EQ(region->n_of("early"), 2);
        EXPECT_EQ(region->n_of("late"), -1);
        const auto conflicts = region->conflicts();
        ASSERT_EQ(conflicts.size(), 2U);
        EXPECT_EQ(conflicts[0].lost.image, std::nullopt);
        EXPECT_EQ(conflicts[0].kept.image, ContractRegion::item_of("early", 2));
        EXPECT_EQ(conflicts[1].lost.image, ContractRegion::item_of("late", 2));
        EXPECT_EQ(conflicts[1].kept.image, std::nullopt);
    }
    EXPECT_EQ(a_.hash(), b_.hash());
}

TEST_P(ReplicaContract, ADeleteThatArrivesFirstIsRemembered) {
    a_.put("x", 1);
    const auto put = ContractRegion::batch_of(*a_, 0);
    a_.erase("x");
    auto only_the_delete = ContractRegion::batch_of(*a_, 1);
    only_the_delete.part.reset();
    const auto applied = b_.apply(only_the_delete);
    EXPECT_EQ(applied.won, 1U);
    EXPECT_EQ(applied.sequence, 0U) << "nothing that anybody sees has changed";
    EXPECT_TRUE(b_.observed.empty());
    EXPECT_EQ(b_->last_sequence(), 0U);
    EXPECT_EQ(b_.apply(put).known, 1U);
    EXPECT_EQ(b_.n_of("x"), -1);
}

TEST_P(ReplicaContract, APutAfterADeleteHasSeenIt) {
    a_.put("x", 1);
    a_.erase("x");
    const auto deleted = a_.version_of("x");
    EXPECT_TRUE(deleted);
    EXPECT_EQ(a_.state_of("x").image, std::nullopt);
    b_.pull(a_);
    b_.put("x", 2);
    EXPECT_TRUE(includes(b_.version_of("x"), deleted.stamp));
    EXPECT_GT(b_.version_of("x").stamp, deleted.stamp);
    a_.pull(b_);
    EXPECT_EQ(a_.n_of("x"), 2);
    EXPECT_TRUE(a_.conflicts().empty());
    EXPECT_EQ(a_.state_of("x"), b_.state_of("x"));
}

TEST_P(ReplicaContract, CollectedDeletesAreForgotten) {
    std::vector<HybridTime> times;
    for (int i = 0; i < 10; ++i) {
        const auto id = std::to_string(i);
        a_.put(id, i);
        a_.erase(id);
        times.push_back(a_.version_of(id).stamp.time);
    }
    a_.put("kept", 1);
    EXPECT_EQ(*a_->collect_tombstones(times[6]), 7U);
    EXPECT_FALSE(a_.version_of("6"));
    EXPECT_TRUE(a_.version_of("7"));
    EXPECT_EQ(a_.n_of("kept"), 1);
    EXPECT_EQ(*a_->collect_tombstones(times[6]), 0U);
    EXPECT_EQ(*a_->collect_tombstones({~std::uint64_t{0}}), 3U);
    EXPECT_FALSE(a_.version_of("9"));
    EXPECT_EQ(a_->last_sequence(), 21U) << "nobody sees it";
}

TEST_P(ReplicaContract, ManyDeletesAreCollected) {
    constexpr int kDeletes = 10'000;
    std::vector<Write> puts;
    std::vector<Write> deletes;
    for (int i = 0; i < kDeletes; ++i) {
        const auto id = std::to_string(i);
        puts.push_back({"Table", PutItem{ContractRegion::item_of(id, i)}, {}});
        deletes.push_back({"Table", DeleteItem{ContractRegion::key_of(id)}, {}});
    }
    std::ignore = a_->write_all(std::move(puts), Atomicity::kEach);
    std::ignore = a_->write_all(std::move(deletes), Atomicity::kEach);
    EXPECT_EQ(*a_->collect_tombstones({~std::uint64_t{0}}), static_cast<std::size_t>(kDeletes));
}

// One region has collected, the other not yet; every region had applied the delete.
TEST_P(ReplicaContract, APutAfterACollectionIsNoConflictWhereTheDeleteIsStillKnown) {
    a_.put("x", 1);
    b_.pull(a_);
    b_.erase("x");
    a_.pull(b_);
    ASSERT_EQ(*a_->collect_tombstones(b_.version_of("x").stamp.time), 1U);
    a_.put("x", 2);
    EXPECT_GT(a_.version_of("x").stamp, b_.version_of("x").stamp);
    EXPECT_EQ(b_.pull(a_).conflicts, 0U);
    EXPECT_EQ(b_.n_of("x"), 2);
    EXPECT_EQ(a_.hash(), b_.hash());
    b_.put("x", 3);
    EXPECT_EQ(a_.pull(b_).conflicts, 0U);
    EXPECT_EQ(a_.n_of("x"), 3);
}

// Or a write after it could get a smaller stamp than the delete had.
TEST_P(ReplicaContract, DeletesAheadOfTheClockAreNotCollected) {
    a_.clock.step_to(a_.clock.now() + std::chrono::hours{24 * 365});
    a_.put("x", 1);
    a_.erase("x");
    b_.pull(a_);
    EXPECT_EQ(*b_->collect_tombstones({~std::uint64_t{0}}), 0U);
    b_.put("x", 2);
    EXPECT_GT(b_.version_of("x").stamp, a_.version_of("x").stamp);
    EXPECT_EQ(a_.pull(b_).won, 1U);
    EXPECT_EQ(a_.n_of("x"), 2);
}

}  // namespace meridian::store
