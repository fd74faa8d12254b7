#include "lambda/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/clock.h"

namespace meridian::lambda {
namespace {

using functions::Outcome;

const ManualClock kClock{Instant{}};

// What one invocation's line says behind its dimensions.
std::string taken(Metrics& metrics) {
    const auto lines = metrics.take("");
    return lines.empty() ? "" : lines.front().substr(lines.front().find(R"("Region":"r")") + 12);
}

TEST(Tally, CountsCallsByWhatTheyWereDecidedBy) {
    struct Case {
        Outcome outcome;
        bool stale;
        const char* line;
    };
    const Case cases[] = {
        {Outcome::kRule, false, R"(,"Calls":1})"},
        {Outcome::kRule, true, R"(,"Calls":1,"StaleAnswers":1})"},
        {Outcome::kDefault, false, R"(,"Calls":1,"DefaultAnswers":1})"},
        {Outcome::kMalformedEvent, false, R"(,"Calls":1,"MalformedEvents":1})"},
        {Outcome::kNoData, false, R"(,"Calls":1,"AnswersWithoutData":1})"},
    };
    for (const auto& c : cases) {
        Metrics metrics("f", "r", kClock);
        functions::Routed routed;
        routed.outcome = c.outcome;
        routed.stale = c.stale;
        count_call(metrics, routed);
        EXPECT_EQ(taken(metrics), c.line);
    }
}

TEST(Tally, CountsEditsByWhatBecameOfThem) {
    struct Case {
        const char* method;
        const char* target;
        int status;
        const char* line;
    };
    const Case cases[] = {
        {"POST", "/routing", 200, R"(,"Edits":1})"},
        {"POST", "/prod/routing", 201, R"(,"Edits":1})"},
        {"PUT", "/business-hours/us-east-1", 412, R"(,"EditConflicts":1})"},
        {"PATCH", "/agents/a-1", 409, R"(,"EditConflicts":1})"},
        {"DELETE", "/routing/%2B1800/us-east-1", 503, R"(,"EditFailures":1})"},
        {"POST", "/routing", 400, ""},              // the client's fault
        {"POST", "/routing?dryRun=true", 200, ""},  // nothing was changed
        {"GET", "/routing", 200, ""},               // no edit
        {"POST", "/explain", 200, ""},              // neither
        {"PUT", "/nowhere", 404, ""},
    };
    for (const auto& c : cases) {
        Metrics metrics("f", "r", kClock);
        count_edit(metrics, {.method = c.method, .target = c.target, .headers = {}, .body = {}},
                   c.status);
        EXPECT_EQ(taken(metrics), c.line) << c.method << c.target;
    }
}

TEST(Tally, CountsWhatAnImportDid) {
    Metrics metrics("f", "r", kClock);
    count_import(metrics, {.created = 2, .updated = 3, .unchanged = 5, .failed = 7});
    EXPECT_EQ(taken(metrics), R"(,"Edits":5,"EditFailures":7})");
}

// A healthy region counts as 0, so that an alarm sees the difference to a check that didn't run.
TEST(Tally, CountsUnhealthyRegions) {
    Metrics metrics("f", "r", kClock);
    count_probe(metrics, {.status = functions::RegionStatus::kHealthy,
                          .details = {{"replicationLagMs", item::Null{}}}});
    EXPECT_EQ(taken(metrics), R"(,"UnhealthyRegions":0})");
    count_probe(metrics, {.status = functions::RegionStatus::kUnhealthy, .details = {}});
    count_probe(metrics, {.status = functions::RegionStatus::kDegraded,
                          .details = {{"replicationLagMs", item::Number(250)}}});
    EXPECT_EQ(taken(metrics), R"(,"UnhealthyRegions":1,"ReplicationLag":250})");
}

}  // namespace
}  // namespace meridian::lambda
