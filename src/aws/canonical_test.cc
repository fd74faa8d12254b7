#include "aws/canonical.h"

#include <gtest/gtest.h>

#include "aws/sigv4.h"

namespace meridian::aws {
namespace {

TEST(CanonicalPath, IsNormalizedAndEncodedOnceMore) {
    struct Row {
        const char* path;
        const char* canonical;
    };
    const Row rows[] = {
        {"", "/"},
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/b/", "/a/b/"},
        {"//a///b//", "/a/b/"},
        {"/./a/.", "/a"},
        {"/a/./", "/a/"},
        {"/a/..", "/"},
        {"/a/../", "/"},
        {"/../../a", "/a"},
        {"/a/b/../../../c", "/c"},
        {"/...", "/..."},
        {"/.a/..b", "/.a/..b"},
        {"/a%2Fb", "/a%252Fb"},
        {"/a%2e%2e/b", "/a%252e%252e/b"},
        {"/a b", "/a%20b"},
        {"/arn:aws:lambda", "/arn%3Aaws%3Alambda"},
        {"/\xC3\xBC", "/%C3%BC"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(canonical_path(row.path, PathStyle::kNormalized), row.canonical) << row.path;
    }
}

TEST(CanonicalPath, OfS3IsTheObjectsNameEncodedOnce) {
    struct Row {
        const char* path;
        const char* canonical;
    };
    const Row rows[] = {
        {"/a//b/../c/", "/a//b/../c/"}, {"/a%20b", "/a%20b"}, {"/a b", "/a%20b"},
        {"/a%2fb", "/a%2Fb"},           {"/%61%7E", "/a~"},   {"/a+b", "/a%2Bb"},
        {"/a%zz", "/a%25zz"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(canonical_path(row.path, PathStyle::kS3), row.canonical) << row.path;
    }
}

// What a router must look at, so that it decides by what was signed.
TEST(NormalizedPath, IsWhatTheSignatureCovers) {
    EXPECT_EQ(normalized_path("/functions/x/../RouteCall//invocations"),
              "/functions/RouteCall/invocations");
    EXPECT_EQ(normalized_path("/functions/%2e%2e/x"), "/functions/%2e%2e/x");
}

TEST(CanonicalQuery, SortsAndEncodes) {
    struct Row {
        const char* query;
        const char* canonical;
    };
    const Row rows[] = {
        {"", ""},
        {"a", "a="},
        {"a=", "a="},
        {"=", "="},
        {"=1", "=1"},
        {"&&a=1&", "a=1"},
        {"b=2&a=1", "a=1&b=2"},
        {"a=2&a=1&a=10", "a=1&a=10&a=2"},
        {"a-b=1&a=2", "a=2&a-b=1"},
        {"A=1&a=2&B=3", "A=1&B=3&a=2"},
        {"a=b=c", "a=b%3Dc"},
        {"a=%2f&b=%2F&c=/", "a=%2F&b=%2F&c=%2F"},
        {"a=b+c&d=e%20f", "a=b%2Bc&d=e%20f"},
        {"a=%", "a=%25"},
        {"\xC3\xBC=%c3%bc", "%C3%BC=%C3%BC"},
        {"a=?", "a=%3F"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(Query(row.query).canonical(std::nullopt), row.canonical) << row.query;
    }
}

TEST(CanonicalQuery, LeavesOneParameterOut) {
    EXPECT_EQ(Query("a=1&x=2&b=3&%78=4").canonical("x"), "a=1&b=3");
    EXPECT_EQ(Query("=1&a=2").canonical(std::nullopt), "=1&a=2") << "an empty name is a name";
}

TEST(HeaderIndex, SortsByNameAndKeepsTheOrderOfOneName) {
    const std::vector<std::pair<std::string_view, std::string_view>> headers = {
        {"B", "1"}, {"a", "2"}, {"b", "3"}, {"A-b", "4"}, {"B", "0"}};
    const HeaderIndex index(headers);
    std::string all;
    for (const auto& [name, value, order] : index.entries()) {
        all.append(name).append("=").append(value).append(" ");
    }
    EXPECT_EQ(all, "a=2 a-b=4 b=1 b=3 b=0 ");
    EXPECT_EQ(index.named("b").size(), 3U);
    EXPECT_TRUE(index.named("B").empty()) << "names are lower case";
    EXPECT_TRUE(index.named("c").empty());
}

TEST(CanonicalHeaders, CollapseBlanksAndJoinValues) {
    const std::vector<std::pair<std::string_view, std::string_view>> headers = {
        {"Host", " h "}, {"X", "a  b \t c"}, {"x", ""}, {"X", "\"q  q\""}};
    const HeaderIndex index(headers);
    const auto chosen = select_signed_headers("host;x", index);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(render({.method = "GET",
                      .path = "/",
                      .path_style = PathStyle::kNormalized,
                      .query = "",
                      .headers = *chosen,
                      .payload_hash = "hash"}),
              "GET\n/\n\nhost:h\nx:a b c,,\"q q\"\n\nhost;x\nhash");
}

}  // namespace
}  // namespace meridian::aws
