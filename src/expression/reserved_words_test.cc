#include "expression/reserved_words.h"

#include <gtest/gtest.h>

#include <string>

namespace meridian::expression {
namespace {

TEST(ReservedWords, AreKnownInAnyCase) {
    ASSERT_EQ(reserved_words().size(), 573U);
    for (const auto word : reserved_words()) {
        std::string lower(word);
        for (auto& c : lower) {
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        EXPECT_TRUE(is_reserved_word(word)) << word;
        EXPECT_TRUE(is_reserved_word(lower)) << word;
        EXPECT_FALSE(is_reserved_word(lower + "q")) << word;
    }
    EXPECT_TRUE(is_reserved_word("yEaR"));
}

TEST(ReservedWords, OtherNamesAreFree) {
    for (const auto* name : {"", "a", "phoneNumber", "name_", "statusCode", "REGION_ID", "pk",
                             "averyveryverylongattributename"}) {
        EXPECT_FALSE(is_reserved_word(name)) << name;
    }
}

}  // namespace
}  // namespace meridian::expression
