#include "net/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::net {
namespace {

using Status = RequestParser::Status;

struct Parsed {
    Status status;
    int refusal;
    std::string method;
    std::string target;
    std::string body;
    std::string rest;
};

void append(InputBuffer& input, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto space = input.free_space();
        const std::size_t count = std::min(space.size(), bytes.size());
        std::ranges::copy(bytes.substr(0, count), space.begin());
        input.commit(count);
        bytes.remove_prefix(count);
    }
}

constexpr ParserLimits kLimits{.header_bytes_max = 1024, .body_bytes_max = 100};

Parsed parse(std::string_view bytes, std::size_t step, ParserLimits limits = kLimits) {
    InputBuffer input;
    Request request;
    RequestParser parser(limits);
    Status status = Status::kNeedMore;
    while (status == Status::kNeedMore && !bytes.empty()) {
        append(input, bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        status = parser.parse(input, request);
    }
    if (status != Status::kComplete) {
        return {status, parser.refusal().status, {}, {}, {}, {}};
    }
    Parsed parsed{status,
                  0,
                  std::string(request.method),
                  std::string(request.target),
                  std::string(request.body),
                  {}};
    input.consume(parser.request_bytes());
    parsed.rest = std::string(input.bytes()) + std::string(bytes);
    return parsed;
}

std::string with(std::string_view headers, std::string_view body = {}) {
    return "POST /p HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

// However the network cuts a request into pieces, the same comes out.
TEST(RequestParser, ReadsWhatItShould) {
    struct Case {
        std::string bytes;
        const char* target;
        const char* body;
    };
    const Case cases[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "/", ""},
        {"GET /a?b=c%20d HTTP/1.1\r\nhOST:h\r\n\r\n", "/a?b=c%20d", ""},
        {"GET /v HTTP/1.0\r\n\r\n", "/v", ""},
        {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*", ""},
        {"GET http://H:80/x?y HTTP/1.1\r\nHost: h:80\r\n\r\n", "/x?y", ""},
        {with("Content-Length: 3\r\n", "abc"), "/p", "abc"},
        {with("Content-Length: 0\r\n"), "/p", ""},
        {with("X:\r\nContent-Length:\t3 \r\n", "\r\n\n"), "/p", "\r\n\n"},
        {with("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), "/p", ""},
        {with("Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0A\r\n0123456789\r\n000\r\n\r\n"),
         "/p", "abc0123456789"},
        {with("Transfer-Encoding: chunked\r\n", "1;a=b\r\nx\r\n1 ;c=\"d\"\r\ny\r\n0;e\r\n\r\n"),
         "/p", "xy"},
        {with("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\nTrailer-One: a\r\nB: c\r\n\r\n"),
         "/p", "x"},
    };
    for (const auto& c : cases) {
        for (const std::size_t step :
             {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100'000}}) {
            const Parsed parsed = parse(c.bytes + "GET /next", step);
            ASSERT_EQ(parsed.status, Status::kComplete) << c.bytes << " by " << step;
            EXPECT_EQ(parsed.target, c.target) << c.bytes << " by " << step;
            EXPECT_EQ(parsed.body, c.body) << c.bytes << " by " << step;
            EXPECT_EQ(parsed.rest, "GET /next") << c.bytes << " by " << step;
        }
    }
}

struct Refused {
    int status;
    std::string bytes;
};

std::vector<Refused> refused_forms() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string nul(1, '\0');
    return {
        // Two readers could see different ends of the body.
        {400, with("Content-Length: 3\r\n" + chunked, "0\r\n\r\n")},
        {400, with(chunked + "Content-Length: 3\r\n", "0\r\n\r\n")},
        {400, with("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")},
        {400, with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
        {400, with("Content-Length: 3, 3\r\n", "abc")},
        {400, with("Content-Length: +3\r\n", "abc")},
        {400, with("Content-Length: -1\r\n", "abc")},
        {400, with("Content-Length: 0x3\r\n", "abc")},
        {400, with("Content-Length: 3 4\r\n", "abc")},
        {400, with("Content-Length:\r\n")},
        {400, with("Content-Length: 18446744073709551617\r\n", "a")},
        {400, with("Content-Length : 3\r\n", "abc")},
        {400, with(" Content-Length: 3\r\n", "abc")},
        {400, with(chunked + chunked, "0\r\n\r\n")},
        {400, with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {400, with("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")},
        {400, with("Transfer-Encoding: identity\r\n")},
        {400, with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {400, with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
        {400, with("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")},
        {400, with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
        {400, "POST / HTTP/1.0\r\nHost: h\r\n" + chunked + "\r\n0\r\n\r\n"},
        // Chunks.
        {400, with(chunked, "\r\n")},
        {400, with(chunked, "g\r\n")},
        {400, with(chunked, "0x1\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "-1\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, " 1\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1 \r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1 2\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1\ra\r\n0\r\n\r\n")},
        {400, with(chunked, "1;a=\"\n\"\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1\r\nab\r\n0\r\n\r\n")},
        {400, with(chunked, "1\r\na0\r\n\r\n")},
        {400, with(chunked, "1\r\na\n0\r\n\r\n")},
        {400, with(chunked, "00000000000000001\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "1;" + std::string(300, 'e') + "\r\na\r\n0\r\n\r\n")},
        {400, with(chunked, "0\r\nno colon\r\n\r\n")},
        {400, with(chunked, "0\r\nbad name: x\r\n\r\n")},
        {400, with(chunked, "0\r\n folded: x\r\n\r\n")},
        {413, with(chunked, "65\r\n")},
        {413, with(chunked, "ffffffffffffffff\r\n")},
        {413, with("Content-Length: 101\r\n")},
        // Lines.
        {400, with("X: a\r\n b\r\n")},
        {400, with("X:\r\n\tb\r\n")},
        {400, with("X: a" + nul + "b\r\n")},
        {400, with("X: a\rb\r\n")},
        {400, with("X: a\nY: b\r\n")},
        {400, with("X" + nul + ": a\r\n")},
        {400, with("X(Y): a\r\n")},
        {400, with(": a\r\n")},
        {400, with("no colon\r\n")},
        {400, "GET / HTTP/1.1\nHost: h\n\n"},
        {400, "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {431, with("X: " + std::string(1100, 'x') + "\r\n")},
        // The request line and the host.
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /\r\nHost: h\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET a HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"},
        {400, "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\x16\x03\x01\x02"},  // a TLS greeting
        {417, with("Expect: 200-ok\r\n")},
        {417, with("Expect:\r\n")},
        {417, with("Expect: 100-continue, 200-ok\r\n")},
        {417, with("Expect: 100-continue\r\nExpect: 200-ok\r\n")},
        {417, with("Expect: 200-ok\r\nExpect: 100-continue\r\n")},
    };
}

TEST(RequestParser, RefusesWhatCouldBeSmuggled) {
    for (const auto& form : refused_forms()) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{100'000}}) {
            const Parsed parsed = parse(form.bytes, step);
            EXPECT_EQ(parsed.status, Status::kRefused) << form.bytes << " by " << step;
            EXPECT_EQ(parsed.refusal, form.status) << form.bytes << " by " << step;
        }
    }
}

TEST(RequestParser, RefusesTooManyHeadersOrTrailers) {
    std::string headers;
    std::string trailers;
    for (int i = 0; i < 300; ++i) {
        headers += "A:\r\n";
        trailers += "A:\r\n";
    }
    constexpr ParserLimits kWide{.header_bytes_max = std::size_t{64} * 1024, .body_bytes_max = 100};
    EXPECT_EQ(parse(with(headers), 100'000, kWide).refusal, 431);
    EXPECT_EQ(
        parse(with("Transfer-Encoding: chunked\r\n", "0\r\n" + trailers + "\r\n"), 100'000).refusal,
        400);
}

// A chunked body of single bytes takes six bytes for each on the wire; none of the rest is kept.
TEST(RequestParser, TakesABodyOfTheLimitInTheSmallestChunks) {
    std::string body;
    for (std::size_t i = 0; i < kLimits.body_bytes_max; ++i) {
        body += "1\r\nx\r\n";
    }
    const Parsed parsed = parse(with("Transfer-Encoding: chunked\r\n", body + "0\r\n\r\n"), 5);
    ASSERT_EQ(parsed.status, Status::kComplete);
    EXPECT_EQ(parsed.body, std::string(kLimits.body_bytes_max, 'x'));
    EXPECT_EQ(parse(with("Transfer-Encoding: chunked\r\n", body + "1\r\nx\r\n"), 5).refusal, 413);
}

TEST(RequestParser, ExpectationIsTakenOnceAndOnlyWithoutTheBody) {
    InputBuffer input;
    Request request;
    RequestParser parser(kLimits);
    append(input, with("Expect: 100-Continue\r\nContent-Length: 1\r\n"));
    ASSERT_EQ(parser.parse(input, request), Status::kNeedMore);
    EXPECT_TRUE(parser.take_expectation());
    EXPECT_FALSE(parser.take_expectation());
    append(input, "x");
    ASSERT_EQ(parser.parse(input, request), Status::kComplete);
    EXPECT_EQ(request.header("expect"), "100-Continue");
    EXPECT_EQ(request.header("absent"), "");
}

TEST(RequestParser, KeepAliveFollowsVersionAndConnection) {
    struct Case {
        const char* bytes;
        bool keep;
    };
    const Case cases[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: TE, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (const auto& c : cases) {
        InputBuffer input;
        Request request;
        RequestParser parser(kLimits);
        append(input, c.bytes);
        ASSERT_EQ(parser.parse(input, request), Status::kComplete) << c.bytes;
        EXPECT_EQ(parser.head().keep_alive, c.keep) << c.bytes;
    }
}

}  // namespace
}  // namespace meridian::net
