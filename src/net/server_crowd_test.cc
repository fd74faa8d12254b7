// A server that is full, or short of memory or descriptors: who goes, and who is served.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_limit.h"
#include "net/descriptors.h"
#include "net/server.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"
#include "testing/shelf.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

// Answers "/now" at once, and puts the rest on the shelf.
Handler now_or_later(Shelf& shelf) {
    return [later = shelf.handler()](const Request& request, Reply reply) {
        request.target == "/now" ? echo(request, std::move(reply))
                                 : later(request, std::move(reply));
    };
}

bool is_served(RawClient& client) {
    client.send(get("/now"));
    return client.read_response().status == 200;
}

TEST(FullServer, RefusesOnlyWhenAllHaveARequestInWork) {
    for (const unsigned threads : {1U, 2U}) {
        Shelf shelf;
        auto server = start_server({.threads = threads, .connections_max = 4}, now_or_later(shelf));
        std::vector<RawClient> working;
        working.reserve(4);
        std::vector<Shelf::Kept> kept;
        for (int i = 0; i < 4; ++i) {
            working.emplace_back(server->port());
            working.back().send(get("/later"));
            kept.push_back(shelf.take());
        }
        for (int i = 0; i < 3; ++i) {
            RawClient newcomer(server->port());
            newcomer.send(get("/now"));
            const auto response = newcomer.read_response();
            EXPECT_EQ(response.status, 503);
            EXPECT_EQ(response.header("Connection"), "close");
            EXPECT_EQ(response.header("X-Amzn-ErrorType"), "ServiceUnavailableException");
        }
        kept[2].reply({.body = "done"});
        EXPECT_EQ(working[2].read_response().body, "done");
        RawClient newcomer(server->port());
        EXPECT_TRUE(is_served(newcomer)) << "the idle one can go";
        EXPECT_EQ(working[2].read_to_end(), "");
        for (const std::size_t i : {0U, 1U, 3U}) {
            kept[i].reply({.body = "done"});
            EXPECT_EQ(working[i].read_response().body, "done") << "nobody at work is harmed";
        }
    }
}

// All have just come: any of them may be about to send its request.
TEST(FullServer, ClosesWhoeverHasWaitedLongest) {
    Shelf shelf;
    auto server =
        start_server({.threads = 1, .connections_max = 5, .header_timeout = std::chrono::hours{1}},
                     now_or_later(shelf));
    RawClient body(server->port());
    body.send(post("/", "a body that").substr(0, 60));
    RawClient head(server->port());
    head.send("GET / HTTP/1.1\r\nHo");
    RawClient later_head(server->port());
    later_head.send("GET / HTTP/1.1\r\nHo");
    RawClient idle(server->port());
    ASSERT_TRUE(is_served(idle));
    RawClient working(server->port());
    working.send(get("/later"));
    auto kept = shelf.take();

    // Each stays at work, so that the next has to find another.
    std::vector<RawClient> newcomers;
    std::vector<Shelf::Kept> all;
    newcomers.reserve(4);
    for (RawClient* gone : {&body, &head, &later_head, &idle}) {
        newcomers.emplace_back(server->port());
        newcomers.back().send(get("/later"));
        all.push_back(shelf.take());
        const std::string last_words = gone->read_to_end();
        if (gone == &idle) {
            EXPECT_EQ(last_words, "");
        } else {
            EXPECT_TRUE(last_words.empty() || last_words.starts_with("HTTP/1.1 503 "));
        }
    }
    RawClient refused(server->port());
    refused.send(get("/now"));
    EXPECT_EQ(refused.read_response().status, 503);
    kept.reply({.body = "done"});
    EXPECT_EQ(working.read_response().body, "done");
}

// Nobody has just come: what is idle loses nothing.
TEST(FullServer, ClosesWhoIsIdleBeforeWhoseRequestIsStillComing) {
    auto server = start_server(
        {.threads = 1, .connections_max = 3, .header_timeout = milliseconds{50}}, echo);
    RawClient body(server->port());
    body.send(post("/body", "a body that").substr(0, 65));
    RawClient idle(server->port());
    ASSERT_TRUE(is_served(idle));
    RawClient late(server->port());
    late.send("G");
    EXPECT_EQ(late.read_response().status, 408) << "so long the others have waited, at least";
    RawClient newcomer(server->port());
    EXPECT_TRUE(is_served(newcomer));
    EXPECT_EQ(idle.read_to_end(), "");
    body.send(post("/body", "a body that").substr(65));
    EXPECT_EQ(body.read_response().body, "POST /body a body that");
}

TEST(FullServer, ClosesWhoeverHasBeenIdleLongest) {
    auto server = start_server({.threads = 1, .connections_max = 3}, echo);
    RawClient first(server->port());
    RawClient second(server->port());
    RawClient third(server->port());
    for (RawClient* client : {&first, &second, &third, &first}) {
        ASSERT_TRUE(is_served(*client));
    }
    RawClient newcomer(server->port());
    EXPECT_TRUE(is_served(newcomer));
    EXPECT_EQ(second.read_to_end(), "");
    EXPECT_TRUE(is_served(first));
    EXPECT_TRUE(is_served(third));
}

// Connections are dealt to the threads in turn: those of the first are all at work.
TEST(FullServer, ClosesAnIdleConnectionOfAnotherThread) {
    Shelf shelf;
    auto server = start_server({.threads = 2, .connections_max = 4}, now_or_later(shelf));
    std::vector<RawClient> clients;
    clients.reserve(4);
    std::vector<Shelf::Kept> kept;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back(server->port());
        if (i % 2 == 0) {
            clients.back().send(get("/later"));
            kept.push_back(shelf.take());
        } else {
            ASSERT_TRUE(is_served(clients.back()));
        }
    }
    RawClient newcomer(server->port());
    EXPECT_TRUE(is_served(newcomer));
    EXPECT_EQ(clients[1].read_to_end(), "");
    EXPECT_TRUE(is_served(clients[3]));
}

// A request that has come while the thread was busy must not be lost with its connection.
TEST(FullServer, SparesAnIdleConnectionThatHasJustSentARequest) {
    std::latch busy(1);
    std::latch go_on(1);
    auto server = start_server({.threads = 1, .connections_max = 3},
                               [&](const Request& request, Reply reply) {
                                   if (request.target == "/busy") {
                                       busy.count_down();
                                       go_on.wait();
                                   }
                                   echo(request, std::move(reply));
                               });
    RawClient sending(server->port());
    RawClient idle(server->port());
    RawClient blocking(server->port());
    for (RawClient* client : {&sending, &idle, &blocking}) {
        ASSERT_TRUE(is_served(*client));
    }
    blocking.send(get("/busy"));
    busy.wait();
    RawClient newcomer(server->port());
    newcomer.send(get("/newcomer"));
    sending.send(get("/sent"));
    go_on.count_down();
    EXPECT_EQ(sending.read_response().body, "GET /sent ");
    EXPECT_EQ(newcomer.read_response().body, "GET /newcomer ");
    EXPECT_EQ(blocking.read_response().body, "GET /busy ");
    EXPECT_EQ(idle.read_to_end(), "");
}

TEST(FullServer, ClosesAClientThatDoesNotTakeItsAnswer) {
    auto server =
        start_server({.threads = 1, .connections_max = 1}, [](const Request& request, Reply reply) {
            reply({.body = std::string(request.target == "/now" ? 1 : 50'000'000, 'x')});
        });
    RawClient stuck(server->port());
    stuck.send(get("/"));
    stuck.read_until("\r\n\r\n");
    for (;;) {  // refused, until it is plain that the other is not just slow
        RawClient newcomer(server->port());
        newcomer.send(get("/now"));
        const auto response = newcomer.read_response();
        if (response.status == 200) {
            break;
        }
        ASSERT_EQ(response.status, 503);
    }
}

TEST(ShortOfMemory, GivesUpTheUploadsThatAreLongestInComing) {
    constexpr std::size_t kUpload = 400'000;  // grows a buffer of 512 KB
    auto server =
        start_server({.threads = 1, .buffered_bytes_max = std::size_t{3} * 512 * 1024}, echo);
    const std::string request = post("/", std::string(kUpload, 'x'));
    std::vector<RawClient> clients;
    clients.reserve(6);
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back(server->port());
        clients.back().send(request.substr(0, request.size() - 1));
    }
    for (int i = 0; i < 3; ++i) {
        const auto response = clients[static_cast<std::size_t>(i)].read_response();
        EXPECT_TRUE(response.status == 503 || response.status == 0) << i << response.head;
    }
    for (std::size_t i = 3; i < 6; ++i) {
        clients[i].send(request.substr(request.size() - 1));
        EXPECT_EQ(clients[i].read_response().body.size(), kUpload + 7) << i;
    }
    // All is given back: the same again.
    for (int i = 0; i < 20; ++i) {
        RawClient client(server->port());
        client.send(request);
        ASSERT_EQ(client.read_response().body.size(), kUpload + 7) << i;
    }
}

// Sets the process's own limit of descriptors, until it goes.
class DescriptorLimit {
  public:
    explicit DescriptorLimit(rlim_t current) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit changed{.rlim_cur = current, .rlim_max = before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &changed), 0);
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

rlim_t highest_descriptor() {
    rlim_t highest = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        highest = std::max<rlim_t>(highest, std::stoul(entry.path().filename().string()));
    }
    return highest;
}

TEST(ShortOfDescriptors, MakesRoomWhereItCan) {
    const DescriptorLimit low(256);
    EXPECT_EQ(make_room_for_connections(1'000), 1'000U);
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    EXPECT_GE(now.rlim_cur, 1'256U);
}

TEST(ShortOfDescriptorsDeathTest, SaysWhatTheSystemLeavesRoomFor) {
    const auto ask = [] {
        const rlimit hard{.rlim_cur = 1'000, .rlim_max = 1'000};
        ::setrlimit(RLIMIT_NOFILE, &hard);
        const std::size_t possible = make_room_for_connections(10'000);
        std::_Exit(possible > 300 && possible < 600 ? 0 : 1);
    };
    EXPECT_EXIT(ask(), testing::ExitedWithCode(0),
                "1000 open files leaves room for .* not for 10000");
}

std::chrono::duration<double> cpu_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The clients' sockets exist before the limit sinks, so that it is the server's accept() that
// fails.
class Exhausted {
  public:
    Exhausted(int clients, rlim_t left, Handler handler)
        : server(start_server({.threads = 2, .connections_max = 1'000}, std::move(handler))) {
        // A sanitizer that meets an object for the first time wants descriptors for a look at it.
        const SystemClock clock;
        LogLimit limit(clock);
        log_limited(limit, LogLevel::kInfo, "net", "descriptors are about to run out");
        for (int i = 0; i < clients; ++i) {
            waiting_.push_back(std::make_unique<RawClient>(RawClient::Unconnected{}));
        }
        limit_ = std::make_unique<DescriptorLimit>(highest_descriptor() + 1 + left);
        for (int taken = 0; (taken = ::dup(STDERR_FILENO)) >= 0;) {
            taken_.push_back(taken);
        }
        for (rlim_t i = 0; i < left; ++i) {
            ::close(taken_.back());
            taken_.pop_back();
        }
    }
    Exhausted(const Exhausted&) = delete;
    Exhausted& operator=(const Exhausted&) = delete;
    ~Exhausted() {
        for (const int taken : taken_) {
            ::close(taken);
        }
    }

    RawClient& connect() {
        RawClient& client = *waiting_.at(connected_++);
        client.connect(server->port());
        return client;
    }

    std::unique_ptr<Server> server;

  private:
    std::vector<std::unique_ptr<RawClient>> waiting_;
    std::size_t connected_ = 0;
    std::unique_ptr<DescriptorLimit> limit_;
    std::vector<int> taken_;
};

TEST(ShortOfDescriptors, ServesNewcomersInPlaceOfTheIdle) {
    Exhausted exhausted(60, 10, echo);
    for (int i = 0; i < 60; ++i) {
        RawClient& client = exhausted.connect();
        ASSERT_TRUE(client.is_connected());
        ASSERT_TRUE(is_served(client)) << i;
    }
    EXPECT_LE(exhausted.server->open_connections(), 10U);
}

TEST(ShortOfDescriptors, DoesNotSpinWhileNobodyCanGo) {
    Shelf shelf;
    Exhausted exhausted(12, 10, shelf.handler());
    std::vector<Shelf::Kept> kept;
    for (int i = 0; i < 10; ++i) {
        exhausted.connect().send(get("/"));
        kept.push_back(shelf.take());
    }
    RawClient& late = exhausted.connect();
    late.send(get("/late"));
    const auto before = cpu_time();
    std::this_thread::sleep_for(milliseconds{300});  // is what is measured
    EXPECT_LT(cpu_time() - before, milliseconds{100});
    kept.front().reply({.body = "done"});
    auto served = shelf.take();
    EXPECT_EQ(served.request->target, "/late");
    served.reply({.body = "late"});
    EXPECT_EQ(late.read_response().body, "late");
}

}  // namespace
}  // namespace meridian::net
