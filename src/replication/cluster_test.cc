// Whole clusters in one thread, each under a seed that a failure names.
#include <gtest/gtest.h>

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

TEST(Cluster, EveryRegionEndsWithWhatAllWrote) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Cluster cluster({.regions = 2 + static_cast<int>(seed % 4), .loss_percent = 10}, seed);
        for (int i = 0; i < 400; ++i) {
            cluster.draw(3) == 0 ? write_somewhere(cluster) : cluster.step_somewhere();
        }
        cluster.settle();
        cluster.expect_equal();
        cluster.expect_nothing_lost();
        if (testing::Test::HasFailure()) {
            return;
        }
    }
}

}  // namespace
}  // namespace meridian::replication
