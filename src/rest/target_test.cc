#include "rest/target.h"

#include <gtest/gtest.h>

namespace meridian::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Target, IsSplitBeforeItIsDecoded) {
    const auto target = parse_target("/history/routing%2F+1800%2Fus-east-1?limit=%31");
    ASSERT_TRUE(target);
    EXPECT_THAT(target->segments, ElementsAre("history", "routing/+1800/us-east-1"));
    EXPECT_EQ(target->query, "limit=%31");
}

TEST(Target, HasNoEmptySegments) {
    EXPECT_THAT(parse_target("//routing///x/")->segments, ElementsAre("routing", "x"));
    EXPECT_THAT(parse_target("/")->segments, IsEmpty());
    EXPECT_THAT(parse_target("")->segments, IsEmpty());
    EXPECT_THAT(parse_target("?a=b")->segments, IsEmpty());
}

TEST(Target, PlusIsAPlus) {
    EXPECT_EQ(*percent_decoded("+1%2b800"), "+1+800");
}

TEST(Target, IsDecodedOnce) {
    EXPECT_EQ(*percent_decoded("%2541%c3%a9"), "%41\xC3\xA9");
}

TEST(Target, RefusesWhatIsNoEscapeOrNoUtf8) {
    for (const auto* path : {"/a%", "/a%4", "/a%4g/b", "/a%+1", "/a%-1", "/%ff", "/%c3", "/\xff"}) {
        const auto target = parse_target(path);
        ASSERT_FALSE(target) << path;
        EXPECT_EQ(target.error().code, ErrorCode::kInvalidInput) << path;
    }
}

}  // namespace
}  // namespace meridian::rest
