#include "functions/update_routing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "item/base64.h"
#include "rest/asking_for_tests.h"

namespace meridian::functions {
namespace {

using management::Role;
using testing::HasSubstr;

std::string json_text(std::string_view text) {
    std::string json;
    item::append_json_string(text, json);
    return json;
}

// The function over a region in memory.
struct Deployed {
    rest::TestRegion region;
    UpdateRouting function{*region.api};

    // The answer's parts; `body` is what the answer's text holds.
    struct Answer {
        rest::Seen proxy;
        rest::Seen body;
        int status = 0;
    };

    Answer call(std::string_view event, Role role = Role::kEditor) {
        const auto result =
            function.call(event, {"gateway", "AKIDGATEWAY", role, "10.0.0.1:1", "invocation-1"});
        EXPECT_FALSE(result.function_error);
        Answer answer;
        auto json = item::parse_plain_json(result.payload);
        EXPECT_TRUE(json) << result.payload;
        answer.proxy.body = json ? *std::move(json) : item::Value();
        EXPECT_EQ(answer.proxy.at("isBase64Encoded"), "false");
        answer.status = std::stoi(answer.proxy.at("statusCode"));
        const auto text = answer.proxy.text("body");
        auto body = text.empty() ? item::Value() : item::parse_plain_json(text).value_or("?");
        answer.body.body = std::move(body);
        return answer;
    }

    // The newest change of the rule.
    rest::Seen last_change() const {
        return region.ask("GET", "/history" + std::string(rest::kRulePath) + "?limit=1");
    }
};

std::string format_1(std::string_view method, std::string_view path, std::string_view more = "") {
    return R"({"resource":"/{proxy+}","httpMethod":)" + json_text(method) +
           ",\"path\":" + json_text(path) + std::string(more) + "}";
}

std::string format_2(std::string_view method, std::string_view path, std::string_view query = "",
                     std::string_view more = "") {
    return R"({"version":"2.0","rawPath":)" + json_text(path) +
           ",\"rawQueryString\":" + json_text(query) + R"(,"requestContext":{"http":{"method":)" +
           json_text(method) + R"(,"sourceIp":"203.0.113.7"}})" + std::string(more) + "}";
}

TEST(UpdateRouting, FormatOne) {
    Deployed deployed;
    const auto created = deployed.call(
        format_1("PUT", "/prod/routing/+18005551234/us-east-1",
                 R"(,"headers":{"Content-Type":"application/json","If-None-Match":"*"},"body":)" +
                     json_text(R"({"queueId":"q"})")));
    EXPECT_EQ(created.status, 200) << created.proxy.text("body");
    EXPECT_EQ(created.proxy.text("headers/ETag"), "\"1\"");
    EXPECT_EQ(created.proxy.text("headers/Content-Type"), "application/json");
    EXPECT_EQ(created.body.text("outcome"), "created");
    const auto read = deployed.call(format_1("GET", "/routing/%2B18005551234/us-east-1"));
    EXPECT_EQ(read.body.text("queueId"), "q");
    EXPECT_EQ(deployed.last_change().text("changes/0/via"), "lambda");
}

TEST(UpdateRouting, FormatTwo) {
    Deployed deployed;
    const auto created = deployed.call(format_2(
        "POST", "/prod/routing", "dryRun=true",
        R"(,"headers":{"content-type":"application/json"},"body":)" + json_text(rest::rule())));
    EXPECT_EQ(created.status, 200) << created.proxy.text("body");
    EXPECT_EQ(created.body.at("dryRun"), "true");
    EXPECT_EQ(deployed.call(format_2("GET", "/routing", "limit=0")).status, 400);
}

TEST(UpdateRouting, QueriesOfFormatOneAreEncodedAgain) {
    Deployed deployed;
    deployed.region.store_item(management::Kind::kRule, rest::rule());
    for (
        const auto* more :
        {R"(,"queryStringParameters":{"prefix":"+18005551234","limit":"1"})",
         R"(,"multiValueQueryStringParameters":{"prefix":["+18005551234"]},"queryStringParameters":null)",
         R"(,"multiValueQueryStringParameters":null,"queryStringParameters":{"prefix":"+1"})"}) {
        EXPECT_EQ(deployed.call(format_1("GET", "/routing", more)).body.text("items/0/queueId"),
                  "queue-a")
            << more;
    }
    const auto twice = deployed.call(
        format_1("GET", "/routing", R"(,"multiValueQueryStringParameters":{"limit":["1","2"]})"));
    EXPECT_THAT(twice.body.text("message"), HasSubstr("twice"));
    const auto odd =
        deployed.call(format_1("GET", "/routing", R"(,"queryStringParameters":{"a&b=%":"c"})"));
    EXPECT_THAT(odd.body.text("message"), HasSubstr("'a&b=%'"));
}

// HTTP APIs decode paths, REST APIs don't.
TEST(UpdateRouting, PathsMayBeEncodedOrNot) {
    Deployed deployed;
    ASSERT_EQ(deployed.region.ask("PUT", "/agents/a%3Fb%23%20%C3%A9", R"({"name":"n"})").status,
              200);
    for (const auto* path : {"/agents/a%3Fb%23%20%C3%A9", "/agents/a?b# \xC3\xA9"}) {
        EXPECT_EQ(deployed.call(format_2("GET", path)).body.text("name"), "n") << path;
        EXPECT_EQ(deployed.call(format_1("GET", path)).body.text("name"), "n") << path;
    }
    ASSERT_EQ(deployed.region.ask("PUT", "/agents/100%25", R"({"name":"m"})").status, 200);
    EXPECT_EQ(deployed.call(format_2("GET", "/agents/100%")).body.text("name"), "m");
}

TEST(UpdateRouting, AllHeadersOfAName) {
    Deployed deployed;
    deployed.region.store_item(management::Kind::kRule, rest::rule("queue-a", R"(,"version":3)"));
    const auto updated = deployed.call(format_1(
        "PUT", rest::kRulePath,
        R"(,"headers":{"If-Match":"\"2\""},"multiValueHeaders":{"If-Match":["\"2\"","\"3\""],)"
        R"("X-Change-Reason":["why",null,5]},"body":)" +
            json_text(rest::rule("queue-b"))));
    EXPECT_EQ(updated.status, 200) << updated.proxy.text("body");
    EXPECT_EQ(deployed.last_change().text("changes/0/reason"), "why");
}

TEST(UpdateRouting, BodiesInBase64) {
    Deployed deployed;
    std::string encoded;
    item::append_base64(rest::rule(), encoded);
    EXPECT_EQ(deployed.call(R"({"isBase64Encoded":true,"body":)" + json_text(encoded) + "}").status,
              200);
    const auto wrong = deployed.call(R"({"isBase64Encoded":true,"body":"{}"})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_THAT(wrong.body.text("message"), HasSubstr("base64"));
}

TEST(UpdateRouting, WhatIsNoProxyEventIs400) {
    Deployed deployed;
    for (const std::string event :
         {"", "null", "[]", "5", "{", "{}", R"({"body":null})", R"({"body":""})", R"({"body":{}})",
          R"({"httpMethod":"GET"})", R"({"path":"/routing"})", R"({"version":"2.0"})",
          R"({"version":"2.0","rawPath":"/routing"})",
          R"({"httpMethod":5,"path":"/routing","body":null})",
          R"({"version":"2.0","requestContext":null,"rawPath":"/routing","body":"x"})", "\xff"}) {
        const auto answer = deployed.call(event);
        EXPECT_EQ(answer.status, 400) << event;
        EXPECT_EQ(answer.proxy.text("headers/X-Amzn-ErrorType"), "ValidationException") << event;
        EXPECT_THAT(answer.body.text("message"), HasSubstr("API Gateway")) << event;
    }
}

TEST(UpdateRouting, NullsAreAbsent) {
    Deployed deployed;
    const auto answer = deployed.call(
        R"({"httpMethod":"GET","path":"/routing","headers":null,"multiValueHeaders":null,)"
        R"("queryStringParameters":null,"requestContext":null,"body":null,"isBase64Encoded":null})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.proxy.text("body"), R"({"items":[]})");
}

TEST(UpdateRouting, HeadHasNoBody) {
    Deployed deployed;
    const auto answer = deployed.call(format_1("HEAD", "/routing"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.proxy.text("body"), "");
}

TEST(UpdateRouting, TheInvokersRoleCounts) {
    Deployed deployed;
    EXPECT_EQ(deployed.call(R"({"body":"{}"})", Role::kViewer).status, 403);
    EXPECT_EQ(deployed.call(format_1("GET", "/routing"), Role::kViewer).status, 200);
}

// Who changed something: the caller that a gateway has verified, where a gateway is what invokes.
TEST(UpdateRouting, WhoIsTheGatewaysCallerOrTheInvoker) {
    const std::string identity_1 =
        R"("requestContext":{"requestId":"gateway-1","identity":{"userArn":"arn:aws:iam::1:user/bob",)"
        R"("accessKey":"AKIDBOB","caller":"AIDA:bob","sourceIp":"203.0.113.7"}})";
    const std::string identity_2 =
        R"("version":"2.0","rawPath":"/routing","requestContext":{"requestId":"gateway-1",)"
        R"("authorizer":{"iam":{"userArn":"arn:aws:iam::1:user/bob","accessKey":"AKIDBOB"}},)"
        R"("http":{"method":"POST","sourceIp":"203.0.113.7"}})";
    const std::string anonymous =
        R"("requestContext":{"identity":{"userArn":null,"caller":null,"sourceIp":"203.0.113.7"}})";
    struct Case {
        const char* what;
        std::string context;
        Role role;
        const char* name;
        const char* key;
        const char* from;
        const char* request;
    };
    const std::string bob = "arn:aws:iam::1:user/bob";
    for (const auto& [what, context, role, name, key, from, request] : {
             Case{"format 1", identity_1, Role::kAdmin, bob.c_str(), "AKIDBOB", "203.0.113.7",
                  "gateway-1"},
             Case{"format 2", identity_2, Role::kAdmin, bob.c_str(), "AKIDBOB", "203.0.113.7",
                  "gateway-1"},
             Case{"no gateway", identity_1, Role::kOperator, "gateway", "AKIDGATEWAY", "10.0.0.1:1",
                  "invocation-1"},
             Case{"no principal", anonymous, Role::kAdmin, "gateway", "AKIDGATEWAY", "203.0.113.7",
                  "invocation-1"},
             Case{"too long",
                  R"("requestContext":{"identity":{"userArn":")" + std::string(3'000, 'x') + "\"}}",
                  Role::kAdmin, "gateway", "AKIDGATEWAY", "10.0.0.1:1", "invocation-1"},
         }) {
        Deployed deployed;
        const auto answer =
            deployed.call("{" + context + R"(,"body":)" + json_text(rest::rule()) + "}", role);
        ASSERT_EQ(answer.status, 200) << what << answer.proxy.text("body");
        const auto change = deployed.last_change();
        EXPECT_EQ(change.text("changes/0/who/name"), name) << what;
        EXPECT_EQ(change.text("changes/0/who/accessKeyId"), key) << what;
        EXPECT_EQ(change.text("changes/0/from"), from) << what;
        EXPECT_EQ(change.text("changes/0/requestId"), request) << what;
    }
}

// ---- The vectors: rule updates as data.

struct Vector {
    std::string id;
    std::string correct;
    item::List rules;
    std::vector<std::string> events;
};

std::vector<Vector> read_vectors() {
    std::ifstream file(MERIDIAN_TESTDATA "/vectors/update_routing.json");
    std::stringstream text;
    text << file.rdbuf();
    rest::Seen document;
    document.body = item::parse_plain_json(text.str()).value_or(item::Null{});
    std::vector<Vector> vectors;
    for (std::size_t i = 0; document.at("update_routing/" + std::to_string(i)) != "-"; ++i) {
        rest::Seen entry;
        entry.body = *item::parse_plain_json(document.at("update_routing/" + std::to_string(i)));
        Vector vector{entry.text("id"), entry.text("correct"), {}, {}};
        auto rules = item::parse_plain_json(entry.at("tables/GlobalCallRouting"));
        vector.rules = std::move(*rules->as<item::List>());
        for (std::size_t step = 0; entry.at("steps/" + std::to_string(step)) != "-"; ++step) {
            vector.events.push_back(entry.at("steps/" + std::to_string(step)));
        }
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

// Answers as "200 v2" and "409"; at once for vectors that are about that.
std::vector<std::string> answers_to(const Vector& vector) {
    Deployed deployed;
    for (const auto& rule : vector.rules) {
        deployed.region.store_item(management::Kind::kRule, item::to_plain_json(rule));
    }
    std::vector<std::string> answers(vector.events.size());
    const auto ask = [&](std::size_t step) {
        const auto answer = deployed.call(vector.events[step]);
        answers[step] = std::to_string(answer.status);
        if (answer.status == 200) {
            answers[step] += " v" + answer.body.at("data/version");
            EXPECT_EQ(answer.body.text("message"), "Routing rule updated successfully");
        } else if (answer.status == 409) {
            EXPECT_NE(answer.body.at("current/version"), "-") << "the current item";
        } else {
            EXPECT_NE(answer.body.at("message"), "-");
        }
    };
    const bool at_once = vector.id.starts_with("update/concurrent");
    std::vector<std::jthread> threads;
    for (std::size_t step = 0; step < vector.events.size(); ++step) {
        if (at_once) {
            threads.emplace_back(ask, step);
        } else {
            ask(step);
        }
    }
    threads.clear();
    return answers;
}

TEST(UpdateRouting, AnswersTheVectorsAsARightSystemDoes) {
    // What "correct" says in words, as the answers to all steps.
    const std::map<std::string, std::vector<std::string>> expected{
        {"200, version 1", {"200 v1"}},
        {"200, version 2", {"200 v2"}},
        {"200 for an identical retry, else 409", {"200 v2", "200 v2"}},
        {"409 for B unless B read version 2", {"200 v2", "200 v3"}},  // it did
        {"200 after decoding", {"200 v1"}},
        {"400", {"400"}},
        {"400 (not a proxy event)", {"400"}},
        {"400: contactFlowId and queueId are required", {"400"}},
        {"400 or dropped", {"400"}},
        {"A 200, B 409", {"200 v2", "409"}},
    };
    const auto vectors = read_vectors();
    ASSERT_EQ(vectors.size(), 26U);
    for (const auto& vector : vectors) {
        auto answers = answers_to(vector);
        if (vector.correct == "one 200, one 409") {
            std::ranges::sort(answers);
            const auto* version = vector.rules.empty() ? "200 v1" : "200 v2";
            EXPECT_EQ(answers, (std::vector<std::string>{version, "409"})) << vector.id;
        } else {
            ASSERT_TRUE(expected.contains(vector.correct)) << vector.correct;
            EXPECT_EQ(answers, expected.at(vector.correct)) << vector.id;
        }
    }
}

}  // namespace
}  // namespace meridian::functions
