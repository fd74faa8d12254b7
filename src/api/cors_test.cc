#include "api/cors.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace meridian::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Headers = std::map<std::string, std::string>;

Headers headers_of(const net::Response& response) {
    return {response.headers.begin(), response.headers.end()};
}

net::Request request(std::string_view method, std::vector<net::Header> headers) {
    net::Request request;
    request.method = method;
    request.target = "/routing";
    request.headers = std::move(headers);
    return request;
}

const Cors kConsole = *Cors::of({"https://console.example.com", "http://localhost:8080"});

TEST(Cors, TakesOriginsAsBrowsersWriteThem) {
    for (const char* good : {"https://console.example.com", "http://localhost:8080",
                             "http://[::1]:8080", "https://10.0.0.1"}) {
        EXPECT_TRUE(Cors::of({good})) << good;
    }
    for (const char* wrong :
         {"", "*", "null", "console.example.com", "https://", "https://Console.example.com",
          "https://console.example.com/", "https://console.example.com:443", "http://x:80",
          "https://*.example.com", "https://a b", "https://x:", "ftp://x"}) {
        const auto cors = Cors::of({"http://localhost:8080", wrong});
        ASSERT_FALSE(cors) << wrong;
        EXPECT_EQ(cors.error().code, ErrorCode::kInvalidInput);
        EXPECT_THAT(cors.error().message, HasSubstr("'" + std::string(wrong) + "'"));
    }
}

TEST(Cors, AnswersThePreflightOfAnAllowedPage) {
    const auto answer = kConsole.preflight(
        request("OPTIONS", {{"Origin", "http://localhost:8080"},
                            {"Access-Control-Request-Method", "PUT"},
                            {"Access-Control-Request-Headers",
                             "authorization,x-amz-date, X-Amz-Content-Sha256,amz-sdk-request,"
                             "x-other,x-amz-a b,"}}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(answer->body, "");
    auto headers = headers_of(*answer);
    EXPECT_THAT(headers["Access-Control-Allow-Methods"], HasSubstr("PATCH"));
    EXPECT_THAT(headers["Access-Control-Allow-Headers"],
                AllOf(HasSubstr("Authorization, "), HasSubstr("If-Match, "),
                      HasSubstr("X-Change-Reason, x-amz-date, X-Amz-Content-Sha256, "
                                "amz-sdk-request"),
                      Not(HasSubstr("x-other")), Not(HasSubstr("a b"))));
    EXPECT_EQ(headers["Access-Control-Max-Age"], "7200");
    EXPECT_THAT(headers["Vary"], HasSubstr("Access-Control-Request-Headers"));
    EXPECT_FALSE(headers.contains("Access-Control-Allow-Credentials"));
}

TEST(Cors, WhatIsNoPreflightOfAnAllowedPageIsNotAnswered) {
    const net::Header asks{"Access-Control-Request-Method", "PUT"};
    const net::Header allowed{"Origin", "https://console.example.com"};
    EXPECT_FALSE(kConsole.preflight(request("OPTIONS", {allowed})));
    EXPECT_FALSE(kConsole.preflight(request("OPTIONS", {asks})));
    EXPECT_FALSE(kConsole.preflight(request("GET", {allowed, asks})));
    for (const char* other : {"https://evil.example.com", "https://console.example.com.evil",
                              "http://console.example.com", "null", "", "*"}) {
        EXPECT_FALSE(kConsole.preflight(request("OPTIONS", {{"Origin", other}, asks}))) << other;
    }
    EXPECT_FALSE(Cors().preflight(request("OPTIONS", {allowed, asks})));
}

TEST(Cors, LetsAllowedPagesReadAndTellsCachesThatItDepends) {
    const auto allowed = [](const Cors& cors, std::string_view origin) {
        net::Response response;
        cors.allow(request("GET", {{"Origin", origin}}), response);
        return headers_of(response);
    };
    auto page = allowed(kConsole, "https://console.example.com");
    EXPECT_EQ(page["Access-Control-Allow-Origin"], "https://console.example.com");
    EXPECT_THAT(page["Access-Control-Expose-Headers"],
                AllOf(HasSubstr("ETag"), HasSubstr("x-amzn-RequestId")));
    EXPECT_EQ(page["Vary"], "Origin");
    EXPECT_EQ(allowed(kConsole, "https://evil.example.com"), (Headers{{"Vary", "Origin"}}));
    EXPECT_EQ(allowed(Cors(), "https://console.example.com"), Headers{});
}

}  // namespace
}  // namespace meridian::api
