// Pages of rule keys, against a sorted list that is searched from end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "routing/snapshot.h"

namespace meridian::routing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Snapshot snapshot_of(const std::vector<RuleKey>& keys) {
    SnapshotBuilder builder;
    for (const auto& key : keys) {
        Rule rule;
        rule.phone_number = key.phone_number;
        rule.region = key.region;
        builder.add(PutRule{rule});
    }
    return std::move(builder).build();
}

std::vector<RuleKey> keys(const Snapshot& snapshot, std::string_view prefix,
                          std::string_view region = {}) {
    return snapshot.keys({.prefix = prefix, .region = region}).keys;
}

class KeyPages : public testing::Test {
  protected:
    const Snapshot snapshot_ = snapshot_of({{"+1800555", "b"},
                                            {"+1800555", "a"},
                                            {"+18", "a"},
                                            {"+1800", "b"},
                                            {"+1900", "a"},
                                            {"+44", "a"}});
};

TEST_F(KeyPages, AreInTheOrderOfNumberAndRegion) {
    EXPECT_THAT(keys(snapshot_, ""),
                ElementsAre(RuleKey{"+18", "a"}, RuleKey{"+1800", "b"}, RuleKey{"+1800555", "a"},
                            RuleKey{"+1800555", "b"}, RuleKey{"+1900", "a"}, RuleKey{"+44", "a"}));
    EXPECT_THAT(keys(snapshot_, "", "b"),
                ElementsAre(RuleKey{"+1800", "b"}, RuleKey{"+1800555", "b"}));
    EXPECT_THAT(keys(snapshot_, "", "nowhere"), IsEmpty());
}

// "+1800" has a rule, "+180" lies between two, "+18005" within the last bytes of one.
TEST_F(KeyPages, APrefixNeedsNoRuleOfItsOwn) {
    for (const char* prefix : {"+180", "+1800"}) {
        EXPECT_THAT(
            keys(snapshot_, prefix),
            ElementsAre(RuleKey{"+1800", "b"}, RuleKey{"+1800555", "a"}, RuleKey{"+1800555", "b"}));
    }
    EXPECT_THAT(keys(snapshot_, "+18005", "a"), ElementsAre(RuleKey{"+1800555", "a"}));
    for (const char* prefix : {"+18005550", "+2", "+4400", "0", "~"}) {
        EXPECT_THAT(keys(snapshot_, prefix), IsEmpty()) << prefix;
    }
}

TEST_F(KeyPages, GoOnAfterAKeyThatNeedNotBeThere) {
    const auto after = [&](RuleKey key) { return snapshot_.keys({.after = key}).keys; };
    EXPECT_THAT(after({"+1800555", "a"}),
                ElementsAre(RuleKey{"+1800555", "b"}, RuleKey{"+1900", "a"}, RuleKey{"+44", "a"}));
    EXPECT_THAT(after({"+1800555", "b"}), ElementsAre(RuleKey{"+1900", "a"}, RuleKey{"+44", "a"}));
    EXPECT_THAT(after({"+2", ""}), ElementsAre(RuleKey{"+44", "a"}));
    EXPECT_THAT(after({"+44", "a"}), IsEmpty());
    EXPECT_EQ(after({"", ""}).size(), 6U);
}

TEST_F(KeyPages, TheLastOneHasNoNext) {
    EXPECT_EQ(snapshot_.keys({.keys_max = 6}).next, std::nullopt);
    EXPECT_EQ(snapshot_.keys({.keys_max = 5}).next, (RuleKey{"+1900", "a"}));
    EXPECT_EQ(snapshot_.keys({.prefix = "+18", .keys_max = 4}).next, std::nullopt);
    EXPECT_EQ(snapshot_.keys({.region = "b", .keys_max = 2}).next, std::nullopt);
}

TEST_F(KeyPages, ARareRegionTakesNoMoreThanExaminedMax) {
    const KeyPage page = snapshot_.keys({.region = "b", .examined_max = 1});
    EXPECT_THAT(page.keys, IsEmpty());
    EXPECT_EQ(page.next, (RuleKey{"+18", "a"}));
    EXPECT_EQ(snapshot_.keys({.region = "b", .examined_max = 6}).next, std::nullopt);
}

TEST_F(KeyPages, NothingHasNoKeys) {
    EXPECT_THAT(keys(Snapshot(), ""), IsEmpty());
    EXPECT_EQ(Snapshot().keys({.after = RuleKey{"+1", "a"}}).next, std::nullopt);
}

// ---- Random tables and queries.

class World {
  public:
    World(std::uint64_t seed, std::string letters) : random_(seed), letters_(std::move(letters)) {}

    std::size_t below(std::size_t bound) { return random_.next() % bound; }
    std::string number(std::size_t length_max) {
        std::string text;
        for (std::size_t length = below(length_max + 1); text.size() < length;) {
            text.push_back(letters_[below(letters_.size())]);
        }
        return text;
    }
    // Rules may have r0 to r4; of r4 there are none.
    std::string region() { return "r" + std::to_string(below(4)); }
    RuleKey key() { return {number(6), region()}; }
    KeyQuery query(const std::string& prefix, const std::string& region) {
        KeyQuery query{.prefix = prefix, .region = region};
        if (below(2) == 0) {
            query.after = key();
        }
        query.keys_max = 1 + below(10);
        query.examined_max = 1 + below(below(2) == 0 ? 10 : 1000);
        return query;
    }

  private:
    SeededRandom random_;
    std::string letters_;
};

std::vector<RuleKey> expected_of(const std::vector<RuleKey>& sorted, const KeyQuery& query) {
    std::vector<RuleKey> expected;
    for (const auto& key : sorted) {
        if (key.phone_number.starts_with(query.prefix) && (!query.after || key > *query.after) &&
            (query.region.empty() || key.region == query.region)) {
            expected.push_back(key);
        }
    }
    return expected;
}

// All pages of a query; each but the last must have looked as far as it may.
std::vector<RuleKey> all_pages(const Snapshot& snapshot, KeyQuery query) {
    std::vector<RuleKey> keys;
    for (;;) {
        const KeyPage page = snapshot.keys(query);
        EXPECT_LE(page.keys.size(), query.keys_max);
        keys.insert(keys.end(), page.keys.begin(), page.keys.end());
        if (!page.next) {
            return keys;
        }
        EXPECT_TRUE(!query.after || *page.next > *query.after) << "no page goes back";
        EXPECT_TRUE(page.keys.size() == query.keys_max || query.examined_max < 1000);
        query.after = page.next;
    }
}

TEST(KeyPagesProperty, AreTheSortedListInPieces) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes.push_back(static_cast<char>(i));
    }
    for (const std::string& letters : {std::string("12"), std::string("+0123456789"), bytes}) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            World world(seed, letters);
            std::vector<RuleKey> sorted;
            for (std::size_t count = world.below(200); sorted.size() < count;) {
                sorted.push_back(world.key());
            }
            const Snapshot snapshot = snapshot_of(sorted);
            std::ranges::sort(sorted);
            const auto twice = std::ranges::unique(sorted);
            sorted.erase(twice.begin(), twice.end());
            for (int i = 0; i < 100; ++i) {
                const std::string prefix = world.number(world.below(4));
                const std::string region =
                    world.below(2) == 0 ? "" : "r" + std::to_string(world.below(5));
                const KeyQuery query = world.query(prefix, region);
                ASSERT_EQ(all_pages(snapshot, query), expected_of(sorted, query))
                    << "seed " << seed << " #" << i;
            }
        }
    }
}

}  // namespace
}  // namespace meridian::routing
