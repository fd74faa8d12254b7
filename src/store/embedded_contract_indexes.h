// Contract of embedded stores: secondary indexes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "store/store_contract_index_fixture.h"

namespace meridian::store {

// DynamoDB refuses such writes.
TEST_P(EmbeddedIndexes, LeaveOutWhatIsOfAnotherType) {
    create_index(by_color());
    put(kTable, {{"id", "b"}, {"at", number(1)}, {"color", "red"}, {"size", number(5)}});
    put(kTable, {{"id", "d"}, {"at", number(1)}, {"color", "red"}, {"size", "large"}});
    put(kTable, {{"id", "e"}, {"at", number(1)}, {"color", ""}, {"size", number(5)}});
    const Query query{.table = kTable, .partition = "red", .index = "byColor"};
    EXPECT_EQ(ids(read_all(query)), std::vector<std::string>{"b"});
    const item::Key key{{"id", "b"}, {"at", number(1)}};
    make(update_of(kTable, key, set("size", "none")));
    EXPECT_TRUE(read_all(query).empty());
    make(update_of(kTable, key, set("size", number(3))));
    EXPECT_EQ(ids(read_all(query)), std::vector<std::string>{"b"});
    expect_whole(by_color());
}

TEST_P(EmbeddedIndexes, HoldWhatOtherRegionsSend) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    const auto send = [&](std::uint64_t time, Image image) {
        const auto applied = store().apply_remote(
            {.from = "there",
             .items = {{kTable,
                        {{"id", "a"}, {"at", number(1)}},
                        {std::move(image), {{HybridTime{time}, "there"}, {}}}}}});
        ASSERT_TRUE(applied) << applied.error().message;
        EXPECT_EQ(applied->won, 1U);
    };
    const auto later = hybrid_time_of(clock_.now()).bits + 1'000'000'000;
    send(later, item::Item{{"id", "a"}, {"at", number(1)}, {"color", "blue"}, {"size", number(2)}});
    EXPECT_EQ(ids(read_all(Query{.table = kTable, .partition = "blue", .index = "byColor"})).size(),
              1U);
    EXPECT_TRUE(read_all(Query{.table = kTable, .partition = "red", .index = "byColor"}).empty());
    send(later + 1, {});
    EXPECT_TRUE(read_all(Query{.table = kTable, .partition = "blue", .index = "byColor"}).empty());
    expect_whole(by_color());
}

}  // namespace meridian::store
