#include "lambda/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/instant.h"

namespace meridian::lambda {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

ManualClock the_clock() {
    return ManualClock{*parse_instant("2025-02-26T15:00:00Z")};
}

TEST(Metrics, AreOneLineAnInvocation) {
    const auto clock = the_clock();
    Metrics metrics("RouteCall", "us-east-1", clock);
    metrics.count(Metric::kCalls);
    metrics.count(Metric::kCalls, 2);
    metrics.measure(Metric::kTableLatency, microseconds(1'500));
    metrics.measure(Metric::kTableLatency, milliseconds(2));
    EXPECT_THAT(
        metrics.take("8476a536"),
        ElementsAre(
            R"({"_aws":{"Timestamp":1740582000000,"CloudWatchMetrics":[{"Namespace":"Meridian",)"
            R"("Dimensions":[["Function","Region"]],"Metrics":[{"Name":"Calls","Unit":"Count"},)"
            R"({"Name":"TableLatency","Unit":"Milliseconds"}]}]},"Function":"RouteCall",)"
            R"("Region":"us-east-1","requestId":"8476a536","Calls":3,"TableLatency":[1.5,2]})"));
    EXPECT_TRUE(metrics.take("").empty()) << "what was taken is gone";
}

TEST(Metrics, PutAtMostAHundredValuesIntoALine) {
    const auto clock = the_clock();
    Metrics metrics("f", "r", clock);
    metrics.count(Metric::kBatchRecords, 250);
    for (int i = 0; i < 250; ++i) {
        metrics.measure(Metric::kTableLatency, milliseconds(1));
    }
    const auto lines = metrics.take("");
    ASSERT_EQ(lines.size(), 3);
    EXPECT_THAT(lines[0], HasSubstr(R"("BatchRecords":250)"));
    EXPECT_THAT(lines[1], Not(HasSubstr("BatchRecords")));
    for (const auto& line : lines) {
        EXPECT_LE(std::ranges::count(line, ','), 110);
    }
}

TEST(Metrics, HaveTheirNamesAndUnitsFromTheList) {
    EXPECT_EQ(name_of(Metric::kReplicationLag), "ReplicationLag");
    EXPECT_EQ(unit_of(Metric::kReplicationLag), "Milliseconds");
    EXPECT_EQ(unit_of(Metric::kColdStarts), "Count");
}

}  // namespace
}  // namespace meridian::lambda
