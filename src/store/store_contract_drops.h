// Contract: tables that were dropped.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "store/store_contract_index_fixture.h"

namespace meridian::store {

TEST_P(StoreIndexes, ADroppedTableIsNotFound) {
    create_index(by_color());
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"color", "red"}, {"size", number(1)}});
    put(kSimple, simple("kept", 1));
    ASSERT_TRUE(store().drop_table(kTable));
    const auto expect_unknown = [](const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::kTableNotFound) << error.message;
    };
    const ItemRef ref{kTable, {{"id", "a"}, {"at", number(1)}}};
    expect_unknown(store().describe_table(kTable).error());
    expect_unknown(store().get(ref).error());
    expect_unknown(store().get_many({{ref}}).error());
    expect_unknown(store().query({.table = kTable, .partition = "a"}).error());
    expect_unknown(
        store().query({.table = kTable, .partition = "red", .index = "byColor"}).error());
    expect_unknown(store().scan({.table = kTable}).error());
    expect_unknown(*store().write(put_of(kTable, {{"id", "a"}, {"at", number(1)}})).error);
    expect_unknown(store().extent(kTable).error());
    expect_unknown(store().list_indexes(kTable).error());
    expect_unknown(store().create_index(kTable, by_tag()).error());
    EXPECT_EQ(store().list_tables().size(), 3U);
    EXPECT_EQ(n_of("kept"), 1);
    expect_unknown(store().drop_table("Nowhere").error());
}

// Tables come and go by the thousand in tests of applications.
TEST_P(StoreIndexes, OthersAreNotTouchedByOnesComingAndGoing) {
    put(kSimple, simple("kept", 1));
    for (int i = 0; i < 12; ++i) {
        const auto name = "Passing" + std::to_string(i);
        create(name.c_str(), {{"id", item::KeyType::kString}, {}});
        create_index({"byN", {{"n", item::KeyType::kNumber}, {}}}, name.c_str());
        put(name.c_str(), simple("a", i));
        EXPECT_EQ(read_all(Scan{.table = name, .index = "byN"}).size(), 1U);
        ASSERT_TRUE(store().drop_table(name));
    }
    EXPECT_EQ(n_of("kept"), 1);
    EXPECT_EQ(read_all(Scan{.table = kSimple}).size(), 1U);
    EXPECT_TRUE(!is_embedded() || store().extent(kSimple)->items == 1);
}

}  // namespace meridian::store
