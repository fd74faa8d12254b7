#include "net/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/request_id.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"
#include "testing/shelf.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

Response ok(std::string body) {
    return {.status = 200, .headers = {}, .body = std::move(body)};
}

TEST(Server, AnswersOneRequestAfterTheOther) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    for (const char* path : {"/a", "/b?c=d"}) {
        client.send(get(path));
        const auto response = client.read_response();
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, std::string("GET ") + path + " ");
        EXPECT_NE(response.head.find("\r\nDate: "), std::string::npos);
        EXPECT_EQ(response.head.find("Connection"), std::string::npos);
    }
    client.send(post("/c", "body"));
    EXPECT_EQ(client.read_response().body, "POST /c body");
}

TEST(Server, TellsTheHandlerWhoAsks) {
    auto server = start_server({}, [](const Request& request, Reply reply) {
        EXPECT_TRUE(request.peer_is_loopback);
        EXPECT_EQ(request.header("hOST"), "localhost");
        reply(ok(std::string(request.peer)));
    });
    RawClient client(server->port());
    client.send(get("/"));
    EXPECT_TRUE(client.read_response().body.starts_with("127.0.0.1:"));
}

TEST(Server, NamesEachRequest) {
    auto server = start_server(
        {}, [](const Request& request, Reply reply) { reply(ok(std::string(request.id))); });
    RawClient client(server->port());
    const std::string own = "7d3b2a4c-0000-4000-8000-000000000000";
    client.send(get("/") + get("/") + "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: " + own +
                "\r\nx-amzn-RequestId: " + own + "\r\n\r\n");
    std::set<std::string> ids{own};
    for (int i = 0; i < 3; ++i) {
        const auto response = client.read_response();
        EXPECT_EQ(response.header("x-amzn-RequestId"), response.body);
        EXPECT_EQ(response.header("Server"), "");
        EXPECT_TRUE(ids.insert(response.body).second) << response.body;
    }
}

TEST(RequestIds, AreRandomUuids) {
    std::set<std::string> seen;
    for (int process = 0; process < 20; ++process) {
        RequestIds ids;
        for (int i = 0; i < 1'000; ++i) {
            RequestId id;
            ids.make(id);
            const std::string text(to_view(id));
            ASSERT_TRUE(seen.insert(text).second) << text;
            ASSERT_EQ(text[14], '4') << text;
            ASSERT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos) << text;
            for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
                ASSERT_EQ(text[dash], '-') << text;
            }
            ASSERT_EQ(text.find_first_not_of("0123456789abcdef-"), std::string::npos) << text;
        }
    }
}

TEST(Server, AnswersAThousandPipelinedRequestsInOrder) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        all += i % 3 == 0 ? post("/" + std::to_string(i), std::string(100, 'x'))
                          : get("/" + std::to_string(i));
    }
    std::thread sender([&] { client.send(all); });
    for (int i = 0; i < 1000; ++i) {
        const auto response = client.read_response();
        ASSERT_EQ(response.status, 200);
        ASSERT_NE(response.body.find("/" + std::to_string(i) + " "), std::string::npos) << i;
    }
    sender.join();
}

// The client sends much more than it reads: the server must stop reading instead of gathering
// responses without bound, and go on afterwards.
TEST(Server, WaitsForAClientThatReadsLate) {
    auto server = start_server(
        {.threads = 1}, [](const Request&, Reply reply) { reply(ok(std::string(500'000, 'x'))); });
    RawClient client(server->port());
    std::string all;
    for (int i = 0; i < 40; ++i) {
        all += get("/");
    }
    client.send(all);
    RawClient other(server->port());
    other.send(get("/"));
    EXPECT_EQ(other.read_response().status, 200);
    for (int i = 0; i < 40; ++i) {
        ASSERT_EQ(client.read_response().body.size(), 500'000) << i;
    }
}

TEST(Server, ReadsARequestThatComesByteByByte) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    for (const char byte : post("/slow", "bytes")) {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.read_response().body, "POST /slow bytes");
}

TEST(Server, ReadsALargeBodyAndSendsItBack) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    std::string body(3'000'000, 'x');
    for (std::size_t i = 0; i < body.size(); i += 101) {
        body[i] = static_cast<char>('a' + i % 26);
    }
    for (int i = 0; i < 2; ++i) {
        client.send(post("/", body));
        ASSERT_EQ(client.read_response().body, "POST / " + body);
    }
}

TEST(Server, ReadsChunks) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    client.send(
        "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: u\r\n\r\n" +
        get("/next"));
    EXPECT_EQ(client.read_response().body, "POST /c hello world");
    EXPECT_EQ(client.read_response().body, "GET /next ");
}

TEST(Server, InvitesABodyThatIsAnnounced) {
    auto server = start_server({.body_bytes_max = 10}, echo);
    RawClient client(server->port());
    const std::string head = "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n";
    client.send(get("/before") + head + "Content-Length: 4\r\n\r\n");
    EXPECT_EQ(client.read_response().body, "GET /before ");
    EXPECT_EQ(client.read_response().status, 100);
    client.send("body");
    EXPECT_EQ(client.read_response().body, "POST /e body");
    client.send(head + "Content-Length: 11\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 413) << "an invitation to send what is refused";
}

TEST(Server, AnswersHeadWithoutABody) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    client.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n" + get("/after"));
    const auto response = client.read_response(false);
    EXPECT_NE(response.head.find("Content-Length: 8\r\n"), std::string::npos);
    EXPECT_EQ(client.read_response().body, "GET /after ");
}

TEST(Server, SendsNoBodyWhereTheStatusHasNone) {
    auto server = start_server({}, [](const Request&, Reply reply) {
        reply({.status = 204, .headers = {}, .body = "ignored"});
    });
    RawClient client(server->port());
    client.send(get("/") + get("/"));
    EXPECT_EQ(client.read_response().head.find("Content-Length"), std::string::npos);
    EXPECT_EQ(client.read_response().status, 204);
}

TEST(Server, ClosesWhenTheClientWantsIt) {
    auto server = start_server({}, echo);
    for (const char* request :
         {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
        RawClient client(server->port());
        client.send(request);
        const std::string all = client.read_to_end();
        EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n")) << all;
        EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
    }
    RawClient old(server->port());
    old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(old.read_response().head.find("Connection: keep-alive"), std::string::npos);
    old.send("GET /again HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read_response().body, "GET /again ");
}

TEST(Server, AnswersAClientThatHasFinishedSending) {
    auto server = start_server({}, echo);
    RawClient client(server->port());
    client.send(get("/1") + get("/2"));
    client.finish_sending();
    EXPECT_EQ(client.read_response().body, "GET /1 ");
    EXPECT_EQ(client.read_response().body, "GET /2 ");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, TakesRepliesLateAndFromOtherThreads) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    std::vector<RawClient> clients;
    clients.reserve(8);
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back(server->port());
        clients.back().send(post("/", std::to_string(i)) + post("/", std::to_string(i)));
    }
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 4; ++n) {
                auto kept = shelf.take();
                std::string body(kept.request->body);
                kept.reply(ok(std::move(body)));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        EXPECT_EQ(clients[i].read_response().body, std::to_string(i));
        EXPECT_EQ(clients[i].read_response().body, std::to_string(i));
    }
}

TEST(Server, AnswersForAHandlerThatDropsItsReply) {
    auto server = start_server({}, [](const Request&, const Reply&) {});
    RawClient client(server->port());
    client.send(get("/") + get("/"));
    EXPECT_EQ(client.read_response().status, 500);
    EXPECT_EQ(client.read_response().status, 500);
}

TEST(Server, AnswersForAHandlerThatThrows) {
    std::vector<Reply> kept;
    auto server = start_server({.threads = 1}, [&](const Request& request, Reply reply) {
        if (request.target == "/after") {
            return reply(ok("fine"));
        }
        if (request.target == "/keeps") {
            kept.push_back(std::move(reply));
        }
        throw std::runtime_error("secret");
    });
    RawClient client(server->port());
    client.send(get("/throws") + get("/after"));
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
    EXPECT_EQ(client.read_response().body, "fine");

    // Its Reply must not answer a later request of the connection.
    client.send(get("/keeps") + get("/after"));
    EXPECT_EQ(client.read_response().status, 500);
    EXPECT_EQ(client.read_to_end(), "");
    kept.front()(ok("too late"));
}

TEST(Server, AnswersForAHandlerWhoseResponseCannotBeSent) {
    auto server = start_server({}, [](const Request&, Reply reply) {
        reply({.status = 200, .headers = {{"X", "a\r\nInjected: b"}}, .body = "x"});
    });
    RawClient client(server->port());
    client.send(get("/"));
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.head.find("Injected"), std::string::npos);
}

TEST(Server, ReplyOutlivesItsConnection) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    RawClient client(server->port());
    client.send(post("/", "still here"));
    auto kept = shelf.take();
    client.reset();
    EXPECT_EQ(kept.request->body, "still here");
    kept.reply(ok("nobody reads it"));
    RawClient next(server->port());
    next.send(get("/"));
    shelf.take().reply(ok("alive"));
    EXPECT_EQ(next.read_response().body, "alive");
}

TEST(Server, ReplyOutlivesTheServer) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    RawClient client(server->port());
    client.send(post("/", "still here"));
    auto called = shelf.take();
    RawClient second(server->port());
    second.send(post("/", "here too"));
    auto dropped = shelf.take();
    server.reset();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(called.request->body, "still here");
    EXPECT_EQ(dropped.request->body, "here too");
    called.reply(ok("nobody reads it"));
}

TEST(Server, SurvivesClientsThatVanish) {
    auto server = start_server(
        {}, [](const Request&, Reply reply) { reply(ok(std::string(5'000'000, 'x'))); });
    for (const std::string& sent :
         {std::string(), std::string("G"), std::string("POST / HTTP/1.1\r\nHost: h\r\nContent-Le"),
          post("/", "whole").substr(0, 50), get("/"), get("/") + get("/")}) {
        RawClient(server->port()).send(sent);
        RawClient client(server->port());
        client.send(sent);
        client.reset();
    }
    RawClient client(server->port());
    client.send(get("/"));
    EXPECT_EQ(client.read_response().body.size(), 5'000'000);
}

TEST(Server, SecondServerOnAPortIsRefused) {
    auto server = start_server({}, echo);
    const auto second = Server::start({.port = server->port()}, echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kPortInUse);
    EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
    const auto port = server->port();
    server.reset();
    EXPECT_TRUE(Server::start({.port = port}, echo)) << "the port stays taken after a stop";
}

TEST(Server, RefusesAnAddressThatIsNone) {
    for (const char* address : {"", "localhost", "1.2.3", "203.0.113.7"}) {
        const auto server = Server::start({.address = address}, echo);
        ASSERT_FALSE(server) << address;
        EXPECT_EQ(server.error().code, ErrorCode::kInvalidInput) << server.error().message;
    }
}

TEST(Server, HoldsTenThousandIdleConnections) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    // Both ends of each live in this process.
    const std::size_t count = std::min<std::size_t>(10'000, (files.rlim_cur - 500) / 2);
    auto server = start_server({.connections_max = count}, echo);
    std::vector<RawClient> clients;
    clients.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        clients.emplace_back(server->port());
        ASSERT_TRUE(clients.back().is_connected()) << i;
    }
    for (std::size_t i = 0; i < count; i += 97) {
        clients[i].send(get("/"));
        ASSERT_EQ(clients[i].read_response().status, 200) << i;
    }
    clients.back().send(get("/"));
    EXPECT_EQ(clients.back().read_response().status, 200);
    EXPECT_EQ(server->open_connections(), count);
}

}  // namespace
}  // namespace meridian::net
