// Contract: what travels between regions, and what becomes of it.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "store/replica_contract_fixture.h"

namespace meridian::store {

TEST_P(ReplicaContract, AWriteHasAStampOfItsRegionAboveAllThatItSaw) {
    EXPECT_FALSE(a_.version_of("x"));
    a_.put("x", 1);
    const auto first = a_.version_of("x");
    EXPECT_EQ(first.stamp.region, "us-east-1");
    EXPECT_GE(first.stamp.time, hybrid_time_of(a_.clock.now()));
    EXPECT_TRUE(first.seen.empty());
    a_.put("x", 2);
    const auto second = a_.version_of("x");
    EXPECT_GT(second.stamp, first.stamp);
    b_.clock.step_to(b_.clock.now() - std::chrono::minutes{10});
    b_.pull(a_);
    EXPECT_EQ(b_.version_of("x"), second);
    b_.put("x", 3);
    const auto third = b_.version_of("x");
    EXPECT_GT(third.stamp, second.stamp) << "though its clock is ten minutes behind";
    EXPECT_EQ(third.seen, std::vector{second.stamp});
    a_.clock.step_to(a_.clock.now() - std::chrono::minutes{10});
    a_.put("y", 1);
    EXPECT_GT(a_.version_of("y").stamp, second.stamp);
}

TEST_P(ReplicaContract, EveryWriteOfAGroupHasAStampOfItsOwn) {
    const auto outcomes = a_->write_all({{"Table", PutItem{ContractRegion::item_of("x", 1)}, {}},
                                         {"Table", PutItem{ContractRegion::item_of("x", 2)}, {}},
                                         {"Table", PutItem{ContractRegion::item_of("y", 3)}, {}}},
                                        Atomicity::kEach);
    ASSERT_EQ(outcomes.size(), 3U);
    const auto own = a_.own();
    ASSERT_EQ(own.size(), 3U);
    EXPECT_LT(own[0].item.state.version.stamp, own[1].item.state.version.stamp);
    EXPECT_LT(own[1].item.state.version.stamp, own[2].item.state.version.stamp);
}

TEST_P(ReplicaContract, WritesAfterAMarkHaveStampsAboveIt) {
    a_.put("x", 1);
    const auto mark = a_->mark();
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->sequence, 1U);
    EXPECT_GT(mark->time, a_.version_of("x").stamp.time);
    a_.clock.step_to(a_.clock.now() - std::chrono::minutes{10});
    EXPECT_GT(a_->mark()->time, mark->time);
    a_.put("x", 2);
    EXPECT_GT(a_.version_of("x").stamp.time, mark->time);
    EXPECT_EQ(a_->last_sequence(), 2U) << "a mark is no change";
}

TEST_P(ReplicaContract, OwnChangesAreThoseOfThisRegionsClients) {
    a_.put("x", 1);
    a_.erase("x");
    b_.put("y", 2);
    a_.pull(b_);
    a_.put("y", 3);
    const auto changes = a_->read_own(0, 100);
    ASSERT_TRUE(changes);
    EXPECT_EQ(changes->tables, std::vector{ContractRegion::kTable});
    EXPECT_EQ(changes->through, 4U);
    ASSERT_EQ(changes->changes.size(), 3U);
    EXPECT_EQ(changes->changes[0].sequence, 1U);
    EXPECT_EQ(changes->changes[0].at, a_.clock.now());
    EXPECT_EQ(changes->changes[0].item.state.image, ContractRegion::item_of("x", 1));
    EXPECT_EQ(changes->changes[1].item.key, ContractRegion::key_of("x"));
    EXPECT_EQ(changes->changes[1].item.state.image, std::nullopt);
    EXPECT_EQ(changes->changes[2].sequence, 4U);
    EXPECT_EQ(changes->changes[2].item.state, a_.state_of("y"));
    EXPECT_EQ(a_->read_log(0, 100)->size(), 4U) << "the log holds all of them";
}

TEST_P(ReplicaContract, OwnChangesAreReadInPages) {
    for (int i = 0; i < 10; ++i) {
        a_.put("x", i);
    }
    EXPECT_EQ(a_->read_own(3, 4)->changes.size(), 4U);
    EXPECT_EQ(a_->read_own(3, 4)->through, 7U);
    EXPECT_EQ(a_->read_own(10, 4)->through, 10U);
    EXPECT_TRUE(a_->read_own(10, 4)->changes.empty());
    EXPECT_EQ(a_->read_own(3, 0)->through, 3U);
    const std::string filler(390UL * 1024, 'x');
    for (int i = 0; i < 4; ++i) {
        ASSERT_FALSE(a_->write({"Table", PutItem{{{"id", "large"}, {"x", filler}}}, {}}).error);
    }
    EXPECT_EQ(a_->read_own(10, 100)->changes.size(), 3U) << "the one that passes 1 MB is the last";
}

TEST_P(ReplicaContract, AppliedChangesAreReadableAndObservedAndLogged) {
    a_.put("x", 1);
    a_.put("x", 2);
    a_.put("y", 3);
    a_.erase("y");
    const auto applied = b_.apply(ContractRegion::batch_of(*a_, 0));
    EXPECT_EQ(applied.won, 4U);
    EXPECT_EQ(applied.sequence, 4U);
    EXPECT_EQ(b_.n_of("x"), 2);
    EXPECT_EQ(b_.n_of("y"), -1);
    EXPECT_EQ(b_.state_of("y"), a_.state_of("y"));
    ASSERT_EQ(b_.observed.size(), 4U);
    EXPECT_EQ(b_.observed[1].before, ContractRegion::item_of("x", 1));
    EXPECT_EQ(b_.observed[1].after, ContractRegion::item_of("x", 2));
    EXPECT_EQ(b_.observed[3].after, std::nullopt);
    EXPECT_EQ(b_.observed[3].key, ContractRegion::key_of("y"));
    EXPECT_EQ(b_->read_log(0, 100)->size(), 4U);
    EXPECT_TRUE(b_.own().empty()) << "they don't go back";
    EXPECT_EQ(a_.hash(), b_.hash());
}

TEST_P(ReplicaContract, ABatchThatIsAppliedAgainChangesNothing) {
    a_.put("x", 1);
    a_.erase("x");
    a_.put("y", 1);
    auto batch = ContractRegion::batch_of(*a_, 0);
    b_.apply(batch);
    const auto cursor = *b_->cursor("us-east-1");
    for (const auto& part : {batch.part, std::optional<LogPart>()}) {
        batch.part = part;
        const auto again = b_.apply(batch);
        EXPECT_EQ(again.known, 3U);
        EXPECT_EQ(again.won + again.lost + again.conflicts, 0U);
        EXPECT_EQ(again.sequence, 0U);
    }
    EXPECT_EQ(b_->last_sequence(), 3U);
    EXPECT_EQ(*b_->cursor("us-east-1"), cursor);
}

TEST_P(ReplicaContract, TheCursorMovesWithTheBatch) {
    EXPECT_EQ(*b_->cursor("us-east-1"), Cursor{});
    a_.put("x", 1);
    a_.put("y", 1);
    b_.apply(ContractRegion::batch_of(*a_, 0, 1));
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 1}));
    b_.apply(ContractRegion::batch_of(*a_, 1, 1));
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 2}));
    b_.apply(ContractRegion::batch_of(*a_, 0, 1));
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 2})) << "never back";
    b_.apply({.from = "us-east-1", .part = LogPart{a_->log_id(), 2, 9}});
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 9})) << "without items too";
    EXPECT_EQ(*b_->cursor("ap-southeast-1"), Cursor{}) << "each region has its own";
    auto batch = ContractRegion::batch_of(*a_, 0);
    batch.part.reset();
    b_.apply(batch);
    EXPECT_EQ(b_->cursor("us-east-1")->sequence, 9U) << "a page of a view doesn't move it";
}

TEST_P(ReplicaContract, APartThatDoesNotStartAtTheCursorIsRefused) {
    for (const char* id : {"x", "y", "z"}) {
        a_.put(id, 1);
    }
    const auto refuse = [&](RemoteBatch batch) {
        const auto refused = b_->apply_remote(std::move(batch));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kVersionConflict);
    };
    refuse(ContractRegion::batch_of(*a_, 1));
    EXPECT_EQ(b_.n_of("y"), -1);
    EXPECT_EQ(*b_->cursor("us-east-1"), Cursor{});
    b_.apply(ContractRegion::batch_of(*a_, 0, 2));
    refuse(ContractRegion::batch_of(*a_, 1));
    EXPECT_EQ(b_.n_of("z"), -1);
}

// A frame that the network delivers long after must not bring back what was deleted and forgotten.
TEST_P(ReplicaContract, APartThatWasAppliedBeforeDoesNothing) {
    a_.put("x", 1);
    const auto late = ContractRegion::batch_of(*a_, 0);
    a_.erase("x");
    b_.pull(a_);
    ASSERT_EQ(*b_->collect_tombstones(a_.version_of("x").stamp.time), 1U);
    EXPECT_EQ(b_.apply(late).known, 1U);
    EXPECT_EQ(b_.n_of("x"), -1);
}

TEST_P(ReplicaContract, ACompleteViewMovesTheCursorToItsMoment) {
    b_.apply({.from = "us-east-1", .complete = Cursor{a_->log_id(), 7}});
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 7}));
    b_.apply({.from = "us-east-1", .complete = Cursor{a_->log_id(), 5}});
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 7})) << "never back";
    b_.apply({.from = "us-east-1", .complete = Cursor{LogId{9}, 2}});
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{LogId{9}, 2})) << "of another log";
}

// A region that lost its tables counts its changes from 1 again.
TEST_P(ReplicaContract, ANewLogOfARegionIsReadFromItsStart) {
    b_.apply({.from = "us-east-1", .part = LogPart{LogId{77}, 0, 500}});
    a_.put("x", 1);
    a_.put("x", 2);
    const auto refused = b_->apply_remote(ContractRegion::batch_of(*a_, 1));
    EXPECT_EQ(refused.error().code, ErrorCode::kVersionConflict);
    b_.apply(ContractRegion::batch_of(*a_, 0, 1));
    EXPECT_EQ(*b_->cursor("us-east-1"), (Cursor{a_->log_id(), 1}));
}

TEST_P(ReplicaContract, TablesComeWithTheirItems) {
    const TableSchema other{
        "Other",
        {{"n", item::KeyType::kNumber}, item::KeyAttribute{"tag", item::KeyType::kBinary}}};
    ASSERT_TRUE(a_->create_table(other));
    const item::Item item{{"n", item::Number(5)}, {"tag", item::Binary{"\x01"}}, {"more", true}};
    ASSERT_FALSE(a_->write({"Other", PutItem{item}, {}}).error);
    b_.pull(a_);
    EXPECT_EQ(*b_->describe_table("Other"), other);
    EXPECT_EQ(*b_->get({"Other", {{"n", item::Number(5)}, {"tag", item::Binary{"\x01"}}}}), item);
}

TEST_P(ReplicaContract, ConditionsSeeWhatCameFromOtherRegions) {
    using expression::AttributeNotExists;
    const expression::Condition is_new = AttributeNotExists{expression::Path("id")};
    a_.put("x", 1);
    b_.pull(a_);
    EXPECT_EQ(b_.put("x", 2, is_new).error->code, ErrorCode::kConditionFailed);
    a_.erase("x");
    b_.pull(a_);
    EXPECT_FALSE(b_.put("x", 3, is_new).error);
    a_.pull(b_);
    EXPECT_EQ(a_.n_of("x"), 3);
    EXPECT_TRUE(a_.conflicts().empty()) << "it had seen the delete";
}

// Batches and clients' writes are decided in the order in which they were submitted.
TEST_P(ReplicaContract, RemoteBatchesAndWritesTakeTheirTurns) {
    a_.put("x", 1);
    a_.put("x", 2);
    auto first = ContractRegion::batch_of(*a_, 0, 1);
    auto second = ContractRegion::batch_of(*a_, 1, 1);
    std::promise<void> told;
    std::vector<Write> add_ten;
    expression::Update update;
    update.adds.push_back({expression::Path("n"), item::Number(10)});
    add_ten.push_back({"Table", UpdateItem{ContractRegion::key_of("x"), update}, {}});
    b_->submit_remote(std::move(first), [](Result<Applied> done) { EXPECT_TRUE(done); });
    b_->submit(std::move(add_ten), Atomicity::kEach, [](std::vector<WriteOutcome> done) {
        EXPECT_EQ(done.at(0).after, ContractRegion::item_of("x", 11));
    });
    b_->submit_remote(std::move(second), [&](Result<Applied> done) {
        EXPECT_EQ(done->conflicts, 1U) << "b's write hadn't seen it";
        told.set_value();
    });
    told.get_future().wait();
    a_.pull(b_);
    EXPECT_EQ(a_.hash(), b_.hash());
}

TEST_P(ReplicaContract, AStampFarAheadIsMergedAndDragsNoClock) {
    a_.clock.step_to(a_.clock.now() + std::chrono::hours{24 * 365});
    a_.put("x", 1);
    b_.pull(a_);
    EXPECT_EQ(b_.n_of("x"), 1);
    b_.put("y", 1);
    EXPECT_EQ(instant_of(b_.version_of("y").stamp.time), b_.clock.now());
    b_.put("x", 2);
    EXPECT_GT(b_.version_of("x").stamp, a_.version_of("x").stamp) << "it has seen that one";
    b_.put("z", 1);
    EXPECT_EQ(instant_of(b_.version_of("z").stamp.time), b_.clock.now());
    a_.pull(b_);
    EXPECT_EQ(a_.n_of("x"), 2);
    EXPECT_EQ(a_.hash(), b_.hash());
    EXPECT_TRUE(a_.conflicts().empty());
}

TEST_P(ReplicaContract, WhatNoRegionCouldHaveSentIsRefusedAsAWhole) {
    const auto good = item_at("good", 1, {at(5, "eu-west-1"), {}});
    const auto with = [&](VersionedItem bad) { return batch_from("eu-west-1", {good, bad}); };
    struct Case {
        const char* what;
        RemoteBatch batch;
        ErrorCode code;
    };
    std::vector<Case> cases{
        {"from this region", batch_from("us-east-1", {good}), ErrorCode::kInvalidInput},
        {"from no region", batch_from("", {good}), ErrorCode::kInvalidInput},
        {"from a strange name", batch_from("a b", {good}), ErrorCode::kInvalidInput},
        {"without a version", with(item_at("x", 1, {})), ErrorCode::kInvalidInput},
        {"a version that is impossible",
         with(item_at("x", 1, {at(5, "eu-west-1"), {at(6, "sa-east-1")}})),
         ErrorCode::kInvalidInput},
    };
    auto other_key = item_at("x", 1, {at(5, "eu-west-1"), {}});
    other_key.key = ContractRegion::key_of("y");
    cases.push_back({"an image of another key", with(other_key), ErrorCode::kInvalidInput});
    auto no_key = item_at("x", 1, {at(5, "eu-west-1"), {}});
    no_key.key = {{"other", "x"}};
    cases.push_back({"a key of another table", with(no_key), ErrorCode::kInvalidInput});
    auto no_table = item_at("x", 1, {at(5, "eu-west-1"), {}});
    no_table.table = "None";
    cases.push_back({"a table without a schema", with(no_table), ErrorCode::kTableNotFound});
    auto large = item_at("x", 1, {at(5, "eu-west-1"), {}});
    large.state.image = item::Item{{"id", "x"}, {"x", std::string(item::kItemBytesMax, 'x')}};
    cases.push_back({"too large an item", with(large), ErrorCode::kTooLarge});
    cases.push_back({"a former item with another's stamp",
                     with(item_at("x", 1, {at(5, std::string(kNoRegion)), {}})),
                     ErrorCode::kInvalidInput});
    auto deleted = item_at("x", 1, {at(5, std::string(kNoRegion)), {}});
    deleted.state.image = {};
    cases.push_back({"a delete of a former version", with(deleted), ErrorCode::kInvalidInput});
    auto other_schema = batch_from("eu-west-1", {good});
    other_schema.tables[0].key.partition.type = item::KeyType::kNumber;
    cases.push_back({"another schema", other_schema, ErrorCode::kTableExists});
    auto nameless = batch_from("eu-west-1", {good});
    nameless.tables.push_back({"", ContractRegion::kTable.key});
    cases.push_back({"a table without a name", nameless, ErrorCode::kInvalidInput});
    auto backwards = batch_from("eu-west-1", {good});
    backwards.part = LogPart{LogId{1}, 5, 4};
    cases.push_back({"a part that ends before it starts", backwards, ErrorCode::kInvalidInput});
    auto crowd = batch_from("eu-west-1", {good});
    for (int i = 0; i < 30; ++i) {
        crowd.items.push_back(item_at("x", 1, {at(5, "region-" + std::to_string(i)), {}}));
    }
    auto twofold = batch_from("eu-west-1", {good});
    twofold.part = LogPart{LogId{1}, 0, 4};
    twofold.complete = Cursor{LogId{1}, 4};
    cases.push_back({"a part of a log and a view", twofold, ErrorCode::kInvalidInput});
    cases.push_back({"of too many regions", crowd, ErrorCode::kNotSupported});

    for (auto& [what, batch, code] : cases) {
        if (!batch.part && !batch.complete) {
            batch.part = LogPart{LogId{1}, 0, 9};
        }
        const auto refused = a_->apply_remote(batch);
        ASSERT_FALSE(refused) << what;
        EXPECT_EQ(refused.error().code, code) << what << ": " << refused.error().message;
    }
    EXPECT_EQ(a_.n_of("good"), -1);
    EXPECT_EQ(a_->last_sequence(), 0U);
    EXPECT_EQ(*a_->cursor("eu-west-1"), Cursor{});
    EXPECT_EQ(a_->list_tables().size(), 1U);
    EXPECT_EQ(a_.apply(batch_from("eu-west-1", {good})).won, 1U);
}

TEST_P(ReplicaContract, ABatchMayBringAnItemSeveralTimes) {
    const auto batch = batch_from(
        "eu-west-1",
        {item_at("x", 1, {at(5, "eu-west-1"), {}}), item_at("x", 2, {at(7, "eu-west-1"), {}}),
         item_at("x", 3, {at(6, "sa-east-1"), {}}), item_at("x", 2, {at(7, "eu-west-1"), {}})});
    const auto applied = a_.apply(batch);
    EXPECT_EQ(applied.won, 2U);
    EXPECT_EQ(applied.lost, 1U);
    EXPECT_EQ(applied.known, 1U);
    EXPECT_EQ(applied.conflicts, 1U);
    EXPECT_EQ(a_.n_of("x"), 2);
    EXPECT_EQ(a_.version_of("x"), (Version{at(7, "eu-west-1"), {at(6, "sa-east-1")}}));
    EXPECT_EQ(a_->last_sequence(), 2U) << "what lost is no change";
}

// What a bug or a damaged disk made of an item under the same stamp.
TEST_P(ReplicaContract, MendingReplacesWhatDiffersUnderTheSameStamp) {
    const Version version{at(7, "eu-west-1"), {}};
    a_.apply(batch_from("eu-west-1", {item_at("x", 1, version)}));
    auto batch = batch_from("eu-west-1", {item_at("x", 2, version)});
    EXPECT_EQ(a_.apply(batch).known, 1U);
    EXPECT_EQ(a_.n_of("x"), 1);
    batch.mend = true;
    const auto mended = a_.apply(batch);
    EXPECT_EQ(mended.won, 1U);
    EXPECT_EQ(mended.conflicts, 0U);
    EXPECT_EQ(a_.n_of("x"), 2);
    EXPECT_EQ(a_.observed.back().after, ContractRegion::item_of("x", 2)) << "the catalog follows";
    EXPECT_EQ(a_.apply(batch).known, 1U);
    auto older = batch_from("eu-west-1", {item_at("x", 3, {at(6, "eu-west-1"), {}})});
    older.mend = true;
    EXPECT_EQ(a_.apply(older).known, 1U);
    EXPECT_EQ(a_.n_of("x"), 2);
}

TEST_P(ReplicaContract, TheWholeLogHasWhatWasAppliedToo) {
    a_.put("x", 1);
    b_.put("y", 2);
    b_.erase("y");
    a_.pull(b_);
    a_.put("z", 3);
    const auto all = a_->read_all(0, 100);
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->through, a_->last_sequence());
    ASSERT_EQ(all->changes.size(), a_->last_sequence());
    for (std::size_t i = 0; i < all->changes.size(); ++i) {
        EXPECT_EQ(all->changes[i].sequence, i + 1);
    }
    EXPECT_EQ(all->changes[0].item.state, a_.state_of("x"));
    EXPECT_EQ(all->changes[1].item.state.version.stamp.region, b_.name());
    EXPECT_EQ(all->changes.back().item.state, a_.state_of("z"));
    EXPECT_EQ(a_->read_all(1, 1)->changes.size(), 1U);
    EXPECT_EQ(a_.own().size(), 2U);
}

}  // namespace meridian::store
