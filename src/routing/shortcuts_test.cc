#include "routing/shortcuts.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace meridian::routing {
namespace {

constexpr std::size_t kRules = 100'000;

Handle rule(std::uint32_t number) {
    return marked(static_cast<Handle>(number));
}
// Consecutive hashes would fill all buckets alike.
std::uint32_t spread(std::uint32_t i) {
    return i * 0x9E3779B9U;
}

// A table with room for kRules and a snapshot that leads its line.
class ShortcutsTest : public testing::Test {
  protected:
    ShortcutsTest() {
        for (std::size_t i = 0; i < kRules; ++i) {
            table_.grow(kRules);
        }
    }

    ShortcutTable table_;
    Shortcuts first_{table_};
};

TEST_F(ShortcutsTest, FindWhatWasPut) {
    EXPECT_EQ(first_.find(7), Handle::kNone);
    first_.put(7, rule(1));
    EXPECT_EQ(first_.find(7), rule(1));
    first_.put(7, rule(2));
    EXPECT_EQ(first_.find(7), rule(2));
    first_.erase(7);
    EXPECT_EQ(first_.find(7), Handle::kNone);
}

// Its few rules are in a cache anyway, and many tables may be short-lived.
TEST(ShortcutTable, TakesNoMemoryForFewRules) {
    ShortcutTable table;
    Shortcuts snapshot(table);
    table.grow(500);
    snapshot.put(7, rule(1));
    EXPECT_EQ(snapshot.find(7), Handle::kNone);
    EXPECT_EQ(table.bytes(), 0U);
}

// A table that loses what a growing number of rules puts in would be a slow one, and nobody would
// see it: decisions stay right.
TEST(ShortcutTable, KeepsNearlyAllAtAnySize) {
    ShortcutTable table;
    Shortcuts snapshot(table);
    std::uint32_t put = 0;
    for (const std::uint32_t rules : {20'000U, 40'000U, 60'000U, 80'000U, 100'000U}) {
        for (; put < rules; ++put) {
            table.grow(put + 1);
            snapshot.put(spread(put), rule(put + 1));
        }
        std::size_t found = 0;
        for (std::uint32_t i = 1'000; i < rules; ++i) {
            const Handle handle = snapshot.find(spread(i));
            if (handle != Handle::kNone) {
                ASSERT_EQ(handle, rule(i + 1));
                ++found;
            }
        }
        EXPECT_GE(found, rules * 85 / 100) << "of " << rules;
        EXPECT_LE(table.bytes(), rules * 14) << "of " << rules;
    }
}

// A bucket that is split is as new as it was.
TEST(ShortcutTable, RemembersWhoChangedItWhileItGrows) {
    ShortcutTable table;
    table.grow(1'000);
    const Shortcuts first(table);
    Shortcuts second(first);
    for (std::uint32_t i = 1; i <= 1'000; ++i) {
        second.put(spread(i), rule(i));
    }
    std::size_t found = 0;
    for (std::size_t rules = 1'000; rules <= 10'000; ++rules) {
        table.grow(rules);
    }
    for (std::uint32_t i = 1; i <= 1'000; ++i) {
        EXPECT_EQ(first.find(spread(i)), Handle::kNone);
        found += second.find(spread(i)) == rule(i) ? 1U : 0U;
    }
    EXPECT_GT(found, 0U);
}

TEST_F(ShortcutsTest, AnOlderSnapshotDoesNotBelieveWhatCameAfterIt) {
    first_.put(7, rule(1));
    Shortcuts second(first_);
    second.put(7, rule(2));
    EXPECT_EQ(second.find(7), rule(2));
    EXPECT_EQ(first_.find(7), Handle::kNone);
    second.erase(7);
    EXPECT_EQ(second.find(7), Handle::kNone);
    EXPECT_EQ(first_.find(7), Handle::kNone);
}

TEST_F(ShortcutsTest, WhatNobodyChangedBothBelieve) {
    first_.put(7, rule(1));
    Shortcuts second(first_);
    second.put(8, rule(2));
    EXPECT_EQ(second.find(7), rule(1));
    EXPECT_EQ(first_.find(7), rule(1));
}

// Two snapshots from one: the second may not put its rules where the first would find them, nor
// believe the first one's.
TEST_F(ShortcutsTest, ABranchKeepsToItself) {
    first_.put(7, rule(1));
    first_.put(9, rule(9));
    const auto branch_off = [&](const Shortcuts& from, Handle changed) {
        auto branch = std::make_unique<Shortcuts>(from);
        branch->put(7, changed);
        return branch;
    };
    Shortcuts line(first_);
    line.put(8, rule(2));
    const auto branch = branch_off(first_, rule(3));
    const auto twig = branch_off(*branch, rule(4));
    EXPECT_EQ(line.find(8), rule(2));
    EXPECT_EQ(branch->find(8), Handle::kNone);
    EXPECT_EQ(branch->find(7), Handle::kNone);
    EXPECT_EQ(twig->find(7), Handle::kNone);
    EXPECT_EQ(twig->find(9), rule(9));

    Shortcuts next(line);  // goes on with the line's rule, which is still the first one's
    EXPECT_EQ(next.find(7), rule(1));
    EXPECT_EQ(next.find(8), rule(2));
}

TEST_F(ShortcutsTest, TheLineGoesOnWhereABranchWasDropped) {
    first_.put(7, rule(1));
    {
        Shortcuts what_if(first_);
        what_if.put(7, rule(2));
        what_if.put(8, rule(3));
        Shortcuts further(what_if);
        further.put(9, rule(4));
    }
    Shortcuts second(first_);
    EXPECT_EQ(second.find(7), Handle::kNone) << "forgotten, not believed";
    EXPECT_EQ(second.find(8), Handle::kNone);
    EXPECT_EQ(second.find(9), Handle::kNone);
    second.put(7, rule(5));
    EXPECT_EQ(second.find(7), rule(5)) << "it leads";
}

// The one that leads again has the number that the branch had when it came off: it is not the same.
TEST_F(ShortcutsTest, ABranchNeverTakesTheLead) {
    first_.put(7, rule(1));
    auto line = std::make_unique<Shortcuts>(first_);
    Shortcuts branch(first_);
    branch.put(7, rule(2));
    line.reset();
    Shortcuts twig(branch);
    EXPECT_EQ(twig.find(7), Handle::kNone);
    twig.put(7, rule(3));
    Shortcuts second(first_);
    EXPECT_EQ(second.find(7), rule(1));
}

TEST(ShortcutHash, DependsOnNumberAndRegion) {
    const auto hash = shortcut_hash("+18005551234", "us-east-1");
    EXPECT_EQ(hash, shortcut_hash("+18005551234", "us-east-1"));
    EXPECT_NE(hash, shortcut_hash("+18005551235", "us-east-1"));
    EXPECT_NE(hash, shortcut_hash("+18005551234", "us-east-2"));
    EXPECT_NE(shortcut_hash("+1", "1"), shortcut_hash("+11", ""));
}

}  // namespace
}  // namespace meridian::routing
