// Contract of embedded stores: the change log and its observers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

TEST_P(EmbeddedStore, TheLogHoldsEveryChangeInOrder) {
    put(kSimple, simple("a", 1));
    clock_.advance(std::chrono::milliseconds{5});
    make(update_of(kSimple, simple_key("a"), add("n", 1)));
    make(delete_of(kSimple, simple_key("a")));
    put(kByName, {{"id", "x"}, {"name", "ü"}});

    const auto log = log_after(0);
    ASSERT_EQ(log.size(), 4U);
    for (std::size_t i = 0; i < log.size(); ++i) {
        EXPECT_EQ(log[i].sequence, i + 1);
    }
    EXPECT_EQ(log[0].before, std::nullopt);
    EXPECT_EQ(log[0].after, simple("a", 1));
    EXPECT_EQ(log[0].at + std::chrono::milliseconds{5}, log[1].at);
    EXPECT_EQ(log[1].before, simple("a", 1));
    EXPECT_EQ(log[1].after, simple("a", 2));
    EXPECT_EQ(log[2].before, simple("a", 2));
    EXPECT_EQ(log[2].after, std::nullopt);
    EXPECT_EQ(log[2].key, simple_key("a"));
    EXPECT_EQ(log[2].table, kSimple);
    EXPECT_EQ(log[3].key, (item::Key{{"id", "x"}, {"name", "ü"}}));
    EXPECT_EQ(store().last_sequence(), 4U);
}

// A put that writes what is there already was still the last to write the item.
TEST_P(EmbeddedStore, TheLogHoldsAPutOfTheSameItem) {
    put(kSimple, simple("a", 1));
    EXPECT_EQ(put(kSimple, simple("a", 1)).sequence, 2U);
    EXPECT_EQ(log_after(1).size(), 1U);
}

TEST_P(EmbeddedStore, TheLogHoldsNothingOfWhatChangedNothing) {
    put(kSimple, simple("a", 1));
    std::ignore = store().write(put_of(kSimple, simple("a", 2), is_new()));
    make(delete_of(kSimple, simple_key("none")));
    make(check_of(kSimple, simple_key("a"), equals("n", number(1))));
    std::ignore = store().write_all(
        {put_of(kSimple, simple("b", 1)), put_of(kSimple, simple("a", 1), is_new())},
        Atomicity::kAll);
    EXPECT_EQ(put(kSimple, simple("c", 1)).sequence, 2U);
    EXPECT_EQ(log_after(0).size(), 2U);
}

TEST_P(EmbeddedStore, TheLogIsReadInPages) {
    for (int i = 1; i <= 10; ++i) {
        put(kSimple, simple("a", i));
    }
    const auto middle = store().read_log(3, 4);
    ASSERT_TRUE(middle);
    ASSERT_EQ(middle->size(), 4U);
    EXPECT_EQ(middle->front().sequence, 4U);
    EXPECT_EQ(middle->back().sequence, 7U);
    EXPECT_EQ(store().read_log(8, 100)->size(), 2U);
    EXPECT_TRUE(store().read_log(10, 100)->empty());
    EXPECT_TRUE(store().read_log(0, 0)->empty());
}

TEST_P(EmbeddedStore, APageOfTheLogEndsBeforeAMegabyteButIsNeverEmpty) {
    const std::string filler(390 * 1024, 'x');
    for (int i = 0; i < 4; ++i) {
        put(kSimple, {{"id", "a"}, {"n", number(i)}, {"x", filler}});
    }
    // The first has no image before it; every other one is two images, 780 KB.
    EXPECT_EQ(store().read_log(0, 100)->size(), 1U);
    EXPECT_EQ(store().read_log(1, 100)->size(), 1U);
    SequenceNumber at = 0;
    while (at < store().last_sequence()) {
        const auto page = store().read_log(at, 100);
        ASSERT_TRUE(page);
        ASSERT_FALSE(page->empty());
        ASSERT_EQ(page->front().sequence, at + 1);
        at = page->back().sequence;
    }
}

TEST_P(EmbeddedStore, ObserversSeeACommitBeforeItsWriterDoes) {
    std::vector<Change> seen;
    std::optional<item::Item> readable;
    store().observe([&](std::span<const Change> changes) {
        seen.insert(seen.end(), changes.begin(), changes.end());
        readable = *store().get({kSimple, simple_key("a")});
    });
    put(kSimple, simple("a", 1));
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].sequence, 1U);
    EXPECT_EQ(seen[0].after, simple("a", 1));
    EXPECT_EQ(readable, simple("a", 1)) << "what is observed is readable";
    std::ignore = store().write(put_of(kSimple, simple("a", 2), is_new()));
    EXPECT_EQ(seen.size(), 1U) << "nothing changed";
}

TEST_P(EmbeddedStore, EveryObserverSeesAllChangesInOrderUnderLoad) {
    constexpr int kThreads = 8;
    constexpr int kWritesEach = 50;
    std::vector<SequenceNumber> first;
    std::vector<SequenceNumber> second;
    for (auto* seen : {&first, &second}) {
        store().observe([seen](std::span<const Change> changes) {
            for (const auto& change : changes) {
                seen->push_back(change.sequence);
            }
        });
    }
    std::atomic<int> too_early = 0;
    std::atomic<SequenceNumber> observed = 0;
    store().observe([&](std::span<const Change> changes) { observed = changes.back().sequence; });
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kWritesEach; ++i) {
                const auto made = put(kSimple, simple(std::to_string(t), i));
                too_early += made.sequence > observed ? 1 : 0;
            }
        });
    }
    threads.clear();
    ASSERT_EQ(first.size(), static_cast<std::size_t>(kThreads * kWritesEach));
    for (std::size_t i = 0; i < first.size(); ++i) {
        ASSERT_EQ(first[i], i + 1);
    }
    EXPECT_EQ(first, second);
    EXPECT_EQ(too_early, 0);
}

TEST_P(EmbeddedStore, TheLogReplayedGivesTheTables) {
    constexpr int kThreads = 4;
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this, t] {
            for (int i = 0; i < 60; ++i) {
                const auto id = "id" + std::to_string((i * 7 + t) % 13);
                std::ignore = i % 5 == 4 ? store().write(delete_of(kSimple, simple_key(id)))
                                         : store().write(put_of(kSimple, simple(id, i)));
            }
        });
    }
    threads.clear();
    std::map<std::string, item::Item> replayed;
    for (const auto& change : log_after(0)) {
        const auto& id = *change.key.at("id").as<std::string>();
        const auto known = replayed.find(id);
        EXPECT_EQ(change.before,
                  known == replayed.end() ? std::nullopt : std::optional(known->second));
        if (change.after) {
            replayed[id] = *change.after;
        } else {
            replayed.erase(id);
        }
    }
    const auto page = store().scan({.table = kSimple});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->items.size(), replayed.size());
    for (const auto& item : page->items) {
        EXPECT_EQ(item, replayed.at(*item.at("id").as<std::string>()));
    }
}

}  // namespace meridian::store
