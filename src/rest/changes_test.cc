// The history, and the way back.
#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<std::string_view, 4> kSpellings{
    "/history/routing/+18005551234/us-east-1", "/history/routing%2F+18005551234%2Fus-east-1",
    "/history/+18005551234%23us-east-1", "/prod/history/routing%2F%2B18005551234%2Fus-east-1"};

class Changes : public testing::Test {
  protected:
    // Three versions: queue a, b, c.
    Changes() {
        for (const auto* queue : {"a", "b", "c"}) {
            const auto version = std::to_string(changes_.size());
            const auto seen = region_.ask("PUT", kRulePath, rule(queue, ",\"version\":" + version),
                                          {{"X-Change-Reason", queue}});
            EXPECT_EQ(seen.status, 200) << seen.response.body;
            changes_.push_back(seen.text("changeId"));
            region_.clock.advance(std::chrono::seconds(1));
        }
    }

    [[nodiscard]] Seen restore(std::string_view body, Headers headers = {},
                               std::string_view query = "") const {
        return region_.ask("POST", std::string(kSpellings[0]) + "/restore" + std::string(query),
                           body, std::move(headers));
    }
    [[nodiscard]] Seen restore_to(const std::string& change, Headers headers = {}) const {
        return restore(R"({"changeId":")" + change + "\"}", std::move(headers));
    }

    TestRegion region_;
    std::vector<std::string> changes_;
};

TEST_F(Changes, AreToldNewestFirstUnderEverySpelling) {
    for (const auto spelling : kSpellings) {
        const auto seen = region_.ask("GET", spelling);
        ASSERT_EQ(seen.status, 200) << spelling << seen.response.body;
        EXPECT_EQ(seen.text("entity"), "routing/+18005551234/us-east-1");
        EXPECT_EQ(seen.text("changes/0/changeId"), changes_[2]);
        EXPECT_EQ(seen.text("changes/2/changeId"), changes_[0]);
        EXPECT_EQ(seen.at("changes/3"), "-");
        EXPECT_EQ(seen.at("next"), "-");
    }
}

TEST_F(Changes, SayEverything) {
    const auto seen = region_.ask("GET", kSpellings[0]);
    EXPECT_EQ(seen.text("changes/0/operation"), "update");
    EXPECT_EQ(seen.at("changes/0/version"), "3");
    EXPECT_EQ(seen.text("changes/0/at"), "2025-02-26T15:00:02.000Z");
    EXPECT_EQ(seen.at("changes/0/who"),
              R"({"accessKeyId":"AKIDEXAMPLE","name":"alice","role":"editor"})");
    EXPECT_EQ(seen.text("changes/0/from"), "127.0.0.1:50312");
    EXPECT_EQ(seen.text("changes/0/reason"), "c");
    EXPECT_EQ(seen.text("changes/0/via"), "rest");
    EXPECT_EQ(seen.text("changes/0/requestId"), "req-1");
    EXPECT_EQ(seen.text("changes/0/before/queueId"), "b");
    EXPECT_EQ(seen.text("changes/0/after/queueId"), "c");
    EXPECT_EQ(seen.text("changes/2/operation"), "create");
    EXPECT_EQ(seen.at("changes/2/before"), "null");
}

TEST_F(Changes, ComeInPagesEitherWay) {
    for (const auto* order : {"newest", "oldest"}) {
        auto expected = changes_;
        if (std::string_view(order) == "newest") {
            std::ranges::reverse(expected);
        }
        std::vector<std::string> found;
        std::string next;
        do {
            const auto page =
                region_.ask("GET", std::string(kSpellings[0]) + "?limit=1&order=" + order +
                                       (next.empty() ? "" : "&next=" + next));
            ASSERT_EQ(page.status, 200) << page.response.body;
            if (page.at("changes/0") != "-") {
                found.push_back(page.text("changes/0/changeId"));
            }
            next = page.text("next");
        } while (next != "-");
        EXPECT_EQ(found, expected) << order;
    }
}

TEST_F(Changes, TokensOfOtherHistoriesAreRefused) {
    const auto token = region_.ask("GET", std::string(kSpellings[0]) + "?limit=1").text("next");
    EXPECT_EQ(region_.ask("GET", "/history/agents/a?next=" + token).status, 400);
    EXPECT_EQ(region_.ask("GET", std::string(kSpellings[0]) + "?order=oldest&next=" + token).status,
              400);
    EXPECT_EQ(region_.ask("GET", std::string(kSpellings[0]) + "?order=up").status, 400);
    EXPECT_EQ(region_.ask("GET", std::string(kSpellings[0]) + "?limit=0").status, 400);
}

TEST_F(Changes, OfWhatNeverWasAreNone) {
    EXPECT_EQ(region_.ask("GET", "/history/agents/nobody").response.body,
              R"({"changes":[],"entity":"agents/nobody"})");
    const auto wrong = region_.ask("GET", "/history/nobody");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_THAT(wrong.text("message"), HasSubstr("routing/NUMBER/REGION"));
}

TEST_F(Changes, OneHasItsDifferences) {
    for (const auto spelling : kSpellings) {
        const auto seen = region_.ask("GET", std::string(spelling) + "/" + changes_[1]);
        ASSERT_EQ(seen.status, 200) << spelling;
        EXPECT_EQ(seen.text("changeId"), changes_[1]);
        EXPECT_EQ(seen.text("entity"), "routing/+18005551234/us-east-1");
        EXPECT_THAT(seen.at("diff"),
                    HasSubstr(R"({"after":"b","before":"a","pointer":"/queueId"})"));
        EXPECT_THAT(seen.at("diff"), HasSubstr(R"({"after":2,"before":1,"pointer":"/version"})"));
    }
    EXPECT_EQ(region_.ask("GET", std::string(kSpellings[0]) + "/nonsense").status, 404);
    EXPECT_EQ(region_.ask("GET", "/history/agents/a/" + changes_[0]).status, 404);
}

TEST_F(Changes, AreTakenBack) {
    for (const auto spelling : kSpellings) {
        const auto seen = region_.ask("POST", std::string(spelling) + "/restore?dryRun",
                                      R"({"changeId":")" + changes_[0] + "\"}");
        ASSERT_EQ(seen.status, 200) << spelling << seen.response.body;
        EXPECT_EQ(seen.text("data/queueId"), "a");
        EXPECT_EQ(seen.at("dryRun"), "true");
    }
    const auto seen = restore_to(changes_[0], {{"X-Change-Reason", "mistake"}});
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.text("outcome"), "updated");
    EXPECT_EQ(seen.header("ETag"), "\"4\"");
    EXPECT_EQ(region_.ask("GET", kRulePath).text("queueId"), "a");
    const auto history = region_.ask("GET", kSpellings[0]);
    EXPECT_EQ(history.text("changes/0/operation"), "restore");
    EXPECT_EQ(history.text("changes/0/reason"), "mistake");
}

TEST_F(Changes, DeletedOnesComeBack) {
    const auto deleted = region_.ask("DELETE", kRulePath);
    ASSERT_EQ(deleted.status, 200);
    const auto seen = restore_to(deleted.text("changeId"));
    EXPECT_EQ(seen.status, 200) << seen.response.body;
    EXPECT_EQ(seen.text("outcome"), "created");
    EXPECT_EQ(seen.text("data/queueId"), "c");
}

TEST_F(Changes, AreTakenBackOnlyFromWhatTheClientHasSeen) {
    const auto to = R"({"changeId":")" + changes_[0] + "\"";
    EXPECT_EQ(restore_to(changes_[0], {{"If-Match", "\"2\""}}).status, 409);
    EXPECT_EQ(restore(to + R"(,"version":2})").status, 409);
    EXPECT_EQ(restore(to + R"(,"version":3})", {{"If-Match", "\"2\""}}).status, 400);
    EXPECT_EQ(restore(to + R"(,"version":3})", {{"If-None-Match", "*"}}).status, 400);
    EXPECT_EQ(restore(to + R"(,"version":null})", {{"If-None-Match", "*"}}).status, 409);
    EXPECT_EQ(restore(to + R"(,"version":3})", {{"If-Match", "*"}}).status, 200);
}

TEST_F(Changes, RestoresOfNothingAreRefused) {
    struct Case {
        const char* body;
        int status;
    };
    for (const auto& [body, status] :
         {Case{R"({"changeId":"01JN1S6G00DWK0FZ3GRRV6S2AB"})", 404}, Case{"", 400}, Case{"{}", 400},
          Case{"[]", 400}, Case{R"({"changeId":5})", 400},
          Case{R"({"changeId":"x","version":"3"})", 400},
          Case{R"({"changeId":"x","version":-1})", 400}}) {
        EXPECT_EQ(restore(body).status, status) << body;
    }
    EXPECT_EQ(restore("{}").text("errors/0/pointer"), "/changeId");
    EXPECT_EQ(region_.ask("POST", "/history/nobody/restore", "{}").status, 400);
    EXPECT_EQ(restore_to(changes_[0], {{"Content-Type", "text/plain"}}).status, 415);
}

}  // namespace
}  // namespace meridian::rest
