#include "rest/page_token.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace meridian::rest {
namespace {

using testing::ElementsAreArray;

TEST(PageToken, IsReadBack) {
    for (const auto& place :
         std::vector<std::vector<std::string>>{{"+18005551234", "us-east-1"},
                                               {"", ""},
                                               {"a\"b\\", std::string("\0\n", 2)},
                                               {"é", "ü"}}) {
        const auto token = make_page_token("routing", place);
        EXPECT_TRUE(std::ranges::all_of(token, [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_';
        })) << token;
        const auto read = read_page_token(token, "routing", place.size());
        ASSERT_TRUE(read) << token;
        EXPECT_THAT(*read, ElementsAreArray(place));
    }
}

TEST(PageToken, OfAnotherListOrChangedIsRefused) {
    const auto token = make_page_token("routing", {"+18005551234", "us-east-1"});
    EXPECT_FALSE(read_page_token(token, "agents", 2));
    EXPECT_FALSE(read_page_token(token, "routing", 1));
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto changed = token;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_page_token(changed, "routing", 2)) << at;
        EXPECT_FALSE(read_page_token(token.substr(0, at), "routing", 2)) << at;
    }
}

TEST(PageToken, RefusesAnyBytes) {
    for (const auto* text : {"", "=", "AAAA", "%%%%", "W10", "MDAwMDAwMDBbXQ", "\xff"}) {
        EXPECT_FALSE(read_page_token(text, "routing", 2)) << text;
    }
}

}  // namespace
}  // namespace meridian::rest
