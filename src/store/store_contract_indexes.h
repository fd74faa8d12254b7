// Contract: secondary indexes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/store_contract_index_fixture.h"

namespace meridian::store {

TEST_P(StoreIndexes, FindItemsByOtherAttributes) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(10)}});
    put(kTable, {{"id", "b"}, {"at", number(1)}, {"color", "red"}, {"size", number(5)}});
    put(kTable, {{"id", "c"}, {"at", number(1)}, {"color", "redder"}, {"size", number(5)}});
    put(kTable, {{"id", "d"}, {"at", number(1)}, {"size", number(5)}});
    put(kTable, {{"id", "e"}, {"at", number(1)}, {"color", "red"}});
    Query query{.table = kTable, .partition = "red", .index = "byColor"};
    EXPECT_EQ(ids(read_all(query)), (std::vector<std::string>{"b", "a"}));
    query.forward = false;
    EXPECT_EQ(ids(read_all(query)), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(read_all(Scan{.table = kTable, .index = "byColor"}).size(), 3U);
    EXPECT_EQ(read_all(Scan{.table = kTable}).size(), 5U);
}

TEST_P(StoreIndexes, FollowEveryKindOfWrite) {
    create_index(by_color());
    const item::Key key{{"id", "a"}, {"at", number(1)}};
    const auto found = [&](const char* color) {
        return read_all(Query{.table = kTable, .partition = color, .index = "byColor"}).size();
    };
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    EXPECT_EQ(found("red"), 1U);
    make(update_of(kTable, key, set("color", "blue")));
    EXPECT_EQ(found("red"), 0U);
    EXPECT_EQ(found("blue"), 1U);
    make(update_of(kTable, key, set("other", "x")));
    EXPECT_EQ(read_all(Query{.table = kTable, .partition = "blue", .index = "byColor"})
                  .front()
                  .at("other"),
              item::Value("x"));
    expression::Update unsized;
    unsized.removes.push_back({path("size")});
    make(update_of(kTable, key, unsized));
    EXPECT_EQ(found("blue"), 0U);
    make(update_of(kTable, key, set("size", number(3))));
    EXPECT_EQ(found("blue"), 1U);
    make(delete_of(kTable, key));
    EXPECT_EQ(found("blue"), 0U);
    const auto all = store().write_all(
        {put_of(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "x"}, {"size", number(1)}}),
         put_of(kTable, {{"id", "b"}, {"at", number(1)}, {"color", "x"}, {"size", number(1)}})},
        Atomicity::kAll);
    EXPECT_FALSE(all.front().error);
    EXPECT_EQ(found("x"), 2U);
}

TEST_P(StoreIndexes, ShowWhatTheyProject) {
    for (const auto& index : {by_color(), by_tag(), by_name()}) {
        create_index(index);
    }
    const item::Item whole{{"id", "a"},          {"at", number(1)}, {"color", "red"},
                           {"size", number(1)},  {"name", "n"},     {"tag", item::Binary{"t"}},
                           {"extra", number(7)}, {"hidden", "h"}};
    put(kTable, whole);
    EXPECT_EQ(read_all(Query{.table = kTable, .partition = "red", .index = "byColor"}).front(),
              whole);
    Query by_bytes{.table = kTable, .partition = item::Binary{"t"}, .index = "byTag"};
    EXPECT_EQ(read_all(by_bytes).front(),
              (item::Item{{"id", "a"}, {"at", number(1)}, {"tag", item::Binary{"t"}}}));
    EXPECT_EQ(read_all(Query{.table = kTable, .partition = "a", .index = "byName"}).front(),
              (item::Item{{"id", "a"}, {"at", number(1)}, {"name", "n"}, {"extra", number(7)}}));
    by_bytes.filter = expression::AttributeExists{path("hidden")};
    EXPECT_TRUE(read_all(by_bytes).empty()) << "the filter sees what the index shows";
    by_bytes.whole_items = true;
    EXPECT_EQ(read_all(by_bytes).front(), whole);
}

TEST_P(StoreIndexes, PagesGoOnBehindItemsOfOneKey) {
    create_index(by_color());
    for (int i = 0; i < 20; ++i) {
        put(kTable, {{"id", "id" + std::to_string(i)},
                     {"at", number(i % 3)},
                     {"color", "red"},
                     {"size", number(i / 10)}});
    }
    for (const bool forward : {true, false}) {
        for (const std::size_t limit : {1U, 3U, 20U}) {
            const Query query{.table = kTable,
                              .partition = "red",
                              .forward = forward,
                              .limit = limit,
                              .index = "byColor"};
            EXPECT_EQ(read_all(query), expected(by_color(), query)) << limit;
        }
    }
    const auto page =
        read(Query{.table = kTable, .partition = "red", .limit = 2, .index = "byColor"});
    ASSERT_TRUE(page.last_key);
    EXPECT_EQ(page.last_key->size(), 4U) << "attributes of both keys";
    EXPECT_TRUE(page.last_key->contains("color") && page.last_key->contains("size"));
    EXPECT_TRUE(page.last_key->contains("id") && page.last_key->contains("at"));
}

TEST_P(StoreIndexes, RefuseAStartThatIsNone) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    const item::Key whole{{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}};
    Query query{.table = kTable, .partition = "red", .start_after = whole, .index = "byColor"};
    EXPECT_TRUE(read_all(query).empty());
    for (const char* missing : {"id", "at", "color", "size"}) {
        query.start_after->erase(missing);
        const auto page = store().query(query);
        ASSERT_FALSE(page) << missing;
        EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput);
        query.start_after = whole;
    }
    query.start_after->emplace("more", "x");
    EXPECT_FALSE(store().query(query));
    query.start_after = whole;
    query.start_after->at("color") = "blue";
    EXPECT_FALSE(store().query(query)) << "of another partition";
}

TEST_P(StoreIndexes, PagesEndAtOneMegabyteOfWhatTheyShow) {
    create_index(by_color());
    create_index(by_tag());
    for (int i = 0; i < 12; ++i) {
        put(kTable, {{"id", "id" + std::to_string(i)},
                     {"at", number(1)},
                     {"color", "red"},
                     {"size", number(i)},
                     {"tag", item::Binary{"t"}},
                     {"filler", std::string(200'000, 'x')}});
    }
    const auto page = read(Query{.table = kTable, .partition = "red", .index = "byColor"});
    EXPECT_EQ(page.examined, 6U);
    EXPECT_GE(page.bytes, kPageBytesMax);
    EXPECT_TRUE(page.last_key);
    const auto keys =
        read(Query{.table = kTable, .partition = item::Binary{"t"}, .index = "byTag"});
    EXPECT_EQ(keys.examined, 12U);
    EXPECT_FALSE(keys.last_key);
    std::size_t bytes = 0;
    for (const auto& item : keys.items) {
        bytes += item::size_bytes(item);
    }
    EXPECT_EQ(keys.bytes, bytes);
}

TEST_P(StoreIndexes, AreListedUntilTheyAreDropped) {
    EXPECT_TRUE(store().list_indexes(kTable)->empty());
    create_index(by_tag());
    create_index(by_color());
    const auto listed = store().list_indexes(kTable);
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ((*listed)[0].schema, by_color());
    EXPECT_EQ((*listed)[1].schema, by_tag());
    EXPECT_TRUE(store().drop_index(kTable, "byTag"));
    EXPECT_TRUE(store().drop_index(kTable, "byTag")) << "again";
    EXPECT_EQ(store().list_indexes(kTable)->size(), 1U);
    const auto page =
        store().query({.table = kTable, .partition = item::Binary{"t"}, .index = "byTag"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(page.error().message.find("byTag"), std::string::npos);
    EXPECT_EQ(store().list_indexes("Nowhere").error().code, ErrorCode::kTableNotFound);
    EXPECT_EQ(store().create_index("Nowhere", by_tag()).error().code, ErrorCode::kTableNotFound);
    EXPECT_EQ(store().drop_index("Nowhere", "i").error().code, ErrorCode::kTableNotFound);
}

TEST_P(StoreIndexes, CreatingOneAgainIsNoErrorUnlessItDiffers) {
    create_index(by_color());
    create_index(by_color());
    auto other = by_color();
    other.projected = Projected::kKeysOnly;
    EXPECT_EQ(store().create_index(kTable, other).error().code, ErrorCode::kTableExists);
    EXPECT_EQ(store().list_indexes(kTable)->size(), 1U);
    other.name = "";
    EXPECT_EQ(store().create_index(kTable, other).error().code, ErrorCode::kInvalidInput);
    other = by_color();
    other.name = "other";
    other.key.sort->name = "color";
    EXPECT_EQ(store().create_index(kTable, other).error().code, ErrorCode::kInvalidInput);
}

// One of a former life must not shine through.
TEST_P(StoreIndexes, ANewOneOfAnOldNameIsFilledAnew) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    ASSERT_TRUE(store().drop_index(kTable, "byColor"));
    make(delete_of(kTable, {{"id", "a"}, {"at", number(1)}}));
    put(kTable, {{"id", "b"}, {"at", number(1)}, {"color", "red"}, {"shade", number(1)}});
    auto other = by_color();
    other.key.sort->name = "shade";
    create_index(other);
    EXPECT_EQ(ids(read_all(Query{.table = kTable, .partition = "red", .index = "byColor"})),
              std::vector<std::string>{"b"});
    expect_whole(other);
}

// Far more items than are entered at once, and writes all the while.
TEST_P(StoreIndexes, HoldTheItemsOfBeforeAndThoseWrittenMeanwhile) {
    constexpr int kItems = 5000;
    const auto item_at = [](int i, int color) {
        return item::Item{{"id", "id" + std::to_string(i)},
                          {"at", number(i)},
                          {"color", "color" + std::to_string(color)},
                          {"size", number(i % 7)}};
    };
    for (int i = 0; i < kItems; i += 100) {
        std::vector<Write> writes;
        for (int j = i; j < i + 100; ++j) {
            writes.push_back(put_of(kTable, item_at(j, j % 3)));
        }
        EXPECT_FALSE(store().write_all(std::move(writes), Atomicity::kEach).front().error);
    }
    ASSERT_TRUE(store().create_index(kTable, by_color()));
    ASSERT_TRUE(store().create_index(kTable, by_tag()));
    std::mt19937_64 random(7);
    for (int i = 0; i < 300; ++i) {
        const auto at = static_cast<int>(random() % (kItems + 100));
        if (i % 3 == 0) {
            make(delete_of(kTable, {{"id", "id" + std::to_string(at)}, {"at", number(at)}}));
        } else {
            put(kTable, item_at(at, static_cast<int>(random() % 5)));
        }
    }
    wait_until_ready("byColor");
    wait_until_ready("byTag");
    expect_whole(by_color());
    expect_whole(by_tag());
    expect_table_extent();
}

TEST_P(StoreIndexes, SayWhatAScanOfTheTableSaysAfterAnyHistory) {
    std::mt19937_64 random(20261129);
    const auto below = [&](std::size_t n) { return random() % n; };
    const auto pick = [&](const auto& values) { return values[below(values.size())]; };
    const std::vector<std::string> colors{"red", "re", "redd", std::string("re\0d", 4), "blue"};
    const std::vector<std::string> sizes{"-12.5", "-1", "0", "3", "3.0", "1e20", "7"};
    // What DynamoDB doesn't let in.
    const auto is_wrong = [&] { return below(9) == 0 && is_embedded(); };
    const auto size_value = [&] { return item::Value(*item::Number::parse(pick(sizes))); };
    for (int history = 0; history < GetParam().histories / 10 + 1; ++history) {
        for (const auto& name : {"byColor", "byTag", "byName"}) {
            ASSERT_TRUE(store().drop_index(kTable, name));
        }
        const auto steps = 40 + below(80);
        const auto create_at = below(steps);
        for (std::size_t step = 0; step < steps; ++step) {
            if (step == create_at) {
                for (const auto& index : {by_color(), by_tag(), by_name()}) {
                    ASSERT_TRUE(store().create_index(kTable, index));
                }
            }
            const item::Key key{{"id", "p" + std::to_string(below(4))},
                                {"at", number(static_cast<std::int64_t>(below(8)))}};
            item::Item item(key.begin(), key.end());
            if (below(5) > 0) {
                item["color"] = pick(colors);
            }
            if (below(5) > 0) {
                item["size"] = is_wrong() ? item::Value("none") : size_value();
            }
            if (below(2) > 0) {
                item["tag"] = item::Binary{pick(colors)};
            }
            if (below(3) > 0) {
                item["name"] = is_wrong() ? std::string() : pick(colors);
            }
            item["extra"] = std::string(below(40), 'e');
            item["hidden"] = number(static_cast<std::int64_t>(step));
            switch (below(5)) {
                case 0:
                    make(delete_of(kTable, key));
                    break;
                case 1:
                    make(update_of(kTable, key, set("color", pick(colors))));
                    break;
                case 2:
                    make(update_of(kTable, key, set("size", size_value())));
                    break;
                default:
                    put(kTable, std::move(item));
            }
        }
        for (const auto& index : {by_color(), by_tag(), by_name()}) {
            wait_until_ready(index.name);
            expect_whole(index);
        }
        expect_table_extent();
        using Op = SortCondition::Op;
        for (int i = 0; i < 60 && !HasFailure(); ++i) {
            Query query{
                .table = kTable, .partition = {}, .forward = below(2) == 0, .limit = below(5)};
            const auto op = static_cast<Op>(below(6));  // all that numbers know
            IndexSchema index;
            switch (below(3)) {
                case 0: {
                    index = by_color();
                    query.partition = pick(colors);
                    auto first = size_value();
                    auto second = size_value();
                    if (less(second, first)) {
                        std::swap(first, second);
                    }
                    query.sort = SortCondition{op, std::move(first), std::move(second)};
                    break;
                }
                case 1:
                    index = by_tag();
                    query.partition = item::Binary{pick(colors)};
                    break;
                default: {
                    index = by_name();
                    query.partition = "p" + std::to_string(below(4));
                    auto first = pick(colors);
                    auto second = std::max(first, pick(colors));
                    query.sort = SortCondition{below(4) == 0 ? Op::kBeginsWith : op,
                                               std::move(first), std::move(second)};
                }
            }
            if (below(4) == 0) {
                query.sort.reset();
            }
            query.index = index.name;
            EXPECT_EQ(read_all(query), expected(index, query))
                << index.name << ", condition " << static_cast<int>(op);
        }
    }
}

}  // namespace meridian::store
