#include "management/editor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Put = Editing;

TEST_F(Put, ANewEntityIsVersionOneAndItsHistoryTellsIt) {
    const auto made = put(rule());
    ASSERT_EQ(verdict(made), "created 1");
    EXPECT_EQ(made->item, item_of(rule("queue-a", R"(,"version":1,
                                   "lastUpdated":"2025-02-26T15:00:00.000Z")")));
    EXPECT_EQ(made->item, stored());
    EXPECT_FALSE(made->before);
    const auto changes = history();
    ASSERT_THAT(changes, SizeIs(1));
    EXPECT_EQ(changes[0].entity, kRule);
    EXPECT_EQ(changes[0].change_id, made->change_id);
    EXPECT_EQ(changes[0].operation, Operation::kCreate);
    EXPECT_EQ(changes[0].version, 1);
    EXPECT_EQ(format_instant(changes[0].at), "2025-02-26T15:00:00.000Z");
    EXPECT_EQ(changes[0].who.name, "alice");
    EXPECT_EQ(changes[0].who.access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(changes[0].who.role, Role::kEditor);
    EXPECT_EQ(changes[0].who.address, "127.0.0.1:50312");
    EXPECT_EQ(changes[0].who.request_id, "request-1");
    EXPECT_EQ(changes[0].via, "rest");
    EXPECT_FALSE(changes[0].before);
    EXPECT_EQ(changes[0].after, stored());
}

}  // namespace
}  // namespace meridian::management
