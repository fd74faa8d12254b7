#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/server.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"
#include "testing/shelf.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

Response ok(std::string body) {
    return {.status = 200, .headers = {}, .body = std::move(body)};
}

TEST(ServerStop, FinishesWhatItHasStarted) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    RawClient working(server->port());
    RawClient idle(server->port());
    idle.send(get("/"));
    shelf.take().reply(ok("before"));
    EXPECT_EQ(idle.read_response().body, "before");
    working.send(get("/work"));
    auto kept = shelf.take();
    auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::minutes{5}); });
    EXPECT_EQ(idle.read_to_end(), "") << "an idle connection is closed at once";
    kept.reply(ok("finished"));
    const auto response = working.read_response();
    EXPECT_EQ(response.body, "finished");
    EXPECT_NE(response.head.find("Connection: close"), std::string::npos);
    EXPECT_EQ(working.read_to_end(), "");
    working.close();
    stopped.get();
    EXPECT_FALSE(RawClient(server->port()).is_connected());
    EXPECT_EQ(server->open_connections(), 0);
}

// Under fire: whoever gets an answer gets a whole one, and nobody waits for ever.
TEST(ServerStop, IsCleanDuringTraffic) {
    std::atomic<int> handled = 0;
    auto server = start_server({}, [&](const Request&, Reply reply) {
        ++handled;
        reply(ok("whole"));
    });
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([port = server->port()] {
            RawClient client(port);
            while (client.send(get("/"))) {
                const auto response = client.read_response();
                if (response.status == 0) {
                    return;
                }
                EXPECT_EQ(response.body, "whole");
            }
        });
    }
    while (handled < 500) {
        std::this_thread::yield();
    }
    server->stop(std::chrono::seconds{5});
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(server->open_connections(), 0);
}

TEST(ServerStop, EndsAfterItsGrace) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    RawClient client(server->port());
    client.send(get("/"));
    auto kept = shelf.take();
    server->stop(milliseconds{20});
    EXPECT_EQ(client.read_to_end(), "");
    kept.reply(ok("too late"));
    server->stop(milliseconds{20});
}

// A server of one thread that is told to stop in the middle of things.
struct Stopping {
    explicit Stopping(const Handler& handler)
        : server(start_server({.threads = 1, .body_bytes_max = 2'000'000}, handler)),
          idle(server->port()) {}
    // Returns when the server has begun to stop.
    void begin(std::chrono::milliseconds grace = std::chrono::minutes{5}) {
        idle.send(get("/"));
        EXPECT_EQ(idle.read_response().status, 200);
        stopped = std::async(std::launch::async, [this, grace] { server->stop(grace); });
        EXPECT_EQ(idle.read_to_end(), "");
    }

    std::unique_ptr<Server> server;
    RawClient idle;
    std::future<void> stopped;
};

Handler shelve_pipelined(Shelf& shelf) {
    return [later = shelf.handler()](const Request& request, Reply reply) {
        request.target == "/" ? echo(request, std::move(reply)) : later(request, std::move(reply));
    };
}

// Some of them wait in the server's buffer, and most in the system's.
TEST(ServerStop, AnswersAllPipelinedRequestsThatHaveCome) {
    constexpr int kRequests = 1'000;
    Shelf shelf;
    Stopping stopping(shelve_pipelined(shelf));
    RawClient client(stopping.server->port());
    std::string all;
    for (int i = 0; i < kRequests; ++i) {
        all += post("/" + std::to_string(i), std::string(100, 'x'));
    }
    client.send(all);
    Shelf::Kept first = shelf.take();
    stopping.begin();
    first.reply(ok("0"));
    for (int i = 0; i < kRequests; ++i) {
        if (i > 0) {
            shelf.take().reply(ok(std::to_string(i)));
        }
        const auto response = client.read_response();
        ASSERT_EQ(response.body, std::to_string(i));
        ASSERT_EQ(response.header("Connection"), i + 1 == kRequests ? "close" : "") << i;
    }
    EXPECT_EQ(client.read_to_end(), "");
    client.close();
    stopping.stopped.get();
}

TEST(ServerStop, TakesTheRestOfWhatIsComing) {
    const std::string body(1'000'000, 'x');
    const std::string requests[] = {
        post("/upload", body),
        "POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\n" + body +
            "\r\n0\r\n\r\n",
    };
    for (const auto& request : requests) {
        for (const std::size_t sent : {std::size_t{20}, request.size() / 2, request.size() - 1}) {
            Stopping stopping(echo);
            RawClient client(stopping.server->port());
            client.send(request.substr(0, sent));
            stopping.begin();
            client.send(request.substr(sent));
            const auto response = client.read_response();
            EXPECT_EQ(response.body, "POST /upload " + body);
            EXPECT_EQ(response.header("Connection"), "close");
            EXPECT_EQ(client.read_to_end(), "");
            client.close();
            stopping.stopped.get();
        }
    }
}

TEST(ServerStop, TakesABodyThatItHasInvited) {
    Stopping stopping(echo);
    RawClient client(stopping.server->port());
    client.send("POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 100);
    stopping.begin();
    client.send("body");
    EXPECT_EQ(client.read_response().body, "POST /e body");
    client.close();
    stopping.stopped.get();
}

TEST(ServerStop, SendsTheRestOfALargeAnswer) {
    const std::string body(50'000'000, 'x');
    Stopping stopping([&](const Request& request, Reply reply) {
        reply(ok(request.target == "/large" ? body : ""));
    });
    RawClient client(stopping.server->port());
    client.send(get("/large"));
    client.read_until("\r\n\r\n");
    stopping.begin();
    EXPECT_EQ(client.read_to_end().size(), body.size());
    client.close();
    stopping.stopped.get();
}

TEST(ServerStop, DoesNotWaitForWhoNeverStops) {
    Stopping stopping(echo);
    std::atomic<bool> is_over = false;
    std::thread endless([&, port = stopping.server->port()] {
        RawClient client(port);
        while (client.send(get("/") + get("/"))) {
            client.read_response();
        }
        is_over = true;
    });
    stopping.begin(milliseconds{50});
    stopping.stopped.get();
    endless.join();
    EXPECT_TRUE(is_over);
}

}  // namespace
}  // namespace meridian::net
