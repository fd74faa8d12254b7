// Many items in one request.
#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using management::Kind;
using testing::HasSubstr;

std::string line(int n, std::string_view more = "") {
    return R"({"phoneNumber":"+1800555)" + std::to_string(1000 + n) +
           R"(","region":"us-east-1","queueId":"q")" + std::string(more) + "}";
}

class Imports : public testing::Test {
  protected:
    [[nodiscard]] Seen import(std::string_view body, Headers headers = {},
                              std::string_view query = "") const {
        return region_.ask("POST", "/routing/import" + std::string(query), body,
                           std::move(headers));
    }
    static std::string counts(const Seen& seen) {
        return seen.at("created") + " " + seen.at("updated") + " " + seen.at("unchanged") + " " +
               seen.at("failed");
    }

    const TestRegion region_;
};

TEST_F(Imports, TakeLinesAndArraysAndRepeatToNothing) {
    const std::string lines = line(1) + "\n\n" + line(2) + "\r\n" + line(3);
    const std::string array = "[" + line(1) + ", " + line(2) + "\n, " + line(3) + "]";
    EXPECT_EQ(counts(import(lines, {{"Content-Type", "application/x-ndjson"}})), "3 0 0 0");
    EXPECT_EQ(counts(import(lines, {{"Content-Type", "application/x-ndjson"}})), "0 0 3 0");
    EXPECT_EQ(counts(import(array, {{"Content-Type", "application/json"}})), "0 0 3 0");
    EXPECT_EQ(counts(import("[" + line(1, R"(,"priority":2)") + "]")), "0 1 0 0");
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551001/us-east-1").at("version"), "2");
}

TEST_F(Imports, OfNothing) {
    for (const auto* body : {"", "[]", "\n\n"}) {
        const auto seen = import(body);
        EXPECT_EQ(seen.status, 200) << body;
        EXPECT_EQ(counts(seen), "0 0 0 0") << body;
    }
}

TEST_F(Imports, OfHoursAndAgents) {
    EXPECT_EQ(region_.ask("POST", "/agents/import", R"({"agentId":"a"})").at("created"), "1");
    EXPECT_EQ(region_
                  .ask("POST", "/business-hours/import",
                       R"([{"regionId":"US","timezone":"UTC","schedule":{}}])")
                  .at("created"),
              "1");
    EXPECT_EQ(region_.ask("GET", "/agents/a").status, 200);
    EXPECT_EQ(region_.ask("GET", "/business-hours/US").status, 200);
}

// What is wrong with one item is told of it, in the order of the body, and holds up no other.
TEST_F(Imports, FailuresAreToldByIndex) {
    ASSERT_EQ(counts(import(line(1))), "1 0 0 0");
    const auto seen = import(line(0) + "\n{broken\n" + line(1, R"(,"version":7)") +
                             "\n{\"region\":5}\nnull\n\n" + line(5));
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(counts(seen), "2 0 0 4");
    struct Case {
        const char* index;
        const char* status;
    };
    int result = 0;
    for (const auto& [index, status] :
         {Case{"1", "400"}, Case{"2", "409"}, Case{"3", "400"}, Case{"4", "400"}}) {
        const auto at = "results/" + std::to_string(result++);
        EXPECT_EQ(seen.at(at + "/index"), index);
        EXPECT_EQ(seen.at(at + "/status"), status);
        EXPECT_NE(seen.at(at + "/message"), "-");
        EXPECT_EQ(seen.at(at + "/errors") == "-", std::string_view(status) == "409") << at;
    }
    EXPECT_EQ(seen.at("results/1/current/version"), "1");
    EXPECT_EQ(seen.at("results/4"), "-");
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551005/us-east-1").status, 200);
}

TEST_F(Imports, ABrokenArrayChangesNothing) {
    for (const auto& body : {"[" + line(1), "[" + line(1) + ",]", "[" + line(1) + "]x"}) {
        const auto seen = import(body);
        EXPECT_EQ(seen.status, 400) << body;
        EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "InvalidRequestContentException");
    }
    EXPECT_EQ(region_.ask("GET", "/routing").response.body, R"({"items":[]})");
}

TEST_F(Imports, ADryRunTellsWhatWouldChange) {
    ASSERT_EQ(counts(import(line(1))), "1 0 0 0");
    const auto seen =
        import(line(1, R"(,"priority":2)") + "\n" + line(2) + "\n" + line(1), {}, "?dryRun");
    EXPECT_EQ(seen.at("dryRun"), "true");
    EXPECT_EQ(seen.at("results/0/index"), "0");
    EXPECT_EQ(seen.text("results/0/outcome"), "updated");
    EXPECT_THAT(seen.at("results/0/diff"), HasSubstr(R"({"after":2,"pointer":"/priority"})"));
    EXPECT_EQ(seen.text("results/1/outcome"), "created");
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551002/us-east-1").status, 404);
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551001/us-east-1").at("version"), "1");
}

TEST_F(Imports, StrictRefusesWarnings) {
    const auto body = line(1, R"(,"businessHoursId":"NONE")");
    EXPECT_EQ(counts(import(body, {}, "?strict")), "0 0 0 1");
    EXPECT_EQ(counts(import(body)), "1 0 0 0");
}

TEST_F(Imports, HaveALimitOfItemsAndBytes) {
    std::string lines;
    for (int i = 0; i <= 10'000; ++i) {
        lines += "{}\n";
    }
    EXPECT_EQ(import(lines).status, 413);
    EXPECT_EQ(counts(import(lines.substr(3))), "0 0 0 10000");
    const auto large = import(std::string(6 * 1024 * 1024 + 1, ' '));
    EXPECT_EQ(large.status, 413);
    EXPECT_THAT(large.text("message"), HasSubstr("in parts"));
}

// Groups are written one after the other; two items of one key stay in the body's order.
TEST_F(Imports, OfManyKeepTheOrderOfTheBody) {
    std::string lines;
    for (int i = 0; i < 5'000; ++i) {
        lines += line(i % 100, R"(,"priority":)" + std::to_string(i)) + "\n";
    }
    const auto seen = import(lines);
    EXPECT_EQ(counts(seen), "100 4900 0 0");
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551042/us-east-1").at("priority"), "4942");
    EXPECT_EQ(region_.ask("GET", "/routing/+18005551042/us-east-1").at("version"), "50");
}

TEST_F(Imports, AnswersStayWithinLambdasLimit) {
    const auto filler = R"(,"note":")" + std::string(300'000, 'x') + "\"";
    ASSERT_EQ(counts(import(line(1, filler))), "1 0 0 0");
    std::string lines;
    for (int i = 0; i < 1'000; ++i) {
        lines += line(1, R"(,"version":9)") + "\n";
    }
    const auto seen = import(lines);
    EXPECT_EQ(counts(seen), "0 0 0 1000");
    EXPECT_LT(seen.response.body.size(), std::size_t{6} * 1024 * 1024);
    EXPECT_NE(seen.at("results/0/current"), "-");
    EXPECT_EQ(seen.at("results/999/current"), "-");
    EXPECT_EQ(seen.at("results/999/status"), "409");
}

TEST_F(Imports, RefuseOtherMediaTypesAndWrongOptions) {
    EXPECT_EQ(import(line(1), {{"Content-Type", "text/csv"}}).status, 415);
    EXPECT_EQ(import(line(1), {{"Content-Encoding", "gzip"}}).status, 415);
    EXPECT_EQ(import(line(1), {{"X-Change-Reason", "\xff"}}).status, 400);
    EXPECT_EQ(import(line(1), {}, "?dryRun=maybe").status, 400);
    EXPECT_EQ(region_.ask("GET", "/routing").response.body, R"({"items":[]})");
}

TEST_F(Imports, AreInTheHistoryAsSuch) {
    ASSERT_EQ(counts(import(line(1), {{"X-Change-Reason", "new year"}})), "1 0 0 0");
    const auto history = region_.ask("GET", "/history/routing/+18005551001/us-east-1");
    EXPECT_EQ(history.text("changes/0/via"), "import");
    EXPECT_EQ(history.text("changes/0/reason"), "new year");
}

}  // namespace
}  // namespace meridian::rest
