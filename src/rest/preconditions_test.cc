#include "rest/preconditions.h"

#include <gtest/gtest.h>

namespace meridian::rest {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

Request with(Headers headers) {
    return {.method = "PUT", .target = "/", .headers = std::move(headers), .body = {}};
}

// "unstated", "absent", "present", "3 4"; "refused".
std::string expected(Headers headers) {
    const auto result = expected_of_write(with(std::move(headers)));
    if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
        return "refused";
    }
    std::string words;
    for (const auto& one : *result) {
        words += words.empty() ? "" : " ";
        if (const auto* version = std::get_if<management::Version>(&one)) {
            words += std::to_string(version->number);
        } else {
            words += std::holds_alternative<management::Absent>(one)    ? "absent"
                     : std::holds_alternative<management::Present>(one) ? "present"
                                                                        : "unstated";
        }
    }
    return words;
}

TEST(IfMatch, NamesVersions) {
    struct Case {
        const char* header;
        const char* expected;
    };
    for (const auto& [header, meant] : {
             Case{R"("3")", "3"},          Case{R"( "3" )", "3"},
             Case{R"("3", "4")", "3 4"},   Case{R"("3","4",,"5",)", "3 4 5"},
             Case{"*", "present"},         Case{R"(W/"3")", "-1"},  // weak tags never match
             Case{R"(W/"3", "4")", "4"},   Case{R"("abc")", "-1"},  // a tag, of no version
             Case{R"("")", "-1"},          Case{R"("03")", "-1"},   // ETag never writes it so
             Case{R"("+3")", "-1"},        Case{R"("99999999999999999999")", "-1"},
             Case{"3", "refused"},         Case{R"("3)", "refused"},
             Case{R"('3')", "refused"},    Case{R"("3" "4")", "refused"},
             Case{R"(*, "3")", "refused"}, Case{R"(w/"3")", "refused"},
             Case{"W/", "refused"},        Case{"", "refused"},
             Case{",", "refused"},
         }) {
        EXPECT_EQ(expected({{"If-Match", header}}), meant) << header;
    }
}

TEST(IfMatch, MayStandInSeveralLinesAndInAnyCase) {
    EXPECT_EQ(expected({{"if-match", "\"3\""}, {"IF-MATCH", "\"4\""}}), "3 4");
}

TEST(IfMatch, HasAtMostSixteenTags) {
    std::string tags;
    for (int tag = 0; tag < 17; ++tag) {
        tags += "\"" + std::to_string(tag) + "\",";
    }
    EXPECT_EQ(expected({{"If-Match", tags}}), "refused");
}

TEST(IfNoneMatch, OfAWriteIsAStar) {
    EXPECT_EQ(expected({}), "unstated");
    EXPECT_EQ(expected({{"If-None-Match", "*"}}), "absent");
    EXPECT_EQ(expected({{"If-None-Match", "\"3\""}}), "refused");
    EXPECT_EQ(expected({{"If-None-Match", "*"}, {"If-Match", "*"}}), "refused");
}

TEST(IfNoneMatch, OfAReadComparesWeakly) {
    struct Case {
        const char* header;
        bool not_modified;
    };
    for (const auto& [header, not_modified] :
         {Case{R"("3")", true}, Case{R"(W/"3")", true}, Case{"*", true}, Case{R"("2", "3")", true},
          Case{R"("2")", false}, Case{R"("abc")", false}}) {
        EXPECT_EQ(*is_not_modified(with({{"If-None-Match", header}}), 3), not_modified) << header;
    }
    EXPECT_FALSE(*is_not_modified(with({}), 3));
    EXPECT_FALSE(is_not_modified(with({{"If-None-Match", "3"}}), 3));
}

}  // namespace
}  // namespace meridian::rest
