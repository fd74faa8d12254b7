#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/server.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{50};

// And gives its id.
std::string expect_refusal(RawClient& client, int status) {
    const auto response = client.read_response();
    EXPECT_EQ(response.status, status);
    EXPECT_TRUE(response.body.starts_with("{\"message\":\"")) << response.body;
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_EQ(response.header("x-amzn-RequestId").size(), 36);
    EXPECT_TRUE(response.header("X-Amzn-ErrorType").ends_with("Exception")) << response.head;
    EXPECT_EQ(client.read_to_end(), "");
    return response.header("x-amzn-RequestId");
}

TEST(ServerLimits, RefusesWhatIsTooLargeOrMalformed) {
    struct Case {
        int status;
        std::string bytes;
    };
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
    const Case cases[] = {
        {400, "nonsense\r\n\r\n"},
        {400, head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        {413, head + "Content-Length: 2000\r\n\r\n" + std::string(2000, 'x')},
        {413,
         head + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"},
        {431, head + "X: " + std::string(100'000, 'x')},
        {417, head + "Expect: miracles\r\n\r\n"},
    };
    std::atomic<int> handled = 0;
    std::mutex mutex;
    std::map<std::string, int> told;
    ServerOptions options{.header_bytes_max = 2048, .body_bytes_max = 1000};
    options.on_refusal = [&](const ServerRefusal& refusal) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(refusal.peer.starts_with("127.0.0.1:"));
        told.emplace(refusal.id, refusal.status);
    };
    auto server = start_server(options, [&](const Request& request, Reply reply) {
        ++handled;
        echo(request, std::move(reply));
    });
    for (const auto& c : cases) {
        RawClient client(server->port());
        client.send(get("/first") + c.bytes + get("/smuggled"));
        EXPECT_EQ(client.read_response().body, "GET /first ");
        const std::string id = expect_refusal(client, c.status);
        const std::lock_guard lock(mutex);
        EXPECT_EQ(told[id], c.status);
    }
    EXPECT_EQ(handled, static_cast<int>(std::size(cases)));
}

TEST(ServerLimits, CutsOffASlowHead) {
    auto server = start_server({.header_timeout = kShort}, echo);
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHo");
    expect_refusal(client, 408);
}

TEST(ServerLimits, CutsOffASlowBody) {
    auto server = start_server({.body_timeout = kShort}, echo);
    for (const char* framing : {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
        RawClient client(server->port());
        client.send(std::string("POST / HTTP/1.1\r\nHost: h\r\n") + framing + "\r\n\r\n5\r\nab");
        expect_refusal(client, 408);
    }
}

// A byte now and then must not buy time: the deadline is the head's, not the byte's.
TEST(ServerLimits, CutsOffATricklingHead) {
    auto server = start_server({.header_timeout = kShort}, echo);
    RawClient client(server->port());
    std::string head = "GET / HTTP/1.1\r\nX: ";
    while (client.send(head)) {
        head = "x";
        RawClient pace(
            server->port());  // takes its turn on the server: the head grows all the while
        pace.send(get("/"));
        ASSERT_EQ(pace.read_response().status, 200);
    }
}

TEST(ServerLimits, ClosesIdleConnectionsWithoutAWord) {
    auto server = start_server({.idle_timeout = kShort}, echo);
    RawClient fresh(server->port());
    EXPECT_EQ(fresh.read_to_end(), "");
    RawClient used(server->port());
    used.send(get("/"));
    EXPECT_EQ(used.read_response().status, 200);
    EXPECT_EQ(used.read_to_end(), "");
}

TEST(ServerLimits, ClosesOnAClientThatDoesNotRead) {
    const std::size_t kMuch = 50'000'000;  // more than the socket buffers of both sides
    std::string body;
    body.resize(kMuch, 'x');
    auto server = start_server({.body_timeout = kShort}, [&](const Request&, Reply reply) {
        reply({.status = 200, .headers = {}, .body = body});
    });
    RawClient client(server->port());
    client.send(get("/"));
    EXPECT_EQ(client.read_response(false).status, 200);
    while (server->open_connections() > 0) {
        std::this_thread::yield();
    }
    EXPECT_LT(client.read_to_end().size(), kMuch);
}

TEST(ServerLimits, AnswersForAHandlerThatTakesTooLong) {
    std::mutex mutex;
    std::vector<Reply> kept;
    const Request* seen = nullptr;
    auto server = start_server({.reply_timeout = kShort}, [&](const Request& request, Reply reply) {
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(reply));
        seen = &request;
    });
    RawClient client(server->port());
    client.send(post("/", "body") + get("/next"));
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(response.header("X-Amzn-ErrorType"), "ServiceUnavailableException");
    EXPECT_EQ(client.read_to_end(), "");
    const std::lock_guard lock(mutex);
    ASSERT_EQ(kept.size(), 1);
    EXPECT_EQ(seen->body, "body") << "the views live until the reply";
    EXPECT_EQ(seen->id, response.header("x-amzn-RequestId"));
    kept.front()({.status = 200, .headers = {}, .body = "late"});
    kept.clear();
}

}  // namespace
}  // namespace meridian::net
