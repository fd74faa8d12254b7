#include "manage/endpoint_options.h"

#include <gtest/gtest.h>

#include "manage/draft.h"
#include "manage/management_client.h"

namespace meridian::app {
namespace {

TEST(EndpointUrl, IsHostPortTlsAndPath) {
    struct Case {
        std::string_view url;
        std::string_view host;
        int port;
        bool tls;
        std::string_view base_path;
    };
    for (const auto& c : {Case{"http://127.0.0.1:7401", "127.0.0.1", 7401, false, ""},
                          Case{"http://example.com/", "example.com", 80, false, ""},
                          Case{"https://example.com/prod/", "example.com", 443, true, "/prod"},
                          Case{"https://[::1]:8443/a/b", "::1", 8443, true, "/a/b"},
                          Case{"https://[::1]", "::1", 443, true, ""}}) {
        const auto endpoint = parse_endpoint(c.url);
        ASSERT_TRUE(endpoint) << c.url;
        EXPECT_EQ(endpoint->address.host, c.host) << c.url;
        EXPECT_EQ(endpoint->address.port, c.port) << c.url;
        EXPECT_EQ(endpoint->address.tls, c.tls) << c.url;
        EXPECT_EQ(endpoint->base_path, c.base_path) << c.url;
    }
}

TEST(EndpointUrl, AnythingElseIsRefused) {
    for (const auto* url :
         {"", "127.0.0.1:7401", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:70000",
          "http://x:8o", "http://user@x", "http://x/a?b", "http://x/a b", "http://x/%41"}) {
        EXPECT_FALSE(parse_endpoint(url)) << url;
    }
}

TEST(Targets, KeysAreOneSegmentWhateverTheyHold) {
    using management::Kind;
    EXPECT_EQ(target_of({Kind::kRule, "+1800", "us-east-1"}).text(), "/routing/%2B1800/us-east-1");
    EXPECT_EQ(target_of({Kind::kHours, "a/b c?é", ""}).text(),
              "/business-hours/a%2Fb%20c%3F%C3%A9");
    EXPECT_EQ(target_of({Kind::kAgent, "..", ""}).text(), "/agents/%2E.");
    EXPECT_EQ(history_target({Kind::kAgent, "x", ""}).text(), "/history/agents%2Fx");
    EXPECT_EQ(Target("/a").query("x", "").query("y", "1&2").flag("z", true).flag("w", false).text(),
              "/a?y=1%262&z=true");
}

TEST(Drafts, CommentsAreAddedAndTakenAway) {
    const auto comments = as_comments({"one", "two\nthree"});
    EXPECT_EQ(comments, "# one\n# two\n# three\n");
    EXPECT_EQ(without_comments(comments + "{\n  # no\n  \"a\": \"# yes\"\n}"),
              "{\n  \"a\": \"# yes\"\n}");
    EXPECT_EQ(without_comments(""), "");
    EXPECT_EQ(without_comments("# only"), "");
}

}  // namespace
}  // namespace meridian::app
