// Reads of the region as a whole.
#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using testing::HasSubstr;

TEST(Explain, MakesAnEventOfANumber) {
    const TestRegion region;
    const auto seen = region.ask("POST", "/explain", R"({"phoneNumber":"+1800","at":null})");
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.text("at"), "now");
    EXPECT_THAT(seen.text("event"), HasSubstr("+1800"));
    EXPECT_THAT(seen.text("event"), HasSubstr("us-east-1"));
    const auto elsewhere = region.ask("POST", "/explain",
                                      R"({"phoneNumber":"+1800","region":"eu-west-1",)"
                                      R"("at":"2025-02-26T15:00:00+05:30"})");
    EXPECT_THAT(elsewhere.text("event"), HasSubstr("eu-west-1"));
    EXPECT_EQ(elsewhere.text("at"), "2025-02-26T09:30:00.000Z");
}

TEST(Explain, TakesEventsAsObjectsAndAsText) {
    const TestRegion region;
    EXPECT_EQ(region.ask("POST", "/explain", R"({"event":{"a":1}})").text("event"), R"({"a":1})");
    EXPECT_EQ(region.ask("POST", "/explain", R"({"event":"{ \"a\": 1 }"})").text("event"),
              R"({ "a": 1 })");
}

TEST(Explain, NamesEveryFault) {
    const TestRegion region;
    const auto seen = region.ask("POST", "/explain", R"({"phoneNumber":5,"region":[],"at":"x"})");
    EXPECT_EQ(seen.status, 400);
    EXPECT_EQ(seen.text("errors/0/pointer"), "/phoneNumber");
    EXPECT_EQ(seen.text("errors/1/pointer"), "/region");
    EXPECT_EQ(seen.text("errors/2/pointer"), "/at");
    EXPECT_EQ(region.ask("POST", "/explain", "{}").text("errors/0/pointer"), "/phoneNumber");
    EXPECT_EQ(region.ask("POST", "/explain", "[]").text("errors/0/pointer"), "");
    EXPECT_EQ(region.ask("POST", "/explain", "").status, 400);
    EXPECT_EQ(region.ask("POST", "/explain", "{}", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST(Overview, LintLooksAtAllTables) {
    const TestRegion region;
    region.store_item(management::Kind::kRule, rule("q", R"(,"businessHoursId":"NONE")"));
    for (int i = 0; i < 3; ++i) {
        region.store_item(management::Kind::kHours,
                          R"({"regionId":"H)" + std::to_string(i) + R"(","timezone":"UTC"})");
    }
    const auto seen = region.ask("GET", "/lint");
    EXPECT_EQ(seen.status, 200) << seen.response.body;
    EXPECT_EQ(seen.at("rules"), "1");
    EXPECT_EQ(seen.at("hours"), "3");
    EXPECT_EQ(seen.at("truncated"), "false");
    EXPECT_NE(seen.at("findings/0/mend"), "-") << "the rule's hours do not exist";
    EXPECT_NE(seen.at("counts/" + seen.text("findings/0/code")), "-");
}

TEST(Overview, RegionsHealthAndTheDocument) {
    const TestRegion region;
    EXPECT_EQ(region.ask("GET", "/regions").response.body,
              R"({"regions":[{"region":"us-east-1","self":true}]})");
    const auto health = region.ask("GET", "/health");
    EXPECT_EQ(health.status, 503);
    EXPECT_EQ(health.text("us-east-1/status"), "unhealthy");
    const auto document = region.ask("GET", "/openapi.json");
    EXPECT_EQ(document.response.body, openapi_document());
    EXPECT_EQ(document.header("Content-Type"), "application/json");
    EXPECT_EQ(document.text("openapi"), "3.1.0");
}

// What a handler of somebody else's throws is an answer, too.
TEST(Overview, NothingIsThrown) {
    const TestRegion region;
    const ManagementApi api(ManagementParts{.region = "us-east-1",
                                            .regions = {},
                                            .editor = *region.editor,
                                            .store = *region.store,
                                            .clock = region.clock,
                                            .snapshot = nullptr,
                                            .explain = nullptr,
                                            .health = nullptr,
                                            .list_regions = nullptr});
    const auto response =
        api.handle({.method = "GET", .target = "/health", .headers = {}, .body = {}}, {});
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, HasSubstr("message"));
}

}  // namespace
}  // namespace meridian::rest
