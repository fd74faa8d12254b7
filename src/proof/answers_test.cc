#include "proof/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "item/json.h"

namespace meridian::proof {
namespace {

using testing::HasSubstr;

item::Map through_json(const item::Map& map) {
    return *item::parse_plain_json(item::to_plain_json(map))->as<item::Map>();
}

TEST(Answers, AreReadAsTheyWereWritten) {
    const store::ContentHash hash{0xfedcba9876543210, 7, 120};
    const std::vector<ItemState> items{
        {std::string("\0\xff+1", 4),
         {{"id", "x"}},
         {HybridTime{(1'700'000'000'123U << 16) + 9}, "us"},
         {1, 2, 1},
         false},
        {"ab", {{"n", item::Number(std::int64_t{5})}, {"s", "y"}}, {}, {0, 0, 1}, true}};
    auto page = through_json({{"items", to_list(items)}, {"next", to_hex("ac")}});
    EXPECT_EQ(read_items(page)->items, items);
    EXPECT_EQ(read_items(page)->next, "ac");
    page.erase("next");
    EXPECT_FALSE(read_items(page)->next);

    const auto tables =
        read_tables(through_json({{"tables", to_list(std::vector<TableState>{{"T", hash}})}}));
    EXPECT_EQ(tables->at(0).name, "T");
    EXPECT_EQ(tables->at(0).content, hash);
    const auto ranges = read_ranges(
        through_json({{"ranges", to_list(std::vector<store::RangeHash>{{"\xff", hash}})}}));
    EXPECT_EQ(ranges->at(0).prefix, "\xff");
    EXPECT_EQ(ranges->at(0).content, hash);

    const Progress progress{store::LogId{0xffffffffffffffff}, 5, {{"eu", {store::LogId{1}, 2}}}};
    const auto again = read_progress(through_json(to_map(progress)));
    EXPECT_EQ(again->log, progress.log);
    EXPECT_EQ(again->sequence, 5U);
    EXPECT_EQ(again->applied, progress.applied);
}

TEST(Answers, ThatCannotBeAreRefused) {
    for (
        const std::string_view text : {
            R"({})",
            R"({"items":{}})",
            R"({"items":["x"]})",
            R"({"items":[{"row":"0"}]})",
            R"({"items":[{"row":"00","key":{},"stamp":{"region":"r","time":"x","count":0},"hash":"00000000000000000000000000000000","damaged":false}]})",
            R"({"items":[{"row":"00","key":{},"stamp":{"region":"r","time":"2026-02-26T15:00:00Z","count":65536},"hash":"00000000000000000000000000000000","damaged":false}]})",
            R"({"items":[{"row":"00","key":{},"stamp":{"region":"r","time":"2026-02-26T15:00:00Z","count":0},"hash":"0","damaged":false}]})",
            R"({"items":[],"next":"x"})",
        }) {
        const auto value = item::parse_plain_json(text);
        const auto page = read_items(*value->as<item::Map>());
        ASSERT_FALSE(page) << text;
        EXPECT_THAT(page.error().message, HasSubstr("what a region says"));
    }
    EXPECT_FALSE(read_tables({{"tables", item::List{item::Map{{"name", "T"}}}}}));
    EXPECT_FALSE(read_progress({{"applied", item::List{}}}));
    for (const auto* text : {"0", "0g", "+1", " 1", "0x"}) {
        EXPECT_FALSE(from_hex(text)) << text;
    }
}

}  // namespace
}  // namespace meridian::proof
