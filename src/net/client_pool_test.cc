#include "net/client_pool.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "net/rude_peer_for_tests.h"
#include "testing/handlers.h"
#include "testing/shelf.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

TEST(ClientPool, OneCallerUsesOneConnection) {
    auto server = start_server({}, name_connection);
    ClientPool pool;
    std::set<std::string> connections;
    for (int i = 0; i < 10; ++i) {
        connections.insert(pool.send({.port = server->port(), .method = "POST"}).response->body);
    }
    EXPECT_EQ(connections.size(), 1U);
    EXPECT_EQ(pool.idle_connections(), 1U);
}

TEST(ClientPool, RequestsAtTheSameTimeHaveConnectionsOfTheirOwnAndNoMoreThanTheBound) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    ClientPool pool({.connections_max = 2});
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i) {
        callers.emplace_back([&] { EXPECT_TRUE(pool.send({.port = server->port()}).response); });
    }
    auto first = shelf.take();
    auto second = shelf.take();
    EXPECT_NE(first.request->peer, second.request->peer);
    EXPECT_EQ(server->open_connections(), 2U) << "the third waits";
    first.reply({});
    second.reply({});
    shelf.take().reply({});
    for (auto& caller : callers) {
        caller.join();
    }
    EXPECT_EQ(server->open_connections(), 2U);
}

TEST(ClientPool, SaysThatItIsFullWhenTimeIsUp) {
    Shelf shelf;
    auto server = start_server({}, shelf.handler());
    ClientPool pool({.connections_max = 1});
    std::thread caller([&] { EXPECT_TRUE(pool.send({.port = server->port()}).response); });
    auto first = shelf.take();
    const auto second = pool.send({.port = server->port(), .timeout = milliseconds{20}});
    ASSERT_FALSE(second.response);
    EXPECT_EQ(second.response.error().code, ErrorCode::kOverloaded);
    EXPECT_FALSE(second.was_sent);
    first.reply({});
    caller.join();
}

TEST(ClientPool, KnowsWhetherTheServerSawARequest) {
    RudePeer peer{std::string(RudePeer::kHangUp)};
    ClientPool pool;
    const auto seen = pool.send({.port = peer.port(), .method = "POST"});
    EXPECT_FALSE(seen.response);
    EXPECT_TRUE(seen.was_sent);
    EXPECT_EQ(pool.idle_connections(), 0U) << "a broken connection is not kept";
    std::uint16_t port = 0;
    {
        port = start_server({}, echo)->port();
    }
    EXPECT_FALSE(pool.send({.port = port, .method = "POST"}).was_sent);
}

TEST(ClientPool, LeavesConnectionsThatWereIdleForLong) {
    auto server = start_server({}, name_connection);
    ClientPool pool({.idle_max = milliseconds{0}});
    const auto first = pool.send({.port = server->port()});
    const auto second = pool.send({.port = server->port()});
    EXPECT_NE(first.response->body, second.response->body);
}

}  // namespace
}  // namespace meridian::net
