#include "net/gzip.h"

#include <gtest/gtest.h>

#include <string>

#include "net/client.h"
#include "testing/handlers.h"

namespace meridian::net {
namespace {

std::string noise(std::size_t bytes) {
    std::string text;
    std::uint32_t state = 7;
    while (text.size() < bytes) {
        state = state * 1'664'525 + 1'013'904'223;
        text += static_cast<char>(state >> 24U);
    }
    return text;
}

TEST(Gzip, ComesBackAsItWas) {
    for (const std::string& text :
         {std::string(), std::string("a"), std::string(3'000'000, 'x'), noise(100'000)}) {
        const std::string packed = gzip(text);
        const auto unpacked = gunzip(packed, text.size());
        ASSERT_TRUE(unpacked) << unpacked.error().message;
        EXPECT_EQ(*unpacked, text);
    }
    EXPECT_LT(gzip(std::string(3'000'000, 'x')).size(), 4'000U);
}

// RFC 1952, 2.2: a file may be several put behind each other.
TEST(Gzip, ReadsSeveralMembers) {
    EXPECT_EQ(gunzip(gzip("one, ") + gzip("") + gzip("two"), 100).value(), "one, two");
}

TEST(Gzip, RefusesWhatIsDamagedOrTooLarge) {
    const std::string whole = gzip("some text that is packed");
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        const auto result = gunzip(whole.substr(0, bytes), 100);
        ASSERT_FALSE(result) << bytes;
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    }
    EXPECT_FALSE(gunzip(whole + "x", 100)) << "something behind the end";
    EXPECT_FALSE(gunzip("plain text", 100));
    std::string changed = whole;
    changed[changed.size() - 6] ^= 1;  // in the check sum
    EXPECT_FALSE(gunzip(changed, 100));

    const std::string bomb = gzip(std::string(10'000'000, '\0'));
    const auto result = gunzip(bomb, 9'999'999);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(gunzip(bomb, 10'000'000).value().size(), 10'000'000U);
}

TEST(Gzip, IsAcceptedByWhoSaysSo) {
    struct Case {
        const char* header;
        bool accepts;
    };
    const Case cases[] = {
        {"", false},
        {"gzip", true},
        {"x-gzip", true},
        {"GZIP", true},
        {"deflate, gzip, br", true},
        {"deflate,gzip;q=1.0,*;q=0.5", true},
        {"br, deflate", false},
        {"gzipped", false},
        {"*", true},
        {"*;q=0", false},
        {"gzip;q=0", false},
        {"gzip;q=0.000", false},
        {"gzip;q=0.001", true},
        {"gzip ; Q=0.5", true},
        {"gzip;q=0, *", false},
        {"*;q=0, gzip", true},
        {"identity", false},
        {"identity;q=0", false},
        {"identity;q=0, *", true},
        {"identity;q=0, gzip;q=0.1", true},
        {"identity, gzip;q=0.5", false},
        {"identity;q=0.5, gzip", true},
        {"identity, gzip", true},
        {"gzip;q=", false},
        {"gzip;q=2", false},
        {"gzip;q=1.5", false},
        {"gzip;q=-1", false},
        {"gzip;q=0.1234", false},
        {"gzip;q=.5", false},
        {"gzip;q", false},
        {"gzip;level=9", true},
        {",, gzip ,", true},
        {"; q=1, ;", false},
        {" \t", false},
    };
    for (const auto& [header, accepts] : cases) {
        EXPECT_EQ(accepts_gzip(header), accepts) << '"' << header << '"';
    }
}

TEST(Gzip, IsUnpackedForAClientThatAsksForIt) {
    const std::string text(50'000, 'x');
    auto server = start_server({}, [&](const Request& request, Reply reply) {
        if (!accepts_gzip(request.header("Accept-Encoding"))) {
            return reply({.body = text});
        }
        const bool is_false = request.target == "/false";
        reply({.headers = {{"Content-Encoding", "gzip"}, {"X-Packed", "yes"}},
               .body = is_false ? "no gzip" : gzip(text)});
    });
    const auto plain = send({.port = server->port()});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->body, text);
    const auto packed = send({.port = server->port(), .accepts_gzip = true});
    ASSERT_TRUE(packed) << packed.error().message;
    EXPECT_EQ(packed->body, text);
    ASSERT_FALSE(packed->headers.empty());
    EXPECT_EQ(packed->headers.front().first, "X-Packed");

    const auto bomb =
        send({.port = server->port(), .response_bytes_max = 49'999, .accepts_gzip = true});
    ASSERT_FALSE(bomb);
    EXPECT_EQ(bomb.error().code, ErrorCode::kTooLarge);
    const auto garbage = send({.port = server->port(), .target = "/false", .accepts_gzip = true});
    ASSERT_FALSE(garbage);
    EXPECT_EQ(garbage.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace meridian::net
