// Operations on one item, by their answers.
#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using management::Kind;
using testing::HasSubstr;

class Entities : public testing::Test {
  protected:
    [[nodiscard]] Seen put(std::string_view body, Headers headers = {},
                           std::string_view query = "") const {
        return region_.ask("PUT", std::string(kRulePath) + std::string(query), body,
                           std::move(headers));
    }
    [[nodiscard]] Seen get(Headers headers = {}) const {
        return region_.ask("GET", kRulePath, {}, std::move(headers));
    }

    const TestRegion region_;
};

TEST_F(Entities, AreCreatedReadUpdatedAndDeleted) {
    struct Case {
        const char* path;
        const char* body;
        const char* changed;
    };
    for (const auto& [path, body, changed] :
         {Case{"/routing/+18005551234/us-east-1", R"({"queueId":"a"})", R"({"queueId":"b"})"},
          Case{"/business-hours/US", R"({"timezone":"America/New_York","schedule":{}})",
               R"({"name":"b"})"},
          Case{"/agents/agent%201", R"({"name":"a"})", R"({"name":"b"})"}}) {
        const auto created = region_.ask("PUT", path, body);
        ASSERT_EQ(created.status, 200) << created.response.body;
        EXPECT_EQ(created.text("outcome"), "created");
        EXPECT_EQ(created.at("data/version"), "1");
        EXPECT_EQ(created.header("ETag"), "\"1\"");
        EXPECT_EQ(created.text("changeId").size(), 26U);
        EXPECT_THAT(created.text("message"), HasSubstr("successfully"));

        const auto patched =
            region_.ask("PATCH", path, changed, {{"Content-Type", "application/merge-patch+json"}});
        ASSERT_EQ(patched.status, 200) << patched.response.body;
        EXPECT_EQ(patched.text("outcome"), "updated");
        EXPECT_EQ(patched.header("ETag"), "\"2\"");

        const auto read = region_.ask("GET", path);
        EXPECT_EQ(read.status, 200);
        EXPECT_EQ(item::to_plain_json(read.body), patched.at("data"));
        EXPECT_EQ(read.header("ETag"), "\"2\"");
        EXPECT_EQ(read.header("Content-Type"), "application/json");

        const auto deleted = region_.ask("DELETE", path);
        EXPECT_EQ(deleted.status, 200);
        EXPECT_EQ(deleted.text("outcome"), "deleted");
        EXPECT_EQ(deleted.at("data"), patched.at("data")) << "the item as it was";
        EXPECT_EQ(deleted.header("ETag"), "");

        for (const auto* method : {"GET", "HEAD", "PATCH", "DELETE"}) {
            const auto gone = region_.ask(method, path, "{}");
            EXPECT_EQ(gone.status, 404) << method << ' ' << path;
            EXPECT_EQ(gone.header("X-Amzn-ErrorType"), "ResourceNotFoundException");
        }
    }
}

TEST_F(Entities, ThePostOfTheOriginalDesign) {
    const auto created = region_.ask("POST", "/prod/routing", rule());
    EXPECT_EQ(created.status, 200);
    EXPECT_EQ(created.text("message"), "Routing rule updated successfully");
    EXPECT_EQ(created.text("data/phoneNumber"), "+18005551234");
    EXPECT_EQ(created.at("data/version"), "1");
    EXPECT_EQ(created.text("data/lastUpdated"), "2025-02-26T15:00:00.000Z");
    EXPECT_EQ(region_.ask("POST", "/routing", rule()).text("outcome"), "unchanged");
    EXPECT_EQ(region_.ask("POST", "/routing", rule("queue-b")).status, 409);
    const auto updated = region_.ask("POST", "/routing", rule("queue-b", R"(,"version":1)"));
    EXPECT_EQ(updated.at("data/version"), "2");
    EXPECT_EQ(updated.text("message"), "Routing rule updated successfully");
}

TEST_F(Entities, EveryBadFieldIsNamed) {
    const auto seen = put(R"({"region":5,"queueId":7,"attributes":{"":"x"}})");
    EXPECT_EQ(seen.status, 400);
    EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "ValidationException");
    std::set<std::string> pointers;
    for (int i = 0; seen.at("errors/" + std::to_string(i)) != "-"; ++i) {
        pointers.insert(seen.text("errors/" + std::to_string(i) + "/pointer"));
        EXPECT_THAT(seen.text("message"),
                    HasSubstr(seen.text("errors/" + std::to_string(i) + "/message")));
    }
    EXPECT_TRUE(pointers.contains("/region") && pointers.contains("/queueId"))
        << seen.response.body;
    EXPECT_EQ(seen.at("warnings"), "[]");
    EXPECT_EQ(get().status, 404) << "nothing was stored";
}

TEST_F(Entities, ExamplesAreJson) {
    const auto seen = put(R"({"queueId":"q","version":"1"})");
    EXPECT_EQ(seen.status, 400);
    EXPECT_EQ(seen.text("errors/0/pointer"), "/version");
    EXPECT_EQ(seen.at("errors/0/example"), "1");
}

TEST_F(Entities, BodiesThatAreNoItem) {
    for (const auto* body : {"", "  ", "{", "null", "[]", "5", "\"x\"", "{\"queueId\":\"\xff\"}"}) {
        for (const auto* method : {"PUT", "PATCH"}) {
            const auto seen = region_.ask(method, kRulePath, body);
            EXPECT_EQ(seen.status, 400) << method << ' ' << body;
            EXPECT_EQ(seen.text("errors/0/pointer"), "") << method << ' ' << body;
        }
    }
    EXPECT_EQ(put("{").header("X-Amzn-ErrorType"), "InvalidRequestContentException");
    EXPECT_EQ(put("null").header("X-Amzn-ErrorType"), "ValidationException");
}

TEST_F(Entities, TheBodysKeyIsThePaths) {
    const auto seen = put(R"({"phoneNumber":"+18005559999","queueId":"q"})");
    EXPECT_EQ(seen.status, 400);
    EXPECT_EQ(seen.text("errors/0/pointer"), "/phoneNumber");
    EXPECT_EQ(put(rule()).status, 200);
}

TEST_F(Entities, TooLargeIs413) {
    EXPECT_EQ(put(R"({"queueId":"q","note":")" + std::string(500'000, 'x') + "\"}").status, 413);
    const auto huge = put(std::string(3'000'000, ' '));
    EXPECT_EQ(huge.status, 413);
    EXPECT_EQ(huge.header("X-Amzn-ErrorType"), "RequestTooLargeException");
}

TEST_F(Entities, OtherMediaTypesAre415) {
    for (const auto* method : {"PUT", "PATCH"}) {
        const auto seen = region_.ask(method, kRulePath, rule(), {{"Content-Type", "text/xml"}});
        EXPECT_EQ(seen.status, 415) << method;
        EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "UnsupportedMediaTypeException");
        EXPECT_THAT(seen.text("message"), HasSubstr("application/json"));
    }
    EXPECT_EQ(put(rule(), {{"Content-Type", "application/merge-patch+json"}}).status, 415);
    EXPECT_EQ(put(rule(), {{"Content-Encoding", "gzip"}}).status, 415);
}

TEST_F(Entities, AConflictTellsWhatIsStored) {
    ASSERT_EQ(put(rule("queue-a")).status, 200);
    for (const auto& seen :
         {put(rule("queue-b")), put(rule("queue-b"), {{"If-Match", "\"7\""}}),
          put(rule("queue-b", R"(,"version":7)")), put(rule("queue-b"), {{"If-None-Match", "*"}}),
          region_.ask("DELETE", kRulePath, {}, {{"If-Match", "\"7\""}})}) {
        EXPECT_EQ(seen.status, 409) << seen.response.body;
        EXPECT_EQ(seen.header("X-Amzn-ErrorType"), "ConflictException");
        EXPECT_EQ(seen.header("ETag"), "\"1\"");
        EXPECT_EQ(seen.at("currentVersion"), "1");
        EXPECT_EQ(seen.text("current/queueId"), "queue-a");
    }
}

TEST_F(Entities, AConflictWithNothing) {
    const auto seen = put(rule(), {{"If-Match", "*"}});
    EXPECT_EQ(seen.status, 409);
    EXPECT_EQ(seen.at("current"), "null");
    EXPECT_EQ(seen.at("currentVersion"), "0");
    EXPECT_EQ(seen.header("ETag"), "");
}

TEST_F(Entities, AnyOfSeveralTagsWillDo) {
    ASSERT_EQ(put(rule("queue-a")).status, 200);
    EXPECT_EQ(put(rule("queue-b"), {{"If-Match", "\"9\", W/\"1\""}}).status, 409);
    EXPECT_EQ(put(rule("queue-b"), {{"If-Match", "\"9\", \"1\""}}).at("data/version"), "2");
    const auto weak = put(rule("queue-c"), {{"If-Match", "W/\"2\""}});
    EXPECT_EQ(weak.status, 409);
    EXPECT_THAT(weak.text("message"), HasSubstr("weak"));
}

TEST_F(Entities, PreconditionsOfNoFormAre400) {
    for (const auto& [name, value] : Headers{{"If-Match", "1"}, {"If-None-Match", "\"1\""}}) {
        const auto seen = put(rule(), {{name, value}});
        EXPECT_EQ(seen.status, 400) << name;
        EXPECT_THAT(seen.text("message"), HasSubstr(std::string(name)));
    }
    EXPECT_EQ(get().status, 404);
}

TEST_F(Entities, ARetryIsAnsweredAsTheFirst) {
    ASSERT_EQ(put(rule("queue-a")).status, 200);
    const auto first = put(rule("queue-b"), {{"If-Match", "\"1\""}});
    const auto second = put(rule("queue-b"), {{"If-Match", "\"1\""}});
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(second.text("outcome"), "unchanged");
    EXPECT_EQ(second.at("data"), first.at("data"));
    EXPECT_EQ(second.header("ETag"), first.header("ETag"));
    EXPECT_EQ(second.at("changeId"), "-");
}

TEST_F(Entities, ADryRunChangesNothing) {
    const auto created = put(rule("queue-a"), {}, "?dryRun");
    EXPECT_EQ(created.status, 200);
    EXPECT_EQ(created.text("outcome"), "created");
    EXPECT_EQ(created.at("dryRun"), "true");
    EXPECT_EQ(created.at("changeId"), "-");
    EXPECT_EQ(get().status, 404);

    ASSERT_EQ(put(rule("queue-a")).status, 200);
    const auto updated = region_.ask("PATCH", std::string(kRulePath) + "?dryRun=true",
                                     R"({"queueId":"queue-b","name":"x"})");
    EXPECT_EQ(updated.text("outcome"), "updated");
    EXPECT_THAT(updated.at("diff"),
                HasSubstr(R"({"after":"queue-b","before":"queue-a","pointer":"/queueId"})"));
    EXPECT_THAT(updated.at("diff"), HasSubstr(R"({"after":"x","pointer":"/name"})"));
    const auto deleted = region_.ask("DELETE", std::string(kRulePath) + "?dryRun=true");
    EXPECT_EQ(deleted.text("outcome"), "deleted");
    EXPECT_THAT(deleted.at("diff"), HasSubstr(R"({"before":"queue-a","pointer":"/queueId"})"));
    EXPECT_EQ(get().text("queueId"), "queue-a");
}

TEST_F(Entities, WarningsAreToldAndStrictRefusesThem) {
    const auto body = rule("queue-a", R"(,"businessHoursId":"NONE")");
    const auto strict = put(body, {}, "?strict=true");
    EXPECT_EQ(strict.status, 400);
    EXPECT_EQ(strict.text("errors/0/pointer"), "/businessHoursId");
    const auto stored = put(body);
    EXPECT_EQ(stored.status, 200);
    EXPECT_EQ(stored.text("warnings/0/pointer"), "/businessHoursId");
}

TEST_F(Entities, ReadsThatKnowTheVersionGet304) {
    ASSERT_EQ(put(rule()).status, 200);
    const auto same = get({{"If-None-Match", "\"1\""}});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.header("ETag"), "\"1\"");
    EXPECT_EQ(same.response.body, "");
    EXPECT_EQ(get({{"If-None-Match", "\"2\""}}).status, 200);
    EXPECT_EQ(get({{"If-None-Match", "2"}}).status, 400);
}

TEST_F(Entities, HeadIsAnsweredAsGet) {
    ASSERT_EQ(put(rule()).status, 200);
    const auto head = region_.ask("HEAD", kRulePath);
    const auto got = get();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.response.headers, got.response.headers);
    EXPECT_EQ(head.response.body, got.response.body);
}

TEST_F(Entities, TheReasonIsUtf8OfASize) {
    EXPECT_EQ(put(rule(), {{"X-Change-Reason", std::string(1'025, 'x')}}).status, 400);
    EXPECT_EQ(put(rule(), {{"X-Change-Reason", "caf\xe9"}}).status, 400);
    EXPECT_EQ(put(rule(), {{"x-change-reason", std::string(1'024, 'x')}}).status, 200);
}

TEST_F(Entities, StoredByOthersAreReadAsTheyAre) {
    region_.store_item(
        Kind::kRule,
        R"({"phoneNumber":"+18005551234","region":"us-east-1","version":"x","n":1.50})");
    const auto seen = get();
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.header("ETag"), "\"0\"");
    EXPECT_EQ(seen.at("n"), "1.5");
    EXPECT_EQ(put(rule(), {{"If-Match", "\"0\""}}).at("data/version"), "1");
}

TEST_F(Entities, IdsMayHoldAnything) {
    const auto* path = "/agents/a%2Fb%3Fc%23%20%C3%A9%25";
    ASSERT_EQ(region_.ask("PUT", path, R"({"name":"n"})").status, 200);
    EXPECT_EQ(region_.ask("GET", path).text("agentId"), "a/b?c# \xC3\xA9%");
}

}  // namespace
}  // namespace meridian::rest
