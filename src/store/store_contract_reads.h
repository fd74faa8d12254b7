// Contract: points, queries and scans.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "store/store_contract_fixture.h"

namespace meridian::store {

class StoreReads : public StoreContract {
  protected:
    using Op = SortCondition::Op;

    // Items of partition "p" with sort keys 10, 20 … 10·count, and one in each of two partitions
    // whose names sort right beside it.
    void put_tens(int count) const {
        for (int i = 1; i <= count; ++i) {
            put(kByNumber, {{"id", "p"}, {"at", number(10 * i)}, {"odd", i % 2 == 1}});
        }
        put(kByNumber, {{"id", std::string("p\0", 2)}, {"at", number(10)}});
        put(kByNumber, {{"id", "pa"}, {"at", number(10)}});
    }

    static std::vector<std::int64_t> ats(const std::vector<item::Item>& items) {
        std::vector<std::int64_t> found;
        for (const auto& item : items) {
            found.push_back(item.at("at").as<item::Number>()->to_int64().value());
        }
        return found;
    }
    static std::vector<std::string> names(const std::vector<item::Item>& items) {
        std::vector<std::string> found;
        for (const auto& item : items) {
            found.push_back(*item.at("name").as<std::string>());
        }
        return found;
    }
};

TEST_P(StoreReads, AnAbsentItemIsNoError) {
    EXPECT_EQ(get(kSimple, simple_key("a")), std::nullopt);
}

TEST_P(StoreReads, RefuseAKeyThatDoesNotFit) {
    for (const item::Key& key : {item::Key{}, item::Key{{"id", number(1)}}, simple_key(""),
                                 item::Key{{"id", "a"}, {"more", "b"}}}) {
        const auto item = store().get({kSimple, key});
        ASSERT_FALSE(item);
        EXPECT_EQ(item.error().code, ErrorCode::kInvalidInput);
        EXPECT_FALSE(store().get_many({{{kSimple, key}}}));
    }
}

TEST_P(StoreReads, GetManyKeepsTheOrderOfTheRefs) {
    put(kSimple, simple("a", 1));
    put(kSimple, simple("b", 2));
    put(kByName, {{"id", "x"}, {"name", "y"}});
    const auto items = store().get_many({{{kSimple, simple_key("b")},
                                          {kSimple, simple_key("none")},
                                          {kByName, {{"id", "x"}, {"name", "y"}}},
                                          {kSimple, simple_key("a")},
                                          {kSimple, simple_key("b")}}});
    ASSERT_TRUE(items);
    ASSERT_EQ(items->size(), 5U);
    EXPECT_EQ((*items)[0], simple("b", 2));
    EXPECT_EQ((*items)[1], std::nullopt);
    EXPECT_EQ((*items)[2], (item::Item{{"id", "x"}, {"name", "y"}}));
    EXPECT_EQ((*items)[3], simple("a", 1));
    EXPECT_EQ((*items)[4], simple("b", 2));
    EXPECT_TRUE(store().get_many({})->empty());
}

TEST_P(StoreReads, QueryNarrowsByTheSortKey) {
    put_tens(5);
    struct Case {
        Op op;
        int first;
        int second;
        std::vector<std::int64_t> expected;
    };
    const Case cases[] = {
        {Op::kEqual, 20, 0, {20}},
        {Op::kEqual, 25, 0, {}},
        {Op::kLess, 20, 0, {10}},
        {Op::kLess, 10, 0, {}},
        {Op::kLessOrEqual, 20, 0, {10, 20}},
        {Op::kGreater, 40, 0, {50}},
        {Op::kGreater, 50, 0, {}},
        {Op::kGreaterOrEqual, 40, 0, {40, 50}},
        {Op::kGreaterOrEqual, -1, 0, {10, 20, 30, 40, 50}},
        {Op::kBetween, 20, 40, {20, 30, 40}},
        {Op::kBetween, 21, 39, {30}},
        {Op::kBetween, 30, 30, {30}},
    };
    for (const auto& c : cases) {
        Query query{.table = kByNumber,
                    .partition = "p",
                    .sort = SortCondition{c.op, number(c.first), number(c.second)}};
        EXPECT_EQ(ats(read(query).items), c.expected) << static_cast<int>(c.op) << ' ' << c.first;
        auto backward = c.expected;
        std::ranges::reverse(backward);
        query.forward = false;
        EXPECT_EQ(ats(read(query).items), backward) << static_cast<int>(c.op) << ' ' << c.first;
    }
}

TEST_P(StoreReads, QueryOrdersNumbersByValue) {
    for (const char* text : {"10", "9", "-1", "0", "-10.5", "1e20", "0.001"}) {
        put(kByNumber, {{"id", "p"}, {"at", *item::Number::parse(text)}});
    }
    std::vector<std::string> found;
    for (const auto& item : read({.table = kByNumber, .partition = "p"}).items) {
        found.push_back(item.at("at").as<item::Number>()->to_string());
    }
    EXPECT_EQ(found, (std::vector<std::string>{"-10.5", "-1", "0", "0.001", "9", "10",
                                               "100000000000000000000"}));
}

TEST_P(StoreReads, QueryByBeginning) {
    for (const char* name : {"a", "ab", "abc", "abd", "ac", "b", "zürich", "zürich-2", "東京"}) {
        put(kByName, {{"id", "p"}, {"name", name}});
    }
    struct Case {
        const char* prefix;
        std::vector<std::string> expected;
    };
    const Case cases[] = {{"ab", {"ab", "abc", "abd"}},
                          {"zü", {"zürich", "zürich-2"}},
                          {"東", {"東京"}},
                          {"b", {"b"}},
                          {"x", {}}};
    for (const auto& c : cases) {
        Query query{.table = kByName,
                    .partition = "p",
                    .sort = SortCondition{Op::kBeginsWith, c.prefix, {}}};
        EXPECT_EQ(names(read_all(query)), c.expected) << c.prefix;
        query.forward = false;
        query.limit = 1;
        auto backward = c.expected;
        std::ranges::reverse(backward);
        EXPECT_EQ(names(read_all(query)), backward) << c.prefix;
    }
}

// FF bytes have no next byte, and 00 is what encoded keys end with.
TEST_P(StoreReads, QueryByTheBeginningOfABinary) {
    const auto binary = [](std::string bytes) { return item::Binary{std::move(bytes)}; };
    const std::string tags[] = {
        std::string("\0", 1), std::string("\0\0", 2),  "\x01", std::string("\xfe", 1), "\xff",
        "\xff\xff",           std::string("\xff\0", 2)};
    for (const auto& tag : tags) {
        put(kByTag, {{"id", "p"}, {"tag", binary(tag)}});
    }
    put(kByTag, {{"id", "q"}, {"tag", binary("\xff")}});
    const auto count = [&](std::string prefix) {
        const Query query{.table = kByTag,
                          .partition = "p",
                          .sort = SortCondition{Op::kBeginsWith, binary(std::move(prefix)), {}}};
        return read(query).items.size();
    };
    EXPECT_EQ(count("\xff"), 3U);
    EXPECT_EQ(count("\xff\xff"), 1U);
    EXPECT_EQ(count(std::string("\0", 1)), 2U);
    EXPECT_EQ(count("\xfe"), 1U);
}

TEST_P(StoreReads, QueryPagesJoinUpInBothDirections) {
    put_tens(7);
    const std::vector<std::int64_t> all{10, 20, 30, 40, 50, 60, 70};
    for (const std::size_t limit : {1U, 2U, 3U, 7U, 100U}) {
        Query query{.table = kByNumber, .partition = "p", .limit = limit};
        EXPECT_EQ(ats(read_all(query)), all) << limit;
        query.forward = false;
        auto backward = all;
        std::ranges::reverse(backward);
        EXPECT_EQ(ats(read_all(query)), backward) << limit;
    }
}

TEST_P(StoreReads, APageStartsAfterAKeyThatNeedNotExist) {
    put_tens(5);
    const item::Key between{{"id", "p"}, {"at", number(25)}};
    Query query{.table = kByNumber, .partition = "p", .start_after = between};
    EXPECT_EQ(ats(read(query).items), (std::vector<std::int64_t>{30, 40, 50}));
    query.forward = false;
    EXPECT_EQ(ats(read(query).items), (std::vector<std::int64_t>{20, 10}));
    query.sort = SortCondition{Op::kLess, number(20), {}};
    EXPECT_EQ(ats(read(query).items), (std::vector<std::int64_t>{10}));
    query.forward = true;
    EXPECT_TRUE(read(query).items.empty());
}

TEST_P(StoreReads, AFilterLeavesItemsOutThatCountAsExamined) {
    put_tens(6);
    const Query query{.table = kByNumber,
                      .partition = "p",
                      .limit = 3,
                      .filter = equals("odd", item::Value(true))};
    const auto page = read(query);
    EXPECT_EQ(ats(page.items), (std::vector<std::int64_t>{10, 30}));
    EXPECT_EQ(page.examined, 3U);
    EXPECT_EQ(page.last_key, (item::Key{{"id", "p"}, {"at", number(30)}}));
    EXPECT_EQ(ats(read_all(query)), (std::vector<std::int64_t>{10, 30, 50}));
    EXPECT_EQ(read_all(Scan{.table = kByNumber, .limit = 2, .filter = query.filter}).size(), 3U);
}

TEST_P(StoreReads, APageEndsAtAMegabyteOfExaminedItems) {
    const std::string filler(300 * 1024, 'x');
    for (int i = 1; i <= 8; ++i) {
        put(kByNumber, {{"id", "p"}, {"at", number(i)}, {"x", filler}});
    }
    // Four of them pass a megabyte, whether or not the filter lets them through.
    const Query query{.table = kByNumber, .partition = "p", .filter = equals("at", number(1))};
    const auto page = read(query);
    EXPECT_EQ(page.examined, 4U);
    EXPECT_EQ(page.items.size(), 1U);
    EXPECT_TRUE(page.last_key);
    EXPECT_EQ(read(Scan{.table = kByNumber}).examined, 4U);
    EXPECT_EQ(read_all(Scan{.table = kByNumber}).size(), 8U);
}

TEST_P(StoreReads, RefuseAQueryThatCannotBeMeant) {
    const item::Key elsewhere{{"id", "q"}, {"at", number(1)}};
    const auto sorted = [](Op op, item::Value first, item::Value second) {
        return SortCondition{op, std::move(first), std::move(second)};
    };
    const Query queries[] = {
        {.table = kByNumber, .partition = number(1)},
        {.table = kByNumber, .partition = ""},
        {.table = kByNumber, .partition = "p", .sort = sorted(Op::kEqual, "text", {})},
        {.table = kByNumber, .partition = "p", .sort = sorted(Op::kBeginsWith, number(1), {})},
        {.table = kByNumber, .partition = "p", .sort = sorted(Op::kBetween, number(2), number(1))},
        {.table = kByNumber, .partition = "p", .sort = sorted(Op::kBetween, number(2), "x")},
        {.table = kByName, .partition = "p", .sort = sorted(Op::kBeginsWith, true, {})},
        {.table = kSimple, .partition = "p", .sort = sorted(Op::kEqual, "x", {})},
        {.table = kByNumber, .partition = "p", .start_after = elsewhere},
        {.table = kByNumber, .partition = "p", .start_after = simple_key("p")},
    };
    for (std::size_t i = 0; i < std::size(queries); ++i) {
        const auto page = store().query(queries[i]);
        ASSERT_FALSE(page) << i;
        EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput) << i;
    }
}

TEST_P(StoreReads, ScanFindsEveryItemOnceWhateverThePages) {
    std::set<std::string> expected;
    for (int i = 0; i < 100; ++i) {
        const auto id = "id-" + std::to_string(i);
        put(kSimple, simple(id, i));
        expected.insert(id);
    }
    put(kByName, {{"id", "other table"}, {"name", "x"}});
    for (const std::size_t limit : {0U, 1U, 7U, 100U, 101U}) {
        std::set<std::string> found;
        for (const auto& item : read_all(Scan{.table = kSimple, .limit = limit})) {
            EXPECT_TRUE(found.insert(*item.at("id").as<std::string>()).second) << limit;
        }
        EXPECT_EQ(found, expected) << limit;
    }
}

TEST_P(StoreReads, SegmentsAreDisjointAndTogetherTheTable) {
    for (int i = 0; i < 300; ++i) {
        put(kByNumber, {{"id", "id-" + std::to_string(i / 3)}, {"at", number(i)}});
    }
    for (const std::uint32_t segments : {1U, 2U, 3U, 7U, 64U, 100'000U}) {
        std::set<std::int64_t> found;
        std::size_t items = 0;
        std::size_t largest = 0;
        // Of very many segments only the ones at the ends: the others are as good as empty.
        const auto step = segments <= 64 ? 1U : segments - 1;
        for (std::uint32_t segment = 0; segment < segments; segment += step) {
            const auto part = read_all(
                Scan{.table = kByNumber, .limit = 5, .segment = segment, .segments = segments});
            const auto at = ats(part);
            found.insert(at.begin(), at.end());
            items += part.size();
            largest = std::max(largest, part.size());
        }
        EXPECT_EQ(found.size(), items) << segments;
        if (segments <= 64) {
            EXPECT_EQ(items, 300U) << segments;
            EXPECT_LE(largest, 3 * 300U / segments + 15) << "a lopsided segment of " << segments;
        }
    }
}

TEST_P(StoreReads, RefuseAScanThatCannotBeMeant) {
    put(kSimple, simple("a", 1));
    std::uint32_t home = 0;
    while (read(Scan{.table = kSimple, .segment = home, .segments = 4}).items.empty()) {
        ASSERT_LT(++home, 4U);
    }
    const Scan scans[] = {
        {.table = kSimple, .segment = 2, .segments = 2},
        {.table = kSimple, .segment = 0, .segments = 0},
        {.table = kSimple, .start_after = item::Key{{"id", number(1)}}},
        {.table = kSimple,
         .start_after = simple_key("a"),
         .segment = (home + 1) % 4,
         .segments = 4},
    };
    for (std::size_t i = 0; i < std::size(scans); ++i) {
        const auto page = store().scan(scans[i]);
        ASSERT_FALSE(page) << i;
        EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput) << i;
    }
}

TEST_P(StoreReads, KeysComeBackAsTheyWere) {
    create("ByNumberAlone", {{"n", item::KeyType::kNumber}, std::nullopt});
    create("ByBytes", {{"b", item::KeyType::kBinary}, std::nullopt});
    const std::string texts[] = {
        "Zürich", "東京", "🙂", std::string("a\0b", 3),
        "a",      "ab",   " ",  std::string(item::kPartitionKeyBytesMax, 'k')};
    for (const auto& text : texts) {
        put(kSimple, {{"id", text}, {"copy", text}});
        put("ByBytes", {{"b", item::Binary{text}}, {"copy", text}});
    }
    for (const auto& text : texts) {
        EXPECT_EQ(get(kSimple, simple_key(text))->at("copy"), item::Value(text));
        EXPECT_EQ(get("ByBytes", {{"b", item::Binary{text}}})->at("copy"), item::Value(text));
    }
    for (const char* text : {"-1", "0", "1", "1.5", "99999999999999999999999999999999999999"}) {
        put("ByNumberAlone", {{"n", *item::Number::parse(text)}, {"copy", text}});
    }
    // One number, however it was written.
    EXPECT_EQ(get("ByNumberAlone", {{"n", *item::Number::parse("15e-1")}})->at("copy"),
              item::Value("1.5"));
    EXPECT_EQ(read_all(Scan{.table = "ByNumberAlone", .limit = 2}).size(), 5U);
}

}  // namespace meridian::store
