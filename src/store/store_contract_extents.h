// Contract: how much there is.
#pragma once

#include <gtest/gtest.h>

#include "store/store_contract_index_fixture.h"

namespace meridian::store {

TEST_P(StoreIndexes, PagesCountTheBytesOfTheirItems) {
    const item::Item first{{"id", "a"}, {"at", number(1)}, {"x", "some text"}};
    const item::Item second{{"id", "a"}, {"at", number(2)}, {"x", "more text than that"}};
    put(kTable, first);
    put(kTable, second);
    const auto bytes = item::size_bytes(first) + item::size_bytes(second);
    EXPECT_EQ(read(Scan{.table = kTable}).bytes, bytes);
    EXPECT_EQ(read(Query{.table = kTable, .partition = "a", .limit = 1}).bytes,
              item::size_bytes(first));
}

TEST_P(StoreIndexes, AnExtentIsThatOfATable) {
    put(kTable, {{"id", "a"}, {"at", number(1)}});
    const auto extent = store().extent(kTable);
    ASSERT_TRUE(extent) << extent.error().message;
    EXPECT_LE(extent->items, 1U) << "it may be of some time ago";
    EXPECT_EQ(store().extent("Nowhere").error().code, ErrorCode::kTableNotFound);
}

}  // namespace meridian::store
