// Contract: writes that nobody waits for.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

TEST_P(StoreContract, SubmissionsAreMadeInTheOrderInWhichTheyCame) {
    constexpr int kSubmissions = 200;
    std::mutex mutex;
    std::vector<WriteOutcome> outcomes;
    std::promise<void> all;
    for (int i = 0; i < kSubmissions; ++i) {
        std::vector<Write> writes;
        writes.push_back(put_of(kSimple, simple("a", i)));
        store().submit(std::move(writes), Atomicity::kEach, [&](std::vector<WriteOutcome> made) {
            const std::lock_guard lock(mutex);
            outcomes.push_back(std::move(made.at(0)));
            if (outcomes.size() == kSubmissions) {
                all.set_value();
            }
        });
    }
    all.get_future().wait();
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        ASSERT_FALSE(outcomes[i].error) << outcomes[i].error->message;
        EXPECT_EQ(outcomes[i].sequence, in_log(i + 1));
        EXPECT_EQ(outcomes[i].before, i == 0 ? Image() : simple("a", static_cast<int>(i) - 1));
    }
    EXPECT_EQ(n_of("a"), kSubmissions - 1);
}

// submit() does not block, so whoever is told of one write may submit the next.
TEST_P(StoreContract, ACompletionMaySubmit) {
    std::promise<SequenceNumber> second;
    const auto one = [](Write write) {
        std::vector<Write> writes;
        writes.push_back(std::move(write));
        return writes;
    };
    store().submit(
        one(put_of(kSimple, simple("a", 1))), Atomicity::kEach, [&](std::vector<WriteOutcome>) {
            store().submit(
                one(put_of(kSimple, simple("a", 2))), Atomicity::kEach,
                [&](std::vector<WriteOutcome> made) { second.set_value(made.at(0).sequence); });
        });
    EXPECT_EQ(second.get_future().get(), in_log(2));
    EXPECT_EQ(n_of("a"), 2);
}

// Whoever submits and then waits for a write of its own has them made in that order.
TEST_P(StoreContract, AWriteComesAfterWhatItsThreadHasSubmitted) {
    constexpr int kSubmissions = 20;
    for (int i = 0; i < kSubmissions; ++i) {
        std::vector<Write> writes;
        writes.push_back(update_of(kSimple, simple_key("a"), add("n", 1)));
        store().submit(std::move(writes), Atomicity::kEach, [](std::vector<WriteOutcome>) {});
    }
    const auto last = make(update_of(kSimple, simple_key("a"), add("n", 1)));
    EXPECT_EQ(last.after, simple("a", kSubmissions + 1));
}

}  // namespace meridian::store
