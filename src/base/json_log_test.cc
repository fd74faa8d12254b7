#include "base/json_log.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"

namespace meridian {
namespace {

const Instant kAt = *parse_instant("2025-02-26T15:00:00Z");

JsonLogOptions options(const std::string& request_id = "") {
    return {.function = "RouteCall", .region = "us-east-1", .request_id = [request_id] {
                return request_id;
            }};
}

TEST(JsonLog, HasEverythingInOneLine) {
    EXPECT_EQ(json_log_line(options("8476a536"), kAt, LogLevel::kWarn, "store", "late"),
              R"({"timestamp":"2025-02-26T15:00:00.000Z","level":"WARN","area":"store",)"
              R"("message":"late","requestId":"8476a536","function":"RouteCall",)"
              R"("region":"us-east-1"})");
}

TEST(JsonLog, HasNoRequestIdBetweenRequests) {
    EXPECT_EQ(json_log_line(options(), kAt, LogLevel::kError, "a", "b").find("requestId"),
              std::string::npos);
    EXPECT_EQ(json_log_line({.function = "f"}, kAt, LogLevel::kError, "a", "b").find("requestId"),
              std::string::npos);
}

// Whoever puts line ends, quotes or broken bytes into an event makes no second line of it.
TEST(JsonLog, StaysOneLineWhateverIsPutIn) {
    const auto line = json_log_line(options(), kAt, LogLevel::kInfo, "area",
                                    "a\"b\\c\r\n{\"level\":\"x\"}\x01\xFF");
    EXPECT_NE(line.find(R"("a\"b\\c\r\n{\"level\":\"x\"}\u0001)"
                        "\xEF\xBF\xBD\""),
              std::string::npos)
        << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(JsonLog, KnowsItsLevelsByName) {
    EXPECT_EQ(parse_log_level("debug"), LogLevel::kDebug);
    EXPECT_EQ(parse_log_level("Info"), LogLevel::kInfo);
    EXPECT_EQ(parse_log_level("WARN"), LogLevel::kWarn);
    EXPECT_EQ(parse_log_level("error"), LogLevel::kError);
    EXPECT_EQ(parse_log_level("loud"), std::nullopt);
    EXPECT_EQ(parse_log_level(""), std::nullopt);
}

TEST(JsonText, EscapesWhatMustBe) {
    struct Case {
        std::string_view text;
        const char* json;
    };
    const Case cases[] = {
        {"", R"("")"},
        {"\"\\/", R"("\"\\/")"},
        {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
        {std::string_view("\0\x1F", 2), R"("\u0000\u001f")"},
        {"\xC3\xA9", "\"\xC3\xA9\""},
        {"\xC3", "\"\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (const auto& c : cases) {
        std::string out;
        append_json_text(c.text, out);
        EXPECT_EQ(out, c.json);
    }
}

}  // namespace
}  // namespace meridian
