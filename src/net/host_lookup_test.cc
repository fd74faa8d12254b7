#include "net/host_lookup.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <atomic>
#include <semaphore>
#include <thread>

namespace meridian::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::string text_of(const HostAddress& one) {
    char text[INET6_ADDRSTRLEN] = {};
    const auto& four = reinterpret_cast<const sockaddr_in&>(one.address);
    const auto& six = reinterpret_cast<const sockaddr_in6&>(one.address);
    if (one.address.ss_family == AF_INET6) {
        ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
        return fmt::format("[{}]:{}", text, ntohs(six.sin6_port));
    }
    ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(four.sin_port));
}

HostAddresses loopback() {
    HostAddress one;
    auto& four = reinterpret_cast<sockaddr_in&>(one.address);
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    one.bytes = sizeof four;
    return {one};
}

auto soon() {
    return steady_clock::now() + seconds{10};
}

TEST(HostLookup, NumbersNeedNoResolver) {
    HostLookup lookup([](const std::string&) -> Result<HostAddresses> {
        ADD_FAILURE();
        return loopback();
    });
    EXPECT_EQ(text_of(lookup.find("127.0.0.1", 80, soon())->at(0)), "127.0.0.1:80");
    EXPECT_EQ(text_of(lookup.find("::1", 443, soon())->at(0)), "[::1]:443");
}

TEST(HostLookup, AsksTheSystem) {
    EXPECT_TRUE(system_lookup().find("localhost", 80, soon()));
    const auto absent = system_lookup().find("no such host", 80, soon());
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(absent.error().message.find("no such host"), std::string::npos);
}

TEST(HostLookup, AsksOnceForAWhile) {
    std::atomic<int> asked = 0;
    HostLookup lookup([&](const std::string& host) -> Result<HostAddresses> {
        EXPECT_EQ(host, "name");
        ++asked;
        return loopback();
    });
    for (std::uint16_t port = 1; port < 4; ++port) {
        EXPECT_EQ(text_of(lookup.find("name", port, soon())->at(0)),
                  fmt::format("127.0.0.1:{}", port));
    }
    EXPECT_EQ(asked, 1);
}

TEST(HostLookup, AFailureIsNotKept) {
    std::atomic<int> asked = 0;
    HostLookup lookup([&](const std::string&) -> Result<HostAddresses> {
        return ++asked == 1 ? fail(ErrorCode::kUnavailable, "no")
                            : Result<HostAddresses>(loopback());
    });
    EXPECT_EQ(lookup.find("name", 1, soon()).error().message, "no");
    EXPECT_TRUE(lookup.find("name", 1, soon()));
}

// The resolver has time-outs of its own, of many seconds.
TEST(HostLookup, NobodyWaitsPastHisDeadlineAndOneQuestionServesAll) {
    std::counting_semaphore<> answer{0};
    std::atomic<int> asked = 0;
    HostLookup lookup([&](const std::string&) -> Result<HostAddresses> {
        ++asked;
        answer.acquire();
        return loopback();
    });
    const auto start = steady_clock::now();
    const auto late = lookup.find("name", 1, start + milliseconds{20});
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().message.find("in time"), std::string::npos);
    EXPECT_LT(steady_clock::now() - start, seconds{5});
    std::thread patient([&] { EXPECT_TRUE(lookup.find("name", 1, soon())); });
    answer.release();
    patient.join();
    EXPECT_EQ(asked, 1);
}

TEST(HostLookup, HasABoundOfLookupsAtATime) {
    std::counting_semaphore<> answer{0};
    std::atomic<int> ended = 0;
    HostLookup lookup([&](const std::string&) -> Result<HostAddresses> {
        answer.acquire();
        ++ended;
        return loopback();
    });
    for (int i = 0; i < 16; ++i) {
        EXPECT_FALSE(lookup.find(fmt::format("name{}", i), 1, steady_clock::now()));
    }
    const auto one_more = lookup.find("another", 1, soon());
    ASSERT_FALSE(one_more);
    EXPECT_NE(one_more.error().message.find("too many"), std::string::npos);
    answer.release(16);
    while (ended < 16) {
        std::this_thread::yield();
    }
}

}  // namespace
}  // namespace meridian::net
