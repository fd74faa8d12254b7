// Contract of embedded stores: dropped tables, how much there is, and the log of one table.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "store/store_contract_index_fixture.h"

namespace meridian::store {

TEST_P(EmbeddedIndexes, DroppingATableAgainIsNoError) {
    ASSERT_TRUE(store().drop_table(kTable));
    EXPECT_TRUE(store().drop_table(kTable));
    const auto version = store().get_version({kTable, {{"id", "a"}, {"at", number(1)}}});
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().code, ErrorCode::kTableNotFound);
}

TEST_P(EmbeddedIndexes, ADroppedTablesNameIsNeverUsedAgain) {
    const auto schema = *store().describe_table(kTable);
    ASSERT_TRUE(store().drop_table(kTable));
    const auto created = store().create_table(schema);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kTableExists);
    EXPECT_NE(created.error().message.find(kTable), std::string::npos);
}

TEST_P(EmbeddedIndexes, ADroppedTablesLogStaysReadable) {
    const item::Item item{{"id", "a"}, {"at", number(1)}, {"x", "y"}};
    put(kTable, item);
    put(kSimple, simple("b", 1));
    make(delete_of(kTable, {{"id", "a"}, {"at", number(1)}}));
    ASSERT_TRUE(store().drop_table(kTable));
    put(kSimple, simple("b", 2));
    const auto log = store().read_log(0, 100);
    ASSERT_TRUE(log) << log.error().message;
    ASSERT_EQ(log->size(), 4U);
    EXPECT_EQ(log->front().table, kTable);
    EXPECT_EQ(log->front().after, item);
    const auto of_table = store().read_table_log(kTable, 0, 100);
    ASSERT_TRUE(of_table) << of_table.error().message;
    ASSERT_EQ(of_table->changes.size(), 2U);
    EXPECT_EQ(of_table->changes.back().before, item);
    EXPECT_EQ(of_table->through, 4U);
    const auto all = store().read_all(0, 100);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->changes.size(), 4U) << "archives go back to before it was dropped";
    EXPECT_EQ(all->tables.size(), 2U);
}

TEST_P(EmbeddedIndexes, ViewsDoNotShowADroppedTable) {
    put(kTable, {{"id", "a"}, {"at", number(1)}});
    put(kTable, {{"id", "b"}, {"at", number(1)}});
    make(delete_of(kTable, {{"id", "b"}, {"at", number(1)}}));
    put(kSimple, simple("kept", 1));
    const auto before = *store().open_view();
    ASSERT_TRUE(store().drop_table(kTable));
    const auto after = *store().open_view();
    for (const auto* view : {before.get(), after.get()}) {
        const auto page = view->page("");
        ASSERT_TRUE(page) << page.error().message;
        ASSERT_EQ(page->items.size(), 1U);
        EXPECT_EQ(page->items.front().table, kSimple);
        EXPECT_EQ(page->tables.size(), 1U);
        EXPECT_EQ(*view->table_hash(kTable), ContentHash{});
        EXPECT_TRUE(view->item_hashes(kTable, "", "", 10)->items.empty());
    }
}

TEST_P(EmbeddedIndexes, ATablesExtentFollowsItsWrites) {
    const auto extent = [this] { return *store().extent(kTable); };
    EXPECT_EQ(extent().items, 0U);
    EXPECT_EQ(extent().bytes, 0U);
    put(kTable, {{"id", "a"}, {"at", number(1)}});
    put(kTable, {{"id", "a"}, {"at", number(1)}, {"more", std::string(100, 'x')}});
    put(kTable, {{"id", "a"}, {"at", number(2)}});
    put(kSimple, simple("other", 1));
    EXPECT_EQ(extent().items, 2U);
    expect_table_extent();
    make(delete_of(kTable, {{"id", "a"}, {"at", number(1)}}));
    make(delete_of(kTable, {{"id", "none"}, {"at", number(1)}}));
    make(update_of(kTable, {{"id", "b"}, {"at", number(1)}}, set("x", "y")));
    EXPECT_EQ(extent().items, 2U);
    expect_table_extent();
    EXPECT_EQ(store().extent("Nowhere").error().code, ErrorCode::kTableNotFound);
}

// What a filter has left out does not come over a network, nor its size.
TEST_P(EmbeddedIndexes, PagesCountTheBytesOfWhatTheyExamined) {
    const item::Item first{{"id", "a"}, {"at", number(1)}, {"x", "some text"}};
    const item::Item second{{"id", "a"}, {"at", number(2)}, {"x", "more text than that"}};
    put(kTable, first);
    put(kTable, second);
    const auto bytes = item::size_bytes(first) + item::size_bytes(second);
    EXPECT_EQ(read(Scan{.table = kTable}).bytes, bytes);
    EXPECT_EQ(
        read(Query{.table = kTable, .partition = "a", .filter = equals("x", "nothing")}).bytes,
        bytes);
    EXPECT_EQ(read(Query{.table = kTable, .partition = "a", .limit = 1}).bytes,
              item::size_bytes(first));
}

TEST_P(EmbeddedIndexes, ATablesLogLeavesOutTheOthers) {
    put(kSimple, simple("a", 1));
    put(kTable, {{"id", "a"}, {"at", number(1)}});
    put(kSimple, simple("b", 1));
    put(kTable, {{"id", "a"}, {"at", number(2)}});
    put(kTable, {{"id", "a"}, {"at", number(3)}});
    put(kSimple, simple("c", 1));
    const auto sequences = [this](SequenceNumber after, std::size_t count) {
        const auto changes = store().read_table_log(kTable, after, count);
        EXPECT_TRUE(changes) << changes.error().message;
        std::vector<SequenceNumber> found;
        for (const auto& change : changes->changes) {
            EXPECT_EQ(change.table, kTable);
            found.push_back(change.sequence);
        }
        found.push_back(changes->through);
        return found;
    };
    using Found = std::vector<SequenceNumber>;
    EXPECT_EQ(sequences(0, 100), (Found{2, 4, 5, 6}));
    const auto first = sequences(0, 1);
    EXPECT_EQ(first.front(), 2U);
    EXPECT_GE(first.back(), 2U);
    EXPECT_LT(first.back(), 4U);
    EXPECT_EQ(sequences(first.back(), 100), (Found{4, 5, 6}));
    EXPECT_EQ(sequences(5, 100), Found{6});
    EXPECT_EQ(sequences(6, 100), Found{6});
    EXPECT_EQ(store().read_table_log("Nowhere", 0, 1).error().code, ErrorCode::kTableNotFound);
    EXPECT_EQ(store().trimmed(), 0U);
}

TEST_P(EmbeddedIndexes, ATablesLogComesInPiecesOfAMegabyte) {
    for (int i = 0; i < 10; ++i) {
        put(kTable, {{"id", "a"}, {"at", number(i)}, {"x", std::string(300'000, 'x')}});
    }
    SequenceNumber at = 0;
    std::size_t seen = 0;
    for (int pages = 0; at < store().last_sequence() && pages < 20; ++pages) {
        const auto changes = store().read_table_log(kTable, at, 1000);
        ASSERT_TRUE(changes);
        EXPECT_LE(changes->changes.size(), 3U);
        EXPECT_GT(changes->through, at);
        seen += changes->changes.size();
        at = changes->through;
    }
    EXPECT_EQ(seen, 10U);
}

}  // namespace meridian::store
