#include "net/client.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/rude_peer_for_tests.h"
#include "testing/handlers.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

TEST(Client, ExchangesOneRequest) {
    auto server = start_server({}, [](const Request& request, Reply reply) {
        EXPECT_EQ(request.header("X-A"), "b");
        EXPECT_TRUE(request.header("Host").starts_with("127.0.0.1:"));
        std::string text(request.method);
        text += request.target;
        text += request.body;
        reply({.status = 404, .headers = {{"X-B", "c"}}, .body = std::move(text)});
    });
    for (const std::string& body : {std::string(), std::string(2'000'000, 'x')}) {
        const auto response = send({.port = server->port(),
                                    .method = "PUT",
                                    .target = "/t",
                                    .headers = {{"X-A", "b"}},
                                    .body = body});
        ASSERT_TRUE(response) << response.error().message;
        EXPECT_EQ(response->status, 404);
        EXPECT_EQ(response->headers.front(), (std::pair<std::string, std::string>("X-B", "c")));
        EXPECT_EQ(response->body, "PUT/t" + body);
    }
}

TEST(Client, FindsHostsByName) {
    auto server = start_server({}, echo);
    const auto response = send({.host = "localhost", .port = server->port()});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "GET / ");
}

TEST(Client, HostHeaderIsWhatIsSent) {
    EXPECT_EQ(host_header({.host = "example.org", .port = 80}), "example.org");
    EXPECT_EQ(host_header({.host = "example.org", .port = 443}), "example.org:443");
    EXPECT_EQ(host_header({.host = "example.org", .port = 443, .tls = ClientTls{}}), "example.org");
    EXPECT_EQ(host_header({.host = "example.org", .port = 80, .tls = ClientTls{}}),
              "example.org:80");
    EXPECT_EQ(host_header({.host = "::1", .port = 80}), "[::1]");
    EXPECT_EQ(host_header({.host = "::1", .port = 7401}), "[::1]:7401");
}

TEST(Client, HeadHasNoBody) {
    auto server = start_server({}, echo);
    const auto response = send({.port = server->port(), .method = "HEAD"});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "");
}

TEST(Client, ReadsEveryFraming) {
    struct Case {
        const char* bytes;
        const char* body;
    };
    const Case cases[] = {
        {"HTTP/1.1 200 OK\r\n\r\nto the end", "to the end"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd", "ab"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
         "abc"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 X\r\n\r\nHTTP/1.0 200 OK\r\n\r\nx", "x"},
        {"HTTP/1.1 204 No Content\r\n\r\nnot a body", ""},
    };
    for (const auto& c : cases) {
        RudePeer peer(c.bytes);
        const auto response = send({.port = peer.port()});
        ASSERT_TRUE(response) << c.bytes << response.error().message;
        EXPECT_EQ(response->body, c.body) << c.bytes;
    }
}

TEST(Client, ReportsPeersThatFail) {
    struct Case {
        const char* bytes;
        ErrorCode code;
    };
    const Case cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", ErrorCode::kUnavailable},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
         ErrorCode::kUnavailable},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorCode::kUnavailable},
        {"HTTP/1.1 200 O", ErrorCode::kUnavailable},
        {"SSH-2.0-OpenSSH\r\n\r\n", ErrorCode::kUnavailable},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", ErrorCode::kTooLarge},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", ErrorCode::kTooLarge},
        {"HTTP/1.1 200 OK\r\n\r\n"
         "0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789",
         ErrorCode::kTooLarge},
    };
    for (const auto& c : cases) {
        RudePeer peer(c.bytes);
        const auto response = send({.port = peer.port(), .response_bytes_max = 100});
        ASSERT_FALSE(response) << c.bytes;
        EXPECT_EQ(response.error().code, c.code) << c.bytes << response.error().message;
    }
}

TEST(Client, StopsAtItsDeadline) {
    RudePeer peer("");
    const auto response = send({.port = peer.port(), .timeout = milliseconds{50}});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout);
}

TEST(Client, ReportsThatNobodyListens) {
    std::uint16_t port = 0;
    {
        port = start_server({}, echo)->port();
    }
    const auto response = send({.port = port});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(response.error().message.find(std::to_string(port)), std::string::npos);
}

TEST(Client, RefusesToSendWhatWouldSplitTheRequest) {
    for (const ClientRequest& request : {
             ClientRequest{.method = "GE T"},
             ClientRequest{.target = "/a b"},
             ClientRequest{.target = "/a\r\nX: y"},
             ClientRequest{.target = ""},
             ClientRequest{.headers = {{"X", "a\r\nY: b"}}},
             ClientRequest{.headers = {{"X: Y", "a"}}},
             ClientRequest{.host = "a\r\nb"},
         }) {
        const auto response = send(request);
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().code, ErrorCode::kInvalidInput);
    }
}

TEST(KeptClient, UsesOneConnectionForItsRequests) {
    auto server = start_server({}, name_connection);
    Client client;
    const auto first = client.send({.port = server->port()});
    ASSERT_TRUE(first) << first.error().message;
    for (const char* method : {"GET", "HEAD", "POST", "DELETE", "GET"}) {
        const auto next = client.send(
            {.port = server->port(), .method = method, .body = std::string(100'000, 'x')});
        ASSERT_TRUE(next) << next.error().message;
        EXPECT_EQ(next->body, std::string_view(method) == "HEAD" ? "" : first->body);
    }
    EXPECT_EQ(server->open_connections(), 1);
    Client moved = std::move(client);
    EXPECT_EQ(moved.send({.port = server->port()})->body, first->body);
}

TEST(KeptClient, GoesWhereTheRequestSays) {
    auto one = start_server({}, echo);
    auto other = start_server({}, name_connection);
    Client client;
    EXPECT_EQ(client.send({.port = one->port()})->body, "GET / ");
    EXPECT_TRUE(client.send({.port = other->port()})->body.starts_with("127.0.0.1:"));
    EXPECT_EQ(client.send({.host = "localhost", .port = one->port()})->body, "GET / ");
}

TEST(KeptClient, ReplacesAConnectionThatTheServerHasClosed) {
    auto server = start_server({.idle_timeout = milliseconds{20}}, echo);
    Client client;
    for (int i = 0; i < 3; ++i) {
        const auto response = client.send({.port = server->port(), .method = "POST"});
        ASSERT_TRUE(response) << response.error().message;
        while (server->open_connections() > 0) {
            std::this_thread::yield();
        }
    }
}

constexpr const char* kOne = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
constexpr const char* kTwo = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2";
const std::string kHangUp(RudePeer::kHangUp);

// The server may have carried out what it has read, so only a safe request goes a second time.
TEST(KeptClient, RepeatsOnlyWhatIsSafe) {
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
        RudePeer peer({{kOne, kHangUp}, {kTwo}});
        Client client;
        ASSERT_TRUE(client.send({.port = peer.port()}));
        const auto second = client.send({.port = peer.port(), .method = method});
        ASSERT_TRUE(second) << second.error().message;
        EXPECT_EQ(second->status, 200);
    }
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH"}) {
        RudePeer peer({{kOne, kHangUp}});
        Client client;
        ASSERT_TRUE(client.send({.port = peer.port()}));
        const auto second = client.send({.port = peer.port(), .method = method});
        ASSERT_FALSE(second) << method;
        EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    }
}

TEST(KeptClient, RepeatsNothingThatWasAnsweredOrNew) {
    for (const std::vector<RudePeer::Answers>& answers :
         {std::vector<RudePeer::Answers>{{kHangUp}},
          std::vector<RudePeer::Answers>{
              {kOne, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}}}) {
        RudePeer peer(answers);
        Client client;
        for (std::size_t i = 1; i < answers.front().size(); ++i) {
            ASSERT_TRUE(client.send({.port = peer.port()}));
        }
        const auto last = client.send({.port = peer.port()});
        ASSERT_FALSE(last);
        EXPECT_EQ(last.error().code, ErrorCode::kUnavailable);
    }
}

// What is left on a connection would be taken for the answer to the next request.
TEST(KeptClient, KeepsNoConnectionThatIsNotClean) {
    const std::string close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1";
    const std::string old = "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1";
    const std::string unending = "HTTP/1.1 200 OK\r\n\r\n1";
    const std::string more = std::string(kOne) + kOne;
    for (const auto& answer : {close, old, unending, more}) {
        RudePeer peer({{answer}, {kTwo}});
        Client client;
        const auto first = client.send({.port = peer.port()});
        ASSERT_TRUE(first) << first.error().message;
        EXPECT_EQ(first->body, "1") << answer;
        const auto second = client.send({.port = peer.port(), .method = "POST"});
        ASSERT_TRUE(second) << second.error().message;
        EXPECT_EQ(second->body, "2") << answer;
    }
    RudePeer peer({{"", "never"}, {kTwo}});
    Client client;
    EXPECT_EQ(client.send({.port = peer.port(), .timeout = milliseconds{30}}).error().code,
              ErrorCode::kTimeout);
    EXPECT_EQ(client.send({.port = peer.port()})->body, "2") << "a late answer to the first";
}

TEST(KeptClient, HoldsEachRequestToItsOwnDeadline) {
    RudePeer peer({{kOne, ""}});
    Client client;
    ASSERT_TRUE(client.send({.port = peer.port(), .timeout = milliseconds{60'000}}));
    EXPECT_EQ(client.send({.port = peer.port(), .timeout = milliseconds{30}}).error().code,
              ErrorCode::kTimeout);
}

}  // namespace
}  // namespace meridian::net
