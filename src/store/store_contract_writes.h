// Contract: single writes and batches.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

TEST_P(StoreContract, PutReplacesTheWholeItem) {
    const item::Item first{{"id", "a"}, {"x", "old"}, {"gone", true}};
    const item::Item second{{"id", "a"}, {"x", "new"}};
    const auto made = put(kSimple, first);
    EXPECT_EQ(made.before, std::nullopt);
    EXPECT_EQ(made.after, first);
    EXPECT_EQ(made.sequence, in_log(1));
    const auto replaced = put(kSimple, second);
    EXPECT_EQ(replaced.before, first);
    EXPECT_EQ(replaced.after, second);
    EXPECT_EQ(replaced.sequence, in_log(2));
    EXPECT_EQ(get(kSimple, simple_key("a")), second);
}

TEST_P(StoreContract, UpdateOfAnAbsentItemStartsFromItsKey) {
    const auto made = make(update_of(kByNumber, {{"id", "a"}, {"at", number(7)}}, add("count", 3)));
    const item::Item expected{{"id", "a"}, {"at", number(7)}, {"count", number(3)}};
    EXPECT_EQ(made.before, std::nullopt);
    EXPECT_EQ(made.after, expected);
    EXPECT_EQ(get(kByNumber, {{"id", "a"}, {"at", number(7)}}), expected);
}

TEST_P(StoreContract, UpdateKeepsWhatItDoesNotName) {
    put(kSimple, {{"id", "a"}, {"n", number(1)}, {"kept", "yes"}});
    const auto made = make(update_of(kSimple, simple_key("a"), add("n", 2)));
    const item::Item expected{{"id", "a"}, {"n", number(3)}, {"kept", "yes"}};
    EXPECT_EQ(made.after, expected);
    EXPECT_EQ(get(kSimple, simple_key("a")), expected);
}

TEST_P(StoreContract, DeleteGivesTheItemAndIsFineWithoutOne) {
    put(kSimple, simple("a", 1));
    const auto deleted = make(delete_of(kSimple, simple_key("a")));
    EXPECT_EQ(deleted.before, simple("a", 1));
    EXPECT_EQ(deleted.after, std::nullopt);
    EXPECT_EQ(deleted.sequence, in_log(2));
    EXPECT_EQ(get(kSimple, simple_key("a")), std::nullopt);
    const auto nothing = make(delete_of(kSimple, simple_key("a")));
    EXPECT_EQ(nothing.before, std::nullopt);
    EXPECT_EQ(nothing.sequence, 0U);
}

TEST_P(StoreContract, CheckChangesNothing) {
    put(kSimple, simple("a", 1));
    const auto checked = make(check_of(kSimple, simple_key("a"), equals("n", number(1))));
    EXPECT_EQ(checked.sequence, 0U);
    EXPECT_EQ(checked.after, simple("a", 1));
    EXPECT_EQ(store().last_sequence(), in_log(1));
}

TEST_P(StoreContract, AFailedConditionRefusesEveryKindOfWriteAndShowsTheItem) {
    put(kSimple, simple("a", 1));
    const auto wrong = equals("n", number(2));
    for (auto& write : std::vector<Write>{put_of(kSimple, simple("a", 9), wrong),
                                          update_of(kSimple, simple_key("a"), add("n", 1), wrong),
                                          delete_of(kSimple, simple_key("a"), wrong),
                                          check_of(kSimple, simple_key("a"), wrong),
                                          put_of(kSimple, simple("a", 9), is_new())}) {
        const auto refused = store().write(std::move(write));
        ASSERT_TRUE(refused.error);
        EXPECT_EQ(refused.error->code, ErrorCode::kConditionFailed);
        EXPECT_EQ(refused.error->message, "The conditional request failed");
        EXPECT_EQ(refused.before, simple("a", 1));
        EXPECT_EQ(refused.sequence, 0U);
    }
    EXPECT_EQ(n_of("a"), 1);
    EXPECT_EQ(store().last_sequence(), in_log(1));
}

TEST_P(StoreContract, AConditionSeesAnAbsentItem) {
    const auto absent =
        store().write(update_of(kSimple, simple_key("a"), add("n", 1), equals("n", number(0))));
    ASSERT_TRUE(absent.error);
    EXPECT_EQ(absent.error->code, ErrorCode::kConditionFailed);
    EXPECT_EQ(absent.before, std::nullopt);
    make(put_of(kSimple, simple("a", 1), is_new()));
    EXPECT_EQ(n_of("a"), 1);
}

inline item::Value lists_around(int levels, item::Value core) {
    for (int i = 0; i < levels; ++i) {
        core = item::List{std::move(core)};
    }
    return core;
}

TEST_P(StoreContract, RefusesWhatNoItemCanBeAndNamesTheAttribute) {
    const std::string long_id(item::kPartitionKeyBytesMax + 1, 'k');
    struct Case {
        const char* why;
        Write write;
        const char* named;
    };
    std::vector<Case> cases;
    cases.push_back({"no key", put_of(kSimple, {{"x", "1"}}), "id"});
    cases.push_back({"no sort key", put_of(kByNumber, {{"id", "a"}}), "at"});
    cases.push_back({"key of another type", put_of(kSimple, {{"id", number(1)}}), "id"});
    cases.push_back({"empty key", put_of(kSimple, {{"id", ""}}), "id"});
    cases.push_back({"long key", put_of(kSimple, {{"id", long_id}}), "hashkey"});
    cases.push_back({"more than the key", delete_of(kSimple, {{"id", "a"}, {"x", "1"}}), ""});
    cases.push_back(
        {"update of the partition key", update_of(kSimple, simple_key("a"), set("id", "b")), "id"});
    cases.push_back({"update of the sort key",
                     update_of(kByNumber, {{"id", "a"}, {"at", number(1)}}, add("at", 1)), "at"});
    cases.push_back({"empty set", put_of(kSimple, {{"id", "a"}, {"s", item::StringSet{}}}), "s"});
    cases.push_back({"empty set inside",
                     put_of(kSimple, {{"id", "a"}, {"m", item::List{item::NumberSet{}}}}), "m"});
    cases.push_back(
        {"33 levels", put_of(kSimple, {{"id", "a"}, {"deep", lists_around(32, "x")}}), "deep"});
    for (auto& c : cases) {
        const auto refused = store().write(std::move(c.write));
        ASSERT_TRUE(refused.error) << c.why;
        EXPECT_EQ(refused.error->code, ErrorCode::kInvalidInput) << c.why;
        EXPECT_NE(refused.error->message.find(c.named), std::string::npos)
            << c.why << ": " << refused.error->message;
    }
    EXPECT_EQ(store().last_sequence(), 0U);
}

TEST_P(StoreContract, StoresTheDeepestNesting) {
    const item::Item deep{{"id", "a"}, {"deep", lists_around(31, "x")}};
    put(kSimple, deep);
    EXPECT_EQ(get(kSimple, simple_key("a")), deep);
}

TEST_P(StoreContract, StoresItemsUpTo400KilobytesNamesIncluded) {
    // "id" + "a" + "x" are 4 bytes of the item.
    const item::Item fits{{"id", "a"}, {"x", std::string(item::kItemBytesMax - 4, 'x')}};
    ASSERT_EQ(item::size_bytes(fits), item::kItemBytesMax);
    put(kSimple, fits);
    EXPECT_EQ(get(kSimple, simple_key("a")), fits);

    const auto put_larger = store().write(
        put_of(kSimple, {{"id", "a"}, {"x", std::string(item::kItemBytesMax - 3, 'x')}}));
    const auto grow = store().write(update_of(kSimple, simple_key("a"), set("y", "")));
    for (const auto& refused : {put_larger, grow}) {
        ASSERT_TRUE(refused.error);
        EXPECT_EQ(refused.error->code, ErrorCode::kTooLarge);
        EXPECT_NE(refused.error->message.find("409601"), std::string::npos)
            << refused.error->message;
    }
    EXPECT_EQ(get(kSimple, simple_key("a")), fits);
}

TEST_P(StoreContract, ABatchIsMadeInOrderAndEachWriteStandsForItself) {
    const auto outcomes = store().write_all(
        {put_of(kSimple, simple("a", 1)), put_of(kSimple, simple("a", 2), is_new()),
         update_of(kSimple, simple_key("a"), add("n", 10)), put_of("Nowhere", simple("b", 1)),
         put_of(kSimple, simple("c", 3))},
        Atomicity::kEach);
    ASSERT_EQ(outcomes.size(), 5U);
    EXPECT_EQ(outcomes[0].sequence, in_log(1));
    EXPECT_EQ(outcomes[1].error->code, ErrorCode::kConditionFailed);
    EXPECT_EQ(outcomes[1].before, simple("a", 1));
    EXPECT_EQ(outcomes[2].sequence, in_log(2));
    EXPECT_EQ(outcomes[2].before, simple("a", 1));
    EXPECT_EQ(outcomes[3].error->code, ErrorCode::kTableNotFound);
    EXPECT_EQ(outcomes[4].sequence, in_log(3));
    EXPECT_EQ(n_of("a"), 11);
    EXPECT_EQ(n_of("c"), 3);
}

TEST_P(StoreContract, AnEmptyBatchIsFine) {
    EXPECT_TRUE(store().write_all({}, Atomicity::kEach).empty());
    EXPECT_TRUE(store().write_all({}, Atomicity::kAll).empty());
    EXPECT_EQ(store().last_sequence(), 0U);
}

// The update that everyone builds on a version number: read, then write if nobody was faster.
TEST_P(StoreContract, ConditionalUpdatesFromManyThreadsLoseNothing) {
    constexpr int kThreads = 64;
    constexpr int kUpdatesEach = 8;
    put(kSimple, {{"id", "counter"}, {"n", number(0)}});
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this] {
            for (int made = 0; made < kUpdatesEach;) {
                const auto seen = n_of("counter");
                const auto outcome =
                    store().write(update_of(kSimple, simple_key("counter"),
                                            set("n", number(seen + 1)), equals("n", number(seen))));
                made += outcome.error ? 0 : 1;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(n_of("counter"), kThreads * kUpdatesEach);
    EXPECT_EQ(store().last_sequence(), in_log(kThreads * kUpdatesEach + 1));
}

}  // namespace meridian::store
