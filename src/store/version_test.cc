#include "store/version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "item/codec.h"

namespace meridian::store {
namespace {

Stamp at(std::uint64_t time, std::string region) {
    return {HybridTime{time}, std::move(region)};
}
Version version(Stamp stamp, std::vector<Stamp> seen = {}) {
    return {std::move(stamp), std::move(seen)};
}

TEST(Stamp, IsOrderedByTimeThenByTheBytesOfTheRegion) {
    EXPECT_LT(at(1, "z"), at(2, "a"));
    EXPECT_LT(at(1, "a"), at(1, "b"));
    EXPECT_LT(at(1, "a"), at(1, "aa"));
    EXPECT_LT(at(1, "Z"), at(1, "a"));
    EXPECT_LT(at(1, "z"), at(1, "\xc3\xa4")) << "bytes have no sign";
}

TEST(Version, IncludesItsOwnWriteAndOlderOnesOfThoseItHasSeen) {
    const auto known = version(at(20, "a"), {at(10, "b")});
    EXPECT_TRUE(includes(known, at(20, "a")));
    EXPECT_TRUE(includes(known, at(5, "a")));
    EXPECT_FALSE(includes(known, at(21, "a")));
    EXPECT_TRUE(includes(known, at(10, "b")));
    EXPECT_FALSE(includes(known, at(11, "b")));
    EXPECT_FALSE(includes(known, at(1, "c")));
    EXPECT_FALSE(includes({}, at(1, "a")));
}

TEST(Version, WhatEveryRegionHasSeenIsIncluded) {
    const auto known = version(at(20, "a"), {at(10, std::string(kEveryRegion)), at(15, "b")});
    EXPECT_TRUE(includes(known, at(10, "c")));
    EXPECT_FALSE(includes(known, at(11, "c")));
    EXPECT_TRUE(includes(known, at(15, "b")));
    EXPECT_FALSE(includes(known, at(3, std::string(kNoRegion)))) << "those were never sent";
}

// Their stamps are hashes: a greater one says nothing about a smaller one.
TEST(Version, OfFormerItemsIncludesOnlyTheVeryOne) {
    const auto known = version(at(20, "a"), {at(10, std::string(kNoRegion))});
    EXPECT_TRUE(includes(known, at(10, std::string(kNoRegion))));
    EXPECT_FALSE(includes(known, at(9, std::string(kNoRegion))));
    EXPECT_FALSE(includes(version(at(9, std::string(kNoRegion))), at(8, std::string(kNoRegion))));
}

TEST(Version, AWriteIncludesWhatItWasWrittenOnto) {
    EXPECT_EQ(succeed({}, at(5, "a")), version(at(5, "a")));
    const auto first = succeed({}, at(5, "b"));
    const auto second = succeed(first, at(6, "a"));
    EXPECT_EQ(second, version(at(6, "a"), {at(5, "b")}));
    const auto third = succeed(second, at(7, "a"));
    EXPECT_EQ(third, version(at(7, "a"), {at(5, "b")}));
    EXPECT_EQ(succeed(third, at(8, "b")), version(at(8, "b"), {at(7, "a")}));
    const Version forgotten{{}, {at(4, std::string(kEveryRegion))}};
    EXPECT_EQ(succeed(forgotten, at(9, "a")),
              version(at(9, "a"), {at(4, std::string(kEveryRegion))}));
}

TEST(Version, AJoinHasTheGreaterStampAndAllThatEitherHasSeen) {
    const auto a = version(at(20, "a"), {at(3, "b"), at(9, "c")});
    const auto b = version(at(10, "b"), {at(15, "c"), at(2, "d")});
    const auto both = version(at(20, "a"), {at(10, "b"), at(15, "c"), at(2, "d")});
    EXPECT_EQ(join(a, b), both);
    EXPECT_EQ(join(b, a), both);
    EXPECT_EQ(join(both, a), both);
    EXPECT_EQ(join({}, a), a);
    EXPECT_EQ(join(a, {}), a);
    EXPECT_EQ(join(version(at(5, "a")), version(at(7, "a"), {at(6, "b")})),
              version(at(7, "a"), {at(6, "b")}));
    EXPECT_TRUE(check_version(both));
}

TEST(Version, FormerItemsHaveTheStampOfTheirContent) {
    const item::Item one{{"id", "a"}};
    const item::Item other{{"id", "b"}};
    const auto stamp = unversioned_stamp(item::encode(one));
    EXPECT_EQ(stamp, unversioned_stamp(item::encode(one)));
    EXPECT_NE(stamp, unversioned_stamp(item::encode(other)));
    EXPECT_EQ(stamp.region, kNoRegion);
    const Instant first_release = *parse_instant("2025-01-01T00:00:00Z");
    EXPECT_LT(stamp.time, hybrid_time_of(first_release)) << "older than all writes since";
    EXPECT_TRUE(check_version(version(stamp)));
}

TEST(Version, WhatNoRegionCouldHaveMadeIsRefused) {
    std::vector<Stamp> many;
    for (char c = 'A'; c <= 'Z'; ++c) {
        many.push_back(at(1, std::string(1, c)));
    }
    EXPECT_TRUE(check_version(version(at(9, "a"), many)));
    auto too_many = many;
    too_many.push_back(at(1, "b"));
    too_many.push_back(at(1, "c"));
    const std::vector<Version> impossible{
        {},
        version({kHybridTimeEnd, "a"}),
        version(at(5, "a b")),
        version(at(5, std::string(65, 'a'))),
        version(at(5, std::string(kEveryRegion))),
        version(at(5, "a"), {at(6, "b")}),
        version(at(5, "a"), {at(5, "b")}),
        version(at(5, "a"), {at(5, std::string(kEveryRegion))}),
        version(at(5, "b"), {at(4, "b")}),
        version(at(5, "c"), {at(1, "b"), at(1, "a")}),
        version(at(5, "c"), {at(1, "a"), at(2, "a")}),
        version(at(5, "c"), {at(0, "a")}),
        version(at(5, "c"), {at(1, "a/b")}),
        version(at(5, std::string(kNoRegion)), {at(4, "a")}),
        version(at(9, "a"), too_many),
    };
    for (std::size_t i = 0; i < impossible.size(); ++i) {
        EXPECT_EQ(check_version(impossible[i]).error().code, ErrorCode::kInvalidInput) << i;
    }
    EXPECT_TRUE(check_version(version(at(5, "b"), {at(5, "a")}))) << "written at one time";
}

TEST(Region, NamesArePlain) {
    for (const char* name : {"us-east-1", "local", "EU_1.a", "x"}) {
        EXPECT_TRUE(check_region(name)) << name;
    }
    for (const char* name : {"", "*", "a b", "a/b", "\xc3\xa4", "a\n"}) {
        EXPECT_EQ(check_region(name).error().code, ErrorCode::kInvalidInput) << name;
    }
}

}  // namespace
}  // namespace meridian::store
