// Contract: transactions.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

TEST_P(StoreContract, ATransactionMakesAllItsWrites) {
    put(kSimple, simple("old", 1));
    put(kSimple, simple("seen", 1));
    const auto outcomes =
        store().write_all({put_of(kSimple, simple("new", 1), is_new()),
                           update_of(kByName, {{"id", "a"}, {"name", "b"}}, add("n", 1)),
                           delete_of(kSimple, simple_key("old")),
                           check_of(kSimple, simple_key("seen"), equals("n", number(1)))},
                          Atomicity::kAll);
    ASSERT_EQ(outcomes.size(), 4U);
    const std::vector<SequenceNumber> sequences{3, 4, 5, 0};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        EXPECT_FALSE(outcomes[i].error) << outcomes[i].error->message;
        EXPECT_EQ(outcomes[i].sequence, in_log(sequences[i])) << i;
    }
    EXPECT_EQ(n_of("new"), 1);
    EXPECT_EQ(n_of("old"), -1);
    EXPECT_TRUE(get(kByName, {{"id", "a"}, {"name", "b"}}));
}

TEST_P(StoreContract, ARefusedTransactionMakesNothingAndSaysWhy) {
    put(kSimple, simple("a", 1));
    struct Case {
        const char* why;
        Write write;
        ErrorCode code;
    };
    std::vector<Case> cases;
    cases.push_back(
        {"condition", put_of(kSimple, simple("a", 9), is_new()), ErrorCode::kConditionFailed});
    cases.push_back({"check", check_of(kSimple, simple_key("a"), equals("n", number(2))),
                     ErrorCode::kConditionFailed});
    cases.push_back({"key", put_of(kSimple, {{"x", "1"}}), ErrorCode::kInvalidInput});
    cases.push_back({"table", put_of("Nowhere", simple("a", 1)), ErrorCode::kTableNotFound});
    cases.push_back({"size",
                     put_of(kSimple, {{"id", "big"}, {"x", std::string(item::kItemBytesMax, 'x')}}),
                     ErrorCode::kTooLarge});
    for (auto& c : cases) {
        std::vector<Write> writes{put_of(kSimple, simple("fine", 1)), std::move(c.write),
                                  delete_of(kSimple, simple_key("other"))};
        const auto outcomes = store().write_all(std::move(writes), Atomicity::kAll);
        ASSERT_EQ(outcomes.size(), 3U) << c.why;
        EXPECT_EQ(outcomes[0].error->code, ErrorCode::kTransactionCanceled) << c.why;
        EXPECT_EQ(outcomes[1].error->code, c.code) << c.why;
        EXPECT_EQ(outcomes[2].error->code, ErrorCode::kTransactionCanceled) << c.why;
        EXPECT_EQ(n_of("fine"), -1) << c.why;
    }
    EXPECT_EQ(n_of("a"), 1);
    EXPECT_EQ(store().last_sequence(), in_log(1));
}

TEST_P(StoreContract, ATransactionMayNotNameAnItemTwice) {
    put(kSimple, simple("seen", 1));
    const auto outcomes =
        store().write_all({put_of(kSimple, simple("a", 1)), put_of(kSimple, simple("b", 1)),
                           check_of(kSimple, simple_key("a"), is_new())},
                          Atomicity::kAll);
    EXPECT_EQ(outcomes[0].error->code, ErrorCode::kInvalidInput);
    EXPECT_EQ(outcomes[1].error->code, ErrorCode::kTransactionCanceled);
    EXPECT_EQ(outcomes[2].error->code, ErrorCode::kInvalidInput);
    EXPECT_EQ(n_of("a"), -1);
    EXPECT_EQ(n_of("b"), -1);
}

// The same key in two tables is two items.
TEST_P(StoreContract, ATransactionMayNameOneKeyInTwoTables) {
    create("Twin", {{"id", item::KeyType::kString}, std::nullopt});
    const auto outcomes = store().write_all(
        {put_of(kSimple, simple("a", 1)), put_of("Twin", simple("a", 2))}, Atomicity::kAll);
    EXPECT_FALSE(outcomes[0].error);
    EXPECT_FALSE(outcomes[1].error);
    EXPECT_EQ(n_of("a"), 1);
}

// Money moves between accounts from many threads; the sum stays, and no account goes below zero.
TEST_P(StoreContract, TransactionsFromManyThreadsKeepTheirInvariant) {
    constexpr int kAccounts = 5;
    constexpr int kThreads = 8;
    constexpr int kTransfersEach = 40;
    const auto account = [](int i) { return "account" + std::to_string(i % kAccounts); };
    for (int i = 0; i < kAccounts; ++i) {
        put(kSimple, simple(account(i), 100));
    }
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this, t, &account] {
            for (int i = 0; i < kTransfersEach; ++i) {
                const expression::Condition covered = expression::Compare{
                    expression::Comparison::kGreaterOrEqual, path("n"), number(7)};
                std::ignore = store().write_all(
                    {update_of(kSimple, simple_key(account(i + t)), add("n", -7), covered),
                     update_of(kSimple, simple_key(account(i + 2 * t + 1)), add("n", 7))},
                    Atomicity::kAll);
            }
        });
    }
    threads.clear();
    std::int64_t sum = 0;
    for (int i = 0; i < kAccounts; ++i) {
        EXPECT_GE(n_of(account(i)), 0);
        sum += n_of(account(i));
    }
    EXPECT_EQ(sum, 100 * kAccounts);
}

}  // namespace meridian::store
