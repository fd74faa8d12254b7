#include "rest/parameters.h"

#include <gtest/gtest.h>

#include <array>

namespace meridian::rest {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 3> kKnown{"limit", "at", "dryRun"};

std::string refusal(std::string_view query) {
    const auto parsed = Parameters::parse(query, kKnown);
    return parsed ? "accepted" : parsed.error().message;
}

TEST(Parameters, UnknownOnesAreNamedWithTheKnownOnes) {
    EXPECT_THAT(refusal("limitt=1"), AllOf(HasSubstr("'limitt'"), HasSubstr("limit, at, dryRun")));
    EXPECT_THAT(refusal("Limit=1"), HasSubstr("'Limit'"));
    EXPECT_THAT(Parameters::parse("x=1", {}).error().message, HasSubstr("takes none"));
}

TEST(Parameters, LongNamesAreNotToldBack) {
    EXPECT_LT(refusal(std::string(100'000, 'x')).size(), 200U);
}

TEST(Parameters, GivenTwiceIsRefused) {
    EXPECT_THAT(refusal("limit=1&limit=1"), HasSubstr("twice"));
}

TEST(Parameters, WrongEscapesAreRefused) {
    for (const auto* query : {"limit=%", "%zz=1", "limit=%ff"}) {
        EXPECT_THAT(refusal(query), Not(HasSubstr("accepted"))) << query;
    }
}

TEST(Parameters, PresignedOnesArePassedOver) {
    const auto parsed =
        Parameters::parse("X-Amz-Signature=abc&limit=7&X-Amz-Date=20250226T150000Z", kKnown);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed->count("limit", 1, 10), 7U);
    EXPECT_FALSE(parsed->text("X-Amz-Date"));
}

TEST(Parameters, FlagsNeedNoValue) {
    struct Case {
        const char* query;
        std::optional<bool> value;  // nothing: refused
    };
    for (const auto& [query, value] :
         {Case{"", false}, Case{"dryRun", true}, Case{"dryRun=", true}, Case{"dryRun=true", true},
          Case{"&&dryRun=false&", false}, Case{"dryRun=1", {}}, Case{"dryRun=TRUE", {}}}) {
        const auto parsed = Parameters::parse(query, kKnown);
        ASSERT_TRUE(parsed) << query;
        const auto flag = parsed->flag("dryRun");
        EXPECT_EQ(flag ? std::optional(*flag) : std::nullopt, value) << query;
    }
}

TEST(Parameters, CountsHaveARange) {
    for (const auto* query : {"limit=0", "limit=1001", "limit=-1", "limit=1.0", "limit=", "limit=x",
                              "limit=1x", "limit=99999999999999999999"}) {
        const auto count = Parameters::parse(query, kKnown)->count("limit", 100, 1000);
        ASSERT_FALSE(count) << query;
        EXPECT_THAT(count.error().message, AllOf(HasSubstr("'limit'"), HasSubstr("1 to 1000")));
    }
    EXPECT_EQ(*Parameters::parse("limit=1000", kKnown)->count("limit", 100, 1000), 1000U);
    EXPECT_EQ(*Parameters::parse("", kKnown)->count("limit", 100, 1000), 100U);
}

TEST(Parameters, InstantsMayHaveAPlus) {
    const Instant absent{};
    const auto at = [&](const char* query) {
        return Parameters::parse(query, kKnown)->instant("at", absent);
    };
    EXPECT_EQ(*at("at=2025-02-26T15:00:00+05:30"), *parse_instant("2025-02-26T09:30:00Z"));
    EXPECT_EQ(*at("at=2025-02-26T15:00:00%2B05:30"), *parse_instant("2025-02-26T09:30:00Z"));
    EXPECT_EQ(*at(""), absent);
    EXPECT_THAT(at("at=yesterday").error().message, HasSubstr("'at'"));
}

}  // namespace
}  // namespace meridian::rest
