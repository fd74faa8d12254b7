#include "net/response_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "net/output_queue.h"
#include "net/tick_clock.h"

namespace meridian::net {
namespace {

TEST(ResponseWriter, WritesTheServersOwnHeaders) {
    std::string out;
    append_head(out, {.status = 404, .headers = {{"X-A", "b"}}, .body = "abc"},
                {.persistence = Persistence::kClose, .request_id = "I", .date = "D"});
    EXPECT_EQ(out,
              "HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 3\r\nx-amzn-RequestId: I\r\n"
              "Date: D\r\nConnection: close\r\n\r\n");
    out.clear();
    append_head(out, {.status = 204, .headers = {}, .body = ""},
                {.persistence = Persistence::kKeep, .request_id = "I", .date = "D"});
    EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nx-amzn-RequestId: I\r\nDate: D\r\n\r\n");
}

// A handler that puts a caller's text into a header must not be able to split the response.
TEST(ResponseWriter, RefusesWhatWouldSplitTheResponse) {
    EXPECT_TRUE(is_sendable({.status = 200, .headers = {{"X-A", "b\tc"}}, .body = {}}));
    for (const char* value : {"a\r\nSet-Cookie: b", "a\nb", "a\rb"}) {
        EXPECT_FALSE(is_sendable({.status = 200, .headers = {{"X-A", value}}, .body = {}}));
    }
    for (const char* name :
         {"", "a b", "a:b", "a\r\n", "content-length", "Connection", "X-Amzn-RequestId"}) {
        EXPECT_FALSE(is_sendable({.status = 200, .headers = {{name, "1"}}, .body = {}})) << name;
    }
    for (const int status : {0, 100, 101, 199, 600, -1}) {
        EXPECT_FALSE(is_sendable({.status = status, .headers = {}, .body = {}})) << status;
    }
}

TEST(ResponseWriter, RefusalIsJson) {
    EXPECT_EQ(refusal_response({400, R"(a "b" \c)"}).body, R"({"message":"a \"b\" \\c"})");
}

// RFC 9110's own example.
TEST(ResponseWriter, DateIsTheFixedForm) {
    EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(OutputQueue, KeepsOrderAcrossPartialWrites) {
    OutputQueue queue;
    const std::string large(100'000, 'b');
    queue.text() += "head";
    queue.append_body("small");
    EXPECT_FALSE(queue.is_full());
    queue.text() += "HEAD";
    queue.append_body(large);
    EXPECT_TRUE(queue.is_full());
    std::string sent;
    while (!queue.empty()) {
        std::string_view piece = queue.pieces().front();
        piece = piece.substr(0, 3);
        sent += piece;
        queue.mark_sent(piece.size());
    }
    EXPECT_EQ(sent, "headsmallHEAD" + large);
    EXPECT_FALSE(queue.is_full());
}

TEST(TickClock, DeadlineIsNeverEarly) {
    using std::chrono::milliseconds;
    TickClock clock(milliseconds{10});
    // A whole interval may already be over when the deadline is made.
    const auto deadline = clock.after(milliseconds{25});
    int ticks = 0;
    while (!clock.has_passed(deadline)) {
        clock.tick();
        ++ticks;
    }
    EXPECT_GE((ticks - 1) * 10, 25);
    EXPECT_LE((ticks - 1) * 10, 45);
}

}  // namespace
}  // namespace meridian::net
