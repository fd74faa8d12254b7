// Whole clusters in one thread, each under a seed that a failure names.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "replication/cluster_for_tests.h"

namespace meridian::replication {
namespace {

std::string some_id(Cluster& cluster) {
    return "rule-" + std::to_string(cluster.draw(12));
}

void write_somewhere(Cluster& cluster) {
    cluster.write(cluster.draw(cluster.size()), some_id(cluster), cluster.draw(4) == 0);
}

struct Mix {
    int steps = 400;
    int write_percent = 30;
    int collect_percent = 5;
    int cut_percent = 1;
    int heal_percent = 1;
    int clock_percent = 1;
    int restart_percent = 0;
};

void live(Cluster& cluster, const Mix& mix) {
    for (int i = 0; i < mix.steps && !testing::Test::HasFailure(); ++i) {
        auto dice = static_cast<int>(cluster.draw(100));
        const auto falls = [&dice](int percent) {
            dice -= percent;
            return dice < 0 && dice >= -percent;
        };
        const auto somewhere = cluster.draw(cluster.size());
        if (falls(mix.write_percent)) {
            write_somewhere(cluster);
        } else if (falls(mix.collect_percent)) {
            cluster.collect(somewhere);
        } else if (falls(mix.cut_percent)) {
            cluster.cut(somewhere, (somewhere + 1) % cluster.size());
        } else if (falls(mix.heal_percent)) {
            cluster.heal();
        } else if (falls(mix.clock_percent)) {
            cluster.step_clock(somewhere, std::chrono::milliseconds{cluster.draw(60'000)} -
                                              std::chrono::milliseconds{30'000});
        } else if (falls(mix.restart_percent)) {
            cluster.restart(somewhere);
        } else {
            cluster.step_somewhere();
        }
    }
}

void expect_settled(Cluster& cluster) {
    cluster.settle();
    cluster.expect_equal();
    cluster.expect_nothing_lost();
}

// Runs one life after the other, until one fails.
void for_seeds(std::uint64_t count, const std::function<void(std::uint64_t seed)>& live_once) {
    for (std::uint64_t seed = 1; seed <= count && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        live_once(seed);
    }
}

TEST(Cluster, EveryRegionEndsWithWhatAllWrote) {
    for_seeds(60, [](auto seed) {
        Cluster cluster({.regions = 2 + static_cast<int>(seed % 4), .loss_percent = 10}, seed);
        live(cluster, {});
        expect_settled(cluster);
    });
}

TEST(Cluster, RegionsThatStopAndStartAgainLoseNothing) {
    for_seeds(6, [](auto seed) {
        Cluster cluster({.regions = 3, .kept = Kept::kDisk, .loss_percent = 10}, seed);
        live(cluster, {.steps = 200, .restart_percent = 4});
        expect_settled(cluster);
    });
}

TEST(Cluster, ALogThatWasTrimmedIsMadeUpForByPages) {
    for_seeds(4, [](auto seed) {
        Cluster cluster(
            {.regions = 3, .kept = Kept::kDisk, .log_changes_kept = 10, .loss_percent = 5}, seed);
        live(cluster, {.steps = 200, .write_percent = 60, .cut_percent = 3});
        expect_settled(cluster);
        cluster.cut(0, 1);
        cluster.cut(0, 2);
        for (int i = 0; i < 60; ++i) {
            cluster.write(1, "rule-" + std::to_string(i % 7), i % 5 == 0);
        }
        const auto before = cluster.status(0, 1).pages;
        expect_settled(cluster);
        EXPECT_GT(cluster.status(0, 1).pages, before);
    });
}

TEST(Cluster, ARegionThatJoinsGetsEverything) {
    for_seeds(20, [](auto seed) {
        Cluster cluster({.regions = 3, .loss_percent = 5}, seed);
        live(cluster, {});
        cluster.add_region();
        live(cluster, {.steps = 100});
        expect_settled(cluster);
    });
}

// Also what it wrote itself and only some of the others had heard.
TEST(Cluster, ARegionThatLostItsTablesGetsThemBack) {
    for_seeds(30, [](auto seed) {
        Cluster cluster({.regions = 3, .loss_percent = 5}, seed);
        live(cluster, {});
        cluster.settle();
        cluster.write(0, "heard-by-one");
        cluster.step(1, 0);
        cluster.step(1, 0);
        ASSERT_TRUE(cluster.state_of(1, "heard-by-one").image);
        cluster.lose_tables(0);
        for (std::size_t i = 0; seed % 2 == 0 && i < 8; ++i) {
            cluster.step(2, 0);  // which has nothing yet
        }
        live(cluster, {.steps = 100, .write_percent = 0});
        cluster.settle();
        cluster.expect_equal();
        EXPECT_TRUE(cluster.state_of(2, "heard-by-one").image);
    });
}

TEST(Cluster, ARegionThatLostItsTablesTwiceOnDisk) {
    for_seeds(2, [](auto seed) {
        Cluster cluster({.regions = 3, .kept = Kept::kDisk, .loss_percent = 5}, seed);
        for (int i = 0; i < 2; ++i) {
            live(cluster, {.steps = 100, .restart_percent = 2});
            cluster.lose_tables(cluster.draw(3));
        }
        live(cluster, {.steps = 100});
        cluster.settle();
        cluster.expect_equal();
    });
}

TEST(Cluster, DeletesAreForgottenOnceEverybodyHeardThem) {
    for_seeds(20, [](auto seed) {
        Cluster cluster({.regions = 3}, seed);
        live(cluster, {.collect_percent = 0});
        cluster.write(0, "gone");
        cluster.write(0, "gone", true);
        cluster.settle();
        ASSERT_TRUE(cluster.state_of(1, "gone").version);
        std::size_t forgotten = 0;
        for (int round = 0; round < 4; ++round) {
            cluster.pass(Cluster::kMargin);
            cluster.settle();
            forgotten += cluster.collect(1);
        }
        EXPECT_GT(forgotten, 0U);
        EXPECT_FALSE(cluster.state_of(1, "gone").version);
        expect_settled(cluster);
    });
}

TEST(Cluster, NoDeleteIsForgottenWhileARegionHasNotHeardIt) {
    Cluster cluster({.regions = 3}, 1);
    cluster.write(0, "gone");
    cluster.settle();
    cluster.cut(2, 0);
    cluster.write(0, "gone", true);
    for (int round = 0; round < 200; ++round) {
        cluster.step_somewhere();
        cluster.pass(Cluster::kMargin / 10);
        EXPECT_EQ(cluster.collect(0) + cluster.collect(1), 0U);
    }
    EXPECT_TRUE(cluster.state_of(2, "gone").image);
    expect_settled(cluster);
    EXPECT_FALSE(cluster.state_of(2, "gone").image);
}

}  // namespace
}  // namespace meridian::replication
