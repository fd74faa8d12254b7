// What a hostile peer may try: it is refused in the right words, costs little memory, and decent
// clients don't notice.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/certificates_for_tests.h"
#include "net/server.h"
#include "testing/bystander.h"
#include "testing/handlers.h"
#include "testing/raw_client.h"
#include "testing/slow_crowd.h"

namespace meridian::net {
namespace {

using std::chrono::milliseconds;

// Sanitizers make everything larger and slower: there, fewer of the same.
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

constexpr std::size_t kMegabyte = 1'000'000;

std::size_t resident_bytes() {
    std::size_t pages = 0;
    std::size_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// From its making to its end, the process must not grow by more.
class MemoryBound {
  public:
    explicit MemoryBound(std::size_t bytes) : limit_(resident_bytes() + bytes) {}
    MemoryBound(const MemoryBound&) = delete;
    MemoryBound& operator=(const MemoryBound&) = delete;
    ~MemoryBound() { check(); }

    void check() const {
        if (!kIsInstrumented) {
            EXPECT_LT(resident_bytes(), limit_);
        }
    }

  private:
    std::size_t limit_;
};

// Fails the test if a smuggled request ever arrives.
Handler suspicious(std::atomic<int>& handled) {
    return [&handled](const Request& request, Reply reply) {
        EXPECT_EQ(request.target.find("smuggled"), std::string_view::npos) << request.target;
        if (request.target != "/bystander") {
            ++handled;
        }
        echo(request, std::move(reply));
    };
}

// One more than the server holds, so that they must make room for the others.
TEST(Abuse, TenThousandSlowConnectionsHarmNobody) {
    const std::size_t size = kIsInstrumented ? 1'000 : 10'000;
    SlowCrowd crowd(size + 500);
    std::atomic<int> handled = 0;
    auto server = start_server({.connections_max = size}, suspicious(handled));
    const MemoryBound bound(size * 12'000);
    Bystander bystander(server->port());
    EXPECT_EQ(crowd.besiege(server->port()), size + 500);
    // Connections are accepted in the order of their coming, and half of these answers needed new
    // ones: by now the whole crowd is in.
    bystander.wait(1'000);
    EXPECT_GE(server->open_connections(), size - 100);
    EXPECT_LE(server->open_connections(), size + 100);
    bound.check();
    EXPECT_EQ(handled, 0);
}

// Each looks as if its request were just coming, and the server is full with them: whoever else
// comes makes one of them go, and it comes back.
TEST(Abuse, SlowHeadsDoNotPushOutWhoComesAndGoes) {
    const std::size_t size = kIsInstrumented ? 500 : 2'000;
    SlowCrowd crowd(size, {"GET / HTTP/1.1\r\nHost: h\r\nX: "});
    std::atomic<int> handled = 0;
    auto server = start_server({.connections_max = size}, suspicious(handled));
    Bystander bystander(server->port());
    Bystander another(server->port());
    EXPECT_EQ(crowd.besiege(server->port()), size);
    bystander.wait(500);
    another.wait(500);
}

// Each costs the server several times what an open connection does: it holds fewer at a time.
TEST(Abuse, TenThousandSlowHandshakesHarmNobody) {
    const std::size_t size = kIsInstrumented ? 500 : 10'000;
    const std::string hello("\x16\x03\x01\x02\x00\x01\x00", 7);
    SlowCrowd crowd(size + 100, {"", hello});
    const TestAuthority authority;
    std::atomic<int> handled = 0;
    auto server = start_server({.connections_max = size, .tls = authority.issue("server")},
                               suspicious(handled));
    const MemoryBound bound(100 * kMegabyte);
    Bystander bystander(server->port(), authority.trust());
    EXPECT_EQ(crowd.besiege(server->port()), size + 100);
    bystander.wait(200);
    bound.check();
}

TEST(Abuse, AHundredThousandPipelinedRequestsWaitForTheirReader) {
    constexpr int kRequests = 100'000;
    std::atomic<int> handled = 0;
    auto server = start_server({}, suspicious(handled));
    RawClient client(server->port());
    Bystander bystander(server->port());
    std::string all;
    for (int i = 0; i < kRequests; ++i) {
        all += get("/" + std::to_string(i));
    }
    const MemoryBound bound(20 * kMegabyte);
    std::thread sender([&] { EXPECT_TRUE(client.send(all)); });
    // Until the server has stopped taking more: it handles none of them during many others.
    for (int before = 0; before != handled || handled == 0;) {
        before = handled;
        bystander.wait(50);
    }
    EXPECT_LT(handled, kRequests);
    bound.check();
    for (int i = 0; i < kRequests; ++i) {
        const auto response = client.read_response();
        ASSERT_EQ(response.status, 200);
        ASSERT_EQ(response.body, "GET /" + std::to_string(i) + " ");
    }
    sender.join();
    EXPECT_EQ(handled, kRequests);
}

TEST(Abuse, APipelineThatIsNeverReadIsCutOff) {
    std::atomic<int> handled = 0;
    auto server = start_server({.body_timeout = milliseconds{100}}, suspicious(handled));
    RawClient client(server->port());
    Bystander bystander(server->port());
    const MemoryBound bound(20 * kMegabyte);
    std::string many;
    for (int i = 0; i < 1'000; ++i) {
        many += get("/x");
    }
    while (client.send(many)) {
    }
    bystander.wait(50);
}

// Each goes on for a gigabyte, if the server lets it.
TEST(Abuse, AMessageWithoutEndIsRefusedAndClosed) {
    struct Case {
        int status;
        std::string opening;
        std::string more;
    };
    const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string piece(kMegabyte, 'x');
    std::string lines;
    std::string chunks;
    while (lines.size() < kMegabyte) {
        lines += "Name: value\r\n";
        chunks += "1\r\nx\r\n";
    }
    const Case cases[] = {
        {431, "GET / HTTP/1.1\r\nHost: h\r\nX: ", piece},
        {431, "GET /", piece},
        {431, "GET / HTTP/1.1\r\nHost: h\r\n", lines},
        {431, "", piece},
        {413, chunked, chunks},
        {413, chunked + "fffffffffffffff\r\n", piece},
        {413, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n", piece},
        {400, chunked + "1;x=", piece},
        {400, chunked + "0\r\nX: ", piece},
        {400, chunked + "0\r\n", lines},
        {400, chunked, std::string(kMegabyte, '0')},
    };
    std::atomic<int> handled = 0;
    auto server = start_server({}, suspicious(handled));
    Bystander bystander(server->port());
    const MemoryBound bound(30 * kMegabyte);
    for (const auto& c : cases) {
        RawClient client(server->port());
        std::string head;
        std::thread reader([&] { head = client.read_response().head; });
        client.send(c.opening);
        std::size_t sent = 0;
        while (sent < 1'000 * kMegabyte && client.send(c.more)) {
            sent += c.more.size();
        }
        reader.join();
        EXPECT_TRUE(head.starts_with("HTTP/1.1 " + std::to_string(c.status)))
            << c.opening << " " << head.substr(0, 40);
        EXPECT_LT(sent, 100 * kMegabyte) << c.opening;
        bound.check();
    }
    EXPECT_EQ(handled, 0);
}

TEST(Abuse, ATruncatedMessageGoesNowhere) {
    std::atomic<int> handled = 0;
    auto server = start_server({}, suspicious(handled));
    Bystander bystander(server->port());
    const std::string whole =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n"
        "a\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    for (std::size_t bytes = 1; bytes < whole.size(); ++bytes) {
        RawClient client(server->port());
        client.send(whole.substr(0, bytes));
        client.finish_sending();
        EXPECT_EQ(client.read_to_end(), "") << bytes;
        RawClient rude(server->port());
        rude.send(whole.substr(0, bytes));
        rude.reset();
    }
    EXPECT_EQ(handled, 0);
    RawClient client(server->port());
    client.send(whole);
    EXPECT_EQ(client.read_response().body, "POST / hello0123456789");
}

// Two readers that understand one of these differently would see different requests: behind each
// stands one that must never be handled.
TEST(Abuse, SmugglingIsRefused) {
    struct Case {
        int status;
        std::string bytes;
    };
    const std::string head = "POST /ordinary HTTP/1.1\r\nHost: h\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string smuggled = get("/smuggled");
    const std::string nul(1, '\0');
    const std::string length = "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
    const Case cases[] = {
        // Both framings, or one of them twice.
        {400, head + length + chunked + "\r\n0\r\n\r\n"},
        {400, head + chunked + length + "\r\n0\r\n\r\n"},
        {400, head + chunked + "Content-Length: 0\r\n\r\n0\r\n\r\n"},
        {400, head + chunked + chunked + "\r\n0\r\n\r\n"},
        {400, head + chunked + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        {400, head + chunked + "transfer-encoding: cow\r\n\r\n0\r\n\r\n"},
        {400, head + "Content-Length: 0\r\n" + length + "\r\n"},
        {400, head + length + length + "\r\n"},
        // Lengths that are none.
        {400, head + "Content-Length: 0, 40\r\n\r\n"},
        {400, head + "Content-Length: 0,0\r\n\r\n"},
        {400, head + "Content-Length: +0\r\n\r\n"},
        {400, head + "Content-Length: -1\r\n\r\n"},
        {400, head + "Content-Length: 0x0\r\n\r\n"},
        {400, head + "Content-Length: 0 0\r\n\r\n"},
        {400, head + "Content-Length: 0\v\r\n\r\n"},
        {400, head + "Content-Length: 00000000000000000000000000\x30_\r\n\r\n"},
        {400, head + "Content-Length: 18446744073709551616\r\n\r\n"},
        {400, head + "Content-Length:\r\n\r\n"},
        // Codings that are nearly chunked.
        {400, head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding:\x0b" + "chunked\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding: ch\xc3\xbcnked\r\n\r\n0\r\n\r\n"},
        {400, head + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"},
        {400, "POST /ordinary HTTP/1.0\r\nHost: h\r\n" + chunked + "\r\n0\r\n\r\n"},
        // Names and lines that others read differently.
        {400, head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
        {400, head + "Content-Length : 0\r\n\r\n"},
        {400, head + " " + length + "\r\n"},
        {400, head + "X: y\r\n " + length + "\r\n"},
        {400, head + "X: y\r\n\t" + chunked + "\r\n"},
        {400, head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        {400, head + "X: y\n" + length + "\r\n"},
        {400, head + "X: y\r" + length + "\r\n"},
        {400, head + "X: y" + nul + "\r\n\r\n"},
        {400, head + "X" + nul + ": y\r\n\r\n"},
        {400, head + "Content-Length\xa0: 0\r\n\r\n"},
        {400, head + "no colon\r\n\r\n"},
        {400, head + ": no name\r\n\r\n"},
        {400, "POST /ordinary HTTP/1.1\nHost: h\n\n"},
        {400, "POST /ordinary HTTP/1.1\r\nHost: h\r\n\nX: y\r\n\r\n"},
        // Chunks.
        {400, head + chunked + "\r\n1\r\nxx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n1\nx\n0\n\n"},
        {400, head + chunked + "\r\n1\r\nx\n0\r\n\r\n"},
        {400, head + chunked + "\r\n0x1\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n+1\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n1 1\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n1;a=\"\n\"\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n1;a\rb\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n1;" + nul + "\r\nx\r\n0\r\n\r\n"},
        {413, head + chunked + "\r\nffffffffffffffff\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n10000000000000001\r\nx\r\n0\r\n\r\n"},
        {400, head + chunked + "\r\n0\r\nContent-Length 40\r\n\r\n"},
        // Request lines and hosts.
        {400, "GET /ordinary\r\n\r\n"},
        {400, "GET /ordinary HTTP/0.9\r\nHost: h\r\n\r\n"},
        {400, "GET /ordinary HTTP/1.2\r\nHost: h\r\n\r\n"},
        {400, "GET /ordinary HTTP/2.0\r\nHost: h\r\n\r\n"},
        {400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {400, "GET /ordinary HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET\t/ordinary\tHTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET http://other/ordinary HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET http://h@other/ordinary HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET //other:80@h/ordinary HTTP/1.1\r\n\r\n"},
        {400, "GET h/ordinary HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"},
        {400, "GET /ordinary HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"},
        {400, "GET /ordinary HTTP/1.1\r\nHost: h, other\r\n\r\n"},
        {400, "GET /ordinary HTTP/1.1\r\nHost: h/x\r\n\r\n"},
        {400, "\r\nGET /ordinary HTTP/1.1\r\nHost: h\r\n\r\n"},
        {417, head + "Expect: 100-continue, x\r\n" + length + "\r\n"},
    };
    std::atomic<int> handled = 0;
    auto server = start_server({}, suspicious(handled));
    Bystander bystander(server->port());
    for (const auto& c : cases) {
        RawClient client(server->port());
        client.send(c.bytes + smuggled);
        const auto response = client.read_response();
        EXPECT_EQ(response.status, c.status) << c.bytes;
        EXPECT_EQ(response.header("Connection"), "close") << c.bytes;
        client.finish_sending();
        EXPECT_EQ(client.read_to_end(), "") << c.bytes;
    }
    EXPECT_EQ(handled, 0);
}

}  // namespace
}  // namespace meridian::net
