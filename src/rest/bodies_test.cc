#include "rest/bodies.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace meridian::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Texts {
    std::vector<std::string> texts;
    bool is_whole = false;
};

Texts texts_of(std::string_view body) {
    Texts found;
    const auto read = for_each_text(body, [&](std::string_view text) {
        found.texts.emplace_back(text);
        return true;
    });
    found.is_whole = read.has_value();
    return found;
}

TEST(Bodies, LinesAreTextsAndBlankOnesAreNot) {
    const auto found = texts_of("{\"a\":1}\r\n\n  \t\n {\"b\":\"]\"} \n{broken");
    EXPECT_TRUE(found.is_whole);
    EXPECT_THAT(found.texts, ElementsAre("{\"a\":1}", "{\"b\":\"]\"}", "{broken"));
    EXPECT_THAT(texts_of("").texts, IsEmpty());
    EXPECT_THAT(texts_of(" \n ").texts, IsEmpty());
}

TEST(Bodies, ElementsAreCutAtTheirOwnCommas) {
    const auto found = texts_of(
        " [ {\"a\":[1,2],\"b\":\"],\\\",{\"} ,\n null,\"x\\\\\" , [[],{}], nonsense }{ ] ] ");
    EXPECT_TRUE(found.is_whole);
    EXPECT_THAT(found.texts, ElementsAre("{\"a\":[1,2],\"b\":\"],\\\",{\"}", "null", "\"x\\\\\"",
                                         "[[],{}]", "nonsense }{ ]"));
}

TEST(Bodies, AnEmptyArrayHasNoElements) {
    EXPECT_TRUE(texts_of("[ ]").is_whole);
    EXPECT_THAT(texts_of("[ ]").texts, IsEmpty());
}

TEST(Bodies, ArraysThatDontEndRightlyAreRefused) {
    for (const auto* body : {"[", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1]x", "[1][2]", "[\"a]",
                             "[{\"a\":1]", "[\"\\", "[]]"}) {
        EXPECT_FALSE(texts_of(body).is_whole) << body;
    }
}

TEST(Bodies, VisitingCanStop) {
    for (const auto* body : {"[1,2,3", "1\n2\n3"}) {
        int visited = 0;
        EXPECT_TRUE(for_each_text(body, [&](std::string_view) { return ++visited < 2; })) << body;
        EXPECT_EQ(visited, 2) << body;
    }
}

TEST(Bodies, AreRefusedByMediaTypeAndEncoding) {
    struct Case {
        std::vector<std::pair<std::string_view, std::string_view>> headers;
        bool is_fine;
    };
    for (const auto& [headers, is_fine] : {
             Case{{}, true},
             Case{{{"Content-Type", "application/json"}}, true},
             Case{{{"content-type", " APPLICATION/JSON ; charset=utf-8"}}, true},
             Case{{{"Content-Type", ""}}, true},
             Case{{{"Content-Type", "text/plain"}}, false},
             Case{{{"Content-Type", "application/jsonx"}}, false},
             Case{{{"Content-Type", "application/x-www-form-urlencoded"}}, false},
             Case{{{"Content-Encoding", "identity"}}, true},
             Case{{{"Content-Encoding", "aws-chunked, identity"}}, true},
             Case{{{"Content-Encoding", "gzip"}}, false},
             Case{{{"Content-Encoding", "aws-chunked"}, {"Content-Encoding", "gzip"}}, false},
         }) {
        const auto checked = check_media_type(
            {.method = "PUT", .target = "/", .headers = headers, .body = {}}, std::array{kJson});
        EXPECT_EQ(checked.has_value(), is_fine) << headers.size();
        if (!checked) {
            EXPECT_EQ(info(checked.error().code).http_status, 415);
        }
    }
}

TEST(Bodies, AreOneJsonValueOfASize) {
    EXPECT_TRUE(parse_body(R"({"a":1})"));
    EXPECT_EQ(parse_body("").error().code, ErrorCode::kMalformedJson);
    EXPECT_EQ(parse_body(" \n").error().code, ErrorCode::kMalformedJson);
    EXPECT_EQ(parse_body("{").error().code, ErrorCode::kMalformedJson);
    EXPECT_EQ(parse_body("{}{}").error().code, ErrorCode::kMalformedJson);
    const auto large = parse_body(std::string(kItemJsonBytesMax + 1, ' ') + "{}");
    EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(large.error().message, HasSubstr("409600"));
}

}  // namespace
}  // namespace meridian::rest
