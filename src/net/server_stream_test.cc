#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/body_stream.h"
#include "net/server.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kWide = 100'000'000;

std::shared_ptr<BodyStream> make_stream(std::size_t bytes_max = kWide) {
    return std::make_shared<BodyStream>(bytes_max);
}

// Answers each request with the stream, "/echo" with an echo.
Handler streaming(std::shared_ptr<BodyStream> stream, std::string first = {}) {
    return [stream = std::move(stream), first = std::move(first)](const Request& request,
                                                                  Reply reply) {
        if (request.target == "/echo") {
            return echo(request, std::move(reply));
        }
        reply(
            {.headers = {{"Content-Type", "text/event-stream"}}, .body = first, .stream = stream});
    };
}

void wait_until_closed(const BodyStream& stream) {
    while (!stream.is_closed()) {
        std::this_thread::yield();
    }
}

TEST(ServerStream, SendsEachPieceAsItIsWritten) {
    const auto stream = make_stream();
    auto server = start_server({}, streaming(stream, "first"));
    RawClient client(server->port());
    client.send(get("/") + get("/echo"));
    const auto head = client.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Content-Length"), std::string::npos);
    EXPECT_EQ(client.read_until("\r\nfirst\r\n"), "5\r\nfirst\r\n");
    for (const char* piece : {"a", "b"}) {
        ASSERT_TRUE(stream->write(piece));
        EXPECT_EQ(client.read_until("\r\n"), "1\r\n");
        EXPECT_EQ(client.read_until("\r\n"), piece + std::string("\r\n"));
    }
    ASSERT_TRUE(stream->write("0123456789abcdefg"));
    stream->finish();
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "11\r\n0123456789abcdefg\r\n0\r\n\r\n");
    EXPECT_FALSE(stream->write("late"));
    EXPECT_EQ(client.read_response().body, "GET /echo ") << "the connection goes on";
}

TEST(ServerStream, MayBeWrittenAndFinishedBeforeItIsSent) {
    const auto stream = make_stream();
    ASSERT_TRUE(stream->write("whole"));
    stream->finish();
    auto server = start_server({}, streaming(stream));
    RawClient client(server->port());
    client.send(get("/"));
    EXPECT_TRUE(client.read_until("0\r\n\r\n").ends_with("\r\n\r\n5\r\nwhole\r\n0\r\n\r\n"));
}

TEST(ServerStream, EndsWithTheConnectionForAnOldClient) {
    const auto stream = make_stream();
    auto server = start_server({}, streaming(stream, "1"));
    RawClient client(server->port());
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto head = client.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos);
    ASSERT_TRUE(stream->write("23"));
    stream->finish();
    EXPECT_EQ(client.read_to_end(), "123");
}

TEST(ServerStream, GoesToNobodyWhereThereIsNoBody) {
    for (const char* method : {"HEAD", "GET"}) {
        const auto stream = make_stream();
        auto server = start_server({}, [&](const Request& request, Reply reply) {
            reply({.status = request.method == "GET" ? 204 : 200, .body = "x", .stream = stream});
        });
        RawClient client(server->port());
        const std::string request = method + std::string(" / HTTP/1.1\r\nHost: h\r\n\r\n");
        client.send(request + request);
        EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 20"));
        EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 20")) << "a body";
        EXPECT_FALSE(stream->write("nobody reads it"));
    }
}

TEST(ServerStream, TellsItsWriterThatTheClientIsGone) {
    for (const bool politely : {true, false}) {
        const auto stream = make_stream();
        auto server = start_server({}, streaming(stream, "first"));
        RawClient client(server->port());
        client.send(get("/"));
        client.read_until("first\r\n");
        politely ? client.close() : client.reset();
        wait_until_closed(*stream);
        EXPECT_FALSE(stream->write("x"));
        while (server->open_connections() > 0) {
            std::this_thread::yield();
        }
    }
}

TEST(ServerStream, TellsItsWriterThatNobodyEverWaited) {
    for (const bool with_server : {true, false}) {
        const auto stream = make_stream();
        std::promise<Reply> given;
        auto server = start_server(
            {}, [&](const Request&, Reply reply) { given.set_value(std::move(reply)); });
        RawClient client(server->port());
        client.send(get("/"));
        Reply reply = given.get_future().get();
        client.reset();
        if (!with_server) {
            server.reset();
        }
        reply({.stream = stream});
        wait_until_closed(*stream);
    }
}

TEST(ServerStream, TellsItsWriterThatItsHeadCannotBeSent) {
    const auto stream = make_stream();
    auto server = start_server({}, [&](const Request&, Reply reply) {
        reply({.headers = {{"X", "a\r\nb"}}, .stream = stream});
    });
    RawClient client(server->port());
    client.send(get("/"));
    EXPECT_EQ(client.read_response().status, 500);
    EXPECT_TRUE(stream->is_closed());
}

TEST(ServerStream, CutsOffAReaderThatFallsBehind) {
    const auto stream = make_stream(1'000'000);
    auto server = start_server({}, streaming(stream));
    RawClient client(server->port());
    client.send(get("/"));
    client.read_until("\r\n\r\n");
    const std::string piece(10'000, 'x');
    std::size_t written = 0;
    while (stream->write(piece)) {
        written += piece.size();
    }
    while (server->open_connections() > 0) {
        std::this_thread::yield();
    }
    const std::string got = client.read_to_end();
    EXPECT_LT(got.size(), written);
    EXPECT_FALSE(got.ends_with("0\r\n\r\n")) << "it looks whole";
}

TEST(ServerStream, CutsOffAReaderThatTakesNothing) {
    const auto stream = make_stream();
    auto server = start_server({.body_timeout = milliseconds{50}}, streaming(stream));
    RawClient client(server->port());
    client.send(get("/"));
    ASSERT_TRUE(stream->write(std::string(50'000'000, 'x')));
    wait_until_closed(*stream);
}

TEST(BodyStream, SaysHowMuchMoreItTakes) {
    BodyStream stream(10);
    EXPECT_EQ(stream.room(), 10U);
    ASSERT_TRUE(stream.write("1234"));
    EXPECT_EQ(stream.room(), 6U);
    ASSERT_TRUE(stream.write("567890"));
    EXPECT_EQ(stream.room(), 0U);
    EXPECT_EQ(stream.take(4).bytes, "1234");
    EXPECT_EQ(stream.room(), 4U);
    ASSERT_TRUE(stream.write("abcd"));
    EXPECT_EQ(stream.room(), 0U);
    EXPECT_EQ(stream.take(3).bytes, "567");
    EXPECT_EQ(stream.take(3).bytes, "890");
    EXPECT_EQ(stream.room(), 6U);
    EXPECT_EQ(stream.take(100).bytes, "abcd");
    EXPECT_EQ(stream.take(100).bytes, "");
    EXPECT_EQ(stream.room(), 10U);
    stream.close();
    EXPECT_EQ(stream.room(), 0U);
}

// The others' time is up again and again, and the stream's never.
TEST(ServerStream, OutlivesEveryDeadline) {
    constexpr milliseconds kShort{20};
    const auto stream = make_stream();
    auto server = start_server({.header_timeout = kShort,
                                .body_timeout = kShort,
                                .idle_timeout = kShort,
                                .reply_timeout = kShort},
                               streaming(stream));
    RawClient client(server->port());
    client.send(get("/"));
    client.read_until("\r\n\r\n");
    for (int i = 0; i < 8; ++i) {
        EXPECT_EQ(RawClient(server->port()).read_to_end(), "");
    }
    ASSERT_TRUE(stream->write("still here"));
    EXPECT_EQ(client.read_until("here\r\n"), "a\r\nstill here\r\n");
}

TEST(ServerStream, EndsAtOnceWhenTheServerStops) {
    const auto before = make_stream();
    const auto after = make_stream();
    std::promise<Reply> given;
    auto server = start_server({}, [&](const Request& request, Reply reply) {
        if (request.target == "/late") {
            return given.set_value(std::move(reply));
        }
        reply({.body = "first", .stream = before});
    });
    RawClient early(server->port());
    early.send(get("/"));
    early.read_until("first\r\n");
    RawClient late(server->port());
    late.send(get("/late"));
    Reply reply = given.get_future().get();
    auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::minutes{5}); });
    EXPECT_EQ(early.read_to_end(), "") << "what is cut short must not look whole";
    EXPECT_FALSE(before->write("x"));
    early.close();
    ASSERT_TRUE(after->write("one piece"));
    reply({.stream = after});
    EXPECT_TRUE(late.read_to_end().ends_with("\r\n\r\n9\r\none piece\r\n"));
    EXPECT_FALSE(after->write("x"));
    late.close();
    stopped.get();
}

// A reader that takes all at once and a writer that never pauses have the only thread between them.
TEST(ServerStream, LeavesOthersTheirTurn) {
    const auto stream = make_stream();
    auto server = start_server({.threads = 1}, streaming(stream));
    RawClient client(server->port());
    client.send(get("/"));
    client.read_until("\r\n\r\n");
    std::atomic<bool> is_over = false;
    std::thread writer([&] {
        const std::string piece(1'000'000, 'x');
        while (!is_over) {
            if (stream->room() > piece.size()) {
                EXPECT_TRUE(stream->write(piece));
            }
        }
        stream->finish();
    });
    std::thread reader([&] {
        while (!is_over && client.drop_some()) {
        }
    });
    for (int i = 0; i < 200; ++i) {
        RawClient other(server->port());
        other.send(get("/echo"));
        EXPECT_EQ(other.read_response().body, "GET /echo ");
    }
    is_over = true;
    writer.join();
    reader.join();
}

TEST(ServerStream, KeepsTheOrderOfManyWriters) {
    constexpr int kStreams = 8;
    constexpr int kPieces = 500;
    std::mutex mutex;
    std::vector<std::thread> writers;
    auto server = start_server({}, [&](const Request&, Reply reply) {
        const auto stream = make_stream();
        const std::lock_guard lock(mutex);
        writers.emplace_back([stream] {
            for (int i = 0; i < kPieces; ++i) {
                EXPECT_TRUE(
                    stream->write(std::to_string(i) + ";" + std::string(2'000, 'x') + "\n"));
            }
            stream->finish();
        });
        reply({.stream = stream});
    });
    std::vector<RawClient> clients;
    clients.reserve(kStreams);
    for (int i = 0; i < kStreams; ++i) {
        clients.emplace_back(server->port());
        clients.back().send("GET / HTTP/1.0\r\n\r\n");
    }
    for (auto& client : clients) {
        client.read_until("\r\n\r\n");
        for (int i = 0; i < kPieces; ++i) {
            ASSERT_EQ(client.read_until("\n"),
                      std::to_string(i) + ";" + std::string(2'000, 'x') + "\n");
        }
        EXPECT_EQ(client.read_to_end(), "");
    }
    server.reset();
    for (auto& writer : writers) {
        writer.join();
    }
}

}  // namespace
}  // namespace meridian::net
