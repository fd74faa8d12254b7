#include "replication/heard.h"

#include <gtest/gtest.h>

namespace meridian::replication {
namespace {

constexpr store::LogId kLog{1};

class HeardTest : public testing::Test {
  protected:
    HeardTest() {
        for (const auto* region : {"a", "b", "c"}) {
            table_.note_log(region, kLog);
        }
    }
    void all_hear_all(std::uint64_t through) {
        for (const auto* observer : {"a", "b", "c"}) {
            for (const auto* origin : {"a", "b", "c"}) {
                table_.note({observer, origin, {through}, kLog});
            }
        }
    }

    HeardTable table_{{"a", "b", "c"}};
};

TEST_F(HeardTest, EverywhereIsWhereTheLastOneIs) {
    EXPECT_FALSE(table_.everywhere());
    all_hear_all(10);
    EXPECT_EQ(table_.everywhere(), HybridTime{10});
    table_.note({"a", "b", {20}, kLog});
    EXPECT_EQ(table_.everywhere(), HybridTime{10});
    all_hear_all(15);
    EXPECT_EQ(table_.everywhere(), HybridTime{15});
}

TEST_F(HeardTest, OneRegionThatHeardNothingHoldsAllUp) {
    for (const auto* observer : {"a", "b"}) {
        for (const auto* origin : {"a", "b", "c"}) {
            table_.note({observer, origin, {10}, kLog});
        }
    }
    table_.note({"c", "a", {10}, kLog});
    EXPECT_FALSE(table_.everywhere());
    table_.note({"c", "b", {10}, kLog});
    EXPECT_EQ(table_.everywhere(), HybridTime{10});
}

TEST_F(HeardTest, EntriesOnlyMoveForward) {
    table_.note({"a", "b", {20}, kLog});
    table_.note({"a", "b", {10}, kLog});
    EXPECT_EQ(table_.all(), (std::vector<Heard>{{"a", "b", {20}, kLog}}));
}

TEST_F(HeardTest, ARegionWithAnotherLogHasHeardNobody) {
    all_hear_all(10);
    table_.note_log("c", store::LogId{2});
    EXPECT_FALSE(table_.everywhere());
    all_hear_all(20);
    EXPECT_FALSE(table_.everywhere()) << "others still tell of its former life";
    table_.note({"c", "a", {5}, store::LogId{2}});
    table_.note({"c", "b", {6}, store::LogId{2}});
    EXPECT_EQ(table_.everywhere(), HybridTime{5});
}

TEST_F(HeardTest, ARegionWhoseLogNobodyKnowsHoldsAllUp) {
    HeardTable table({"a", "b"});
    table.note_log("a", kLog);
    table.note({"a", "b", {10}, kLog});
    table.note({"b", "a", {10}, kLog});
    EXPECT_FALSE(table.everywhere());
    table.note_log("b", kLog);
    EXPECT_EQ(table.everywhere(), HybridTime{10});
}

TEST_F(HeardTest, RegionsThatDontCountArePassedOver) {
    table_.note({"a", "z", {10}, kLog});
    table_.note({"z", "a", {10}, kLog});
    table_.note({"a", "a", {10}, kLog});
    EXPECT_TRUE(table_.all().empty());
}

TEST(HeardTable, OfOneRegionAloneThereIsNothingToHear) {
    HeardTable table({"a"});
    table.note_log("a", kLog);
    EXPECT_FALSE(table.everywhere());
}

}  // namespace
}  // namespace meridian::replication
