#include "store/dynamodb/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/dynamodb/page_start.h"
#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;
using testing::Not;
using Op = SortCondition::Op;

constexpr const char* kIndexes = R"(,"GlobalSecondaryIndexes":[
    {"IndexName":"byId","IndexStatus":"ACTIVE","Projection":{"ProjectionType":"KEYS_ONLY"},
     "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}])";

class Pages : public ScriptedStoreTest {
  protected:
    // Key: id (string), at (number).
    inline static const TableSchema kRows{
        "Rows", {{"id", item::KeyType::kString}, item::KeyAttribute{"at", item::KeyType::kNumber}}};

    static item::Item row(std::int64_t at) { return {{"id", "p"}, {"at", number(at)}}; }
    static expression::Condition equals(std::string attribute, item::Value value) {
        return expression::Compare{expression::Comparison::kEqual,
                                   expression::Path(std::move(attribute)), std::move(value)};
    }

    void SetUp() override { open({.known_tables = {kRows}}); }
};

TEST_F(Pages, AQueryOfAKnownTableIsOneRequest) {
    service_->answer(
        R"({"Items":[{"id":{"S":"p"},"at":{"N":"1"}}],"Count":1,"ScannedCount":4,
            "LastEvaluatedKey":{"id":{"S":"p"},"at":{"N":"9"}}})");
    const auto page = store_->query({.table = "Rows",
                                     .partition = "p",
                                     .sort = SortCondition{Op::kBetween, number(1), number(9)},
                                     .forward = false,
                                     .start_after = row(8),
                                     .limit = 4,
                                     .filter = equals("name", "x")});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->items, std::vector{row(1)});
    EXPECT_EQ(page->examined, 4U);
    EXPECT_EQ(page->bytes, item::size_bytes(row(1)));
    EXPECT_EQ(page->last_key, row(9));
    EXPECT_EQ(service_->operations(), Operations{"Query"});
    EXPECT_EQ(body(0),
              R"({"TableName":"Rows","ConsistentRead":true,"Limit":4,)"
              R"("ExclusiveStartKey":{"at":{"N":"8"},"id":{"S":"p"}},)"
              R"("KeyConditionExpression":"#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",)"
              R"("FilterExpression":"#n2 = :v3",)"
              R"("ExpressionAttributeNames":{"#n0":"id","#n1":"at","#n2":"name"},)"
              R"("ExpressionAttributeValues":{":v0":{"S":"p"},":v1":{"N":"1"},":v2":{"N":"9"},)"
              R"(":v3":{"S":"x"}},"ScanIndexForward":false})");
}

TEST_F(Pages, AScanAsksForItsSegment) {
    service_->answer(R"({"Items":[],"Count":0,"ScannedCount":0})");
    const auto page = store_->scan({.table = "Rows", .segment = 1, .segments = 4});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_FALSE(page->last_key);
    EXPECT_EQ(body(0),
              R"({"TableName":"Rows","ConsistentRead":true,"TotalSegments":4,"Segment":1})");
}

TEST_F(Pages, AnUnknownTableIsDescribedOnce) {
    service_->answer(described());
    service_->answer(R"({"Items":[],"ScannedCount":0})");
    service_->answer(R"({"Items":[],"ScannedCount":0})");
    EXPECT_TRUE(store_->query({.table = "Things", .partition = "a"}));
    EXPECT_TRUE(store_->query({.table = "Things", .partition = "a"}));
    EXPECT_EQ(service_->operations(), (Operations{"DescribeTable", "Query", "Query"}));
}

// Somebody has made it anew, with another key.
TEST_F(Pages, WhatWasKnownOfATableMayBeOld) {
    open({.known_tables = {{"Things", {{"old", item::KeyType::kString}, std::nullopt}}}});
    service_->refuse("ValidationException", R"({"message":"Query condition missed key schema"})");
    service_->answer(described());
    service_->answer(R"({"Items":[{"id":{"S":"a"}}],"ScannedCount":1})");
    const auto page = store_->query({.table = "Things", .partition = "a"});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->items, std::vector{key("a")});
}

TEST_F(Pages, AQueryThatIsWrongStaysSo) {
    open({.known_tables = {kThings}});
    service_->refuse("ValidationException", R"({"message":"wrong"})");
    service_->answer(described());
    const auto page = store_->query({.table = "Things", .partition = "a"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().message, "wrong");
}

// The service takes no key attributes in a query's filter.
TEST_F(Pages, AFilterByTheKeyIsDoneHere) {
    service_->answer(
        R"({"Items":[{"id":{"S":"p"},"at":{"N":"1"}},{"id":{"S":"p"},"at":{"N":"2"}}],
            "ScannedCount":2})");
    const auto page =
        store_->query({.table = "Rows", .partition = "p", .filter = equals("at", number(2))});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->items, std::vector{row(2)});
    EXPECT_EQ(page->examined, 2U);
    EXPECT_THAT(body(0), Not(HasSubstr("FilterExpression")));
}

TEST_F(Pages, WholeItemsOfAnIndexAreReadFromTheTable) {
    service_->answer(described("ACTIVE", kIndexes));
    service_->answer(
        R"({"Items":[{"id":{"S":"a"}},{"id":{"S":"b"}},{"id":{"S":"c"}}],"ScannedCount":3})");
    service_->answer(R"({"Responses":{"Things":[{"id":{"S":"c"},"n":{"N":"2"}},
                                               {"id":{"S":"a"},"n":{"N":"1"}}]}})");
    const auto page = store_->scan({.table = "Things",
                                    .filter = equals("n", number(2)),
                                    .index = "byId",
                                    .whole_items = true});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->items, std::vector{simple("c", 2)}) << "b was deleted since";
    EXPECT_EQ(page->examined, 3U);
    EXPECT_EQ(page->bytes, 2 * item::size_bytes(simple("a", 1)));
    EXPECT_EQ(body(1), R"({"TableName":"Things","IndexName":"byId"})");
    EXPECT_EQ(service_->operations(), (Operations{"DescribeTable", "Scan", "BatchGetItem"}));
}

TEST_F(Pages, AnIndexThatIsNotThereIsLookedForAnew) {
    open({.known_tables = {kThings}});
    service_->answer(described());
    const auto page = store_->query({.table = "Things", .partition = "a", .index = "byId"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(page.error().message, HasSubstr("byId"));
    service_->answer(described("ACTIVE", kIndexes));
    service_->answer(R"({"Items":[],"ScannedCount":0})");
    EXPECT_TRUE(store_->query({.table = "Things", .partition = "a", .index = "byId"}));
}

TEST_F(Pages, AnIndexThatIsBeingFilledIsUnavailable) {
    service_->answer(described("ACTIVE", kIndexes));
    service_->refuse("ValidationException",
                     R"({"message":"Cannot read from backfilling global secondary index: byId"})");
    const auto page = store_->scan({.table = "Things", .index = "byId"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kUnavailable);
}

TEST(PageStart, StandsBeforeWithinOrBehindWhatTheConditionLetsThrough) {
    const item::KeySchema schema{{"id", item::KeyType::kString},
                                 item::KeyAttribute{"at", item::KeyType::kString}};
    using enum dynamodb::PageStart;
    struct Row {
        Op op;
        const char* first;
        const char* second;
        const char* start;
        dynamodb::PageStart forward;
        dynamodb::PageStart backward;
    };
    const Row rows[] = {
        {Op::kEqual, "m", "", "a", kBefore, kBehind},
        {Op::kEqual, "m", "", "m", kWithin, kWithin},
        {Op::kEqual, "m", "", "z", kBehind, kBefore},
        {Op::kLess, "m", "", "a", kWithin, kWithin},
        {Op::kLess, "m", "", "m", kBehind, kBefore},
        {Op::kLessOrEqual, "m", "", "m", kWithin, kWithin},
        {Op::kLessOrEqual, "m", "", "n", kBehind, kBefore},
        {Op::kGreater, "m", "", "m", kBefore, kBehind},
        {Op::kGreater, "m", "", "n", kWithin, kWithin},
        {Op::kGreaterOrEqual, "m", "", "l", kBefore, kBehind},
        {Op::kGreaterOrEqual, "m", "", "m", kWithin, kWithin},
        {Op::kBetween, "m", "o", "l", kBefore, kBehind},
        {Op::kBetween, "m", "o", "o", kWithin, kWithin},
        {Op::kBetween, "m", "o", "p", kBehind, kBefore},
        {Op::kBeginsWith, "mm", "", "m", kBefore, kBehind},
        {Op::kBeginsWith, "mm", "", "mmm", kWithin, kWithin},
        {Op::kBeginsWith, "mm", "", "mn", kBehind, kBefore},
    };
    for (const auto& row : rows) {
        Query query{.table = "T",
                    .partition = "p",
                    .sort = SortCondition{row.op, row.first, row.second},
                    .start_after = item::Key{{"id", "p"}, {"at", row.start}}};
        EXPECT_EQ(dynamodb::page_start(schema, query), row.forward)
            << static_cast<int>(row.op) << ' ' << row.start;
        query.forward = false;
        EXPECT_EQ(dynamodb::page_start(schema, query), row.backward)
            << static_cast<int>(row.op) << ' ' << row.start;
        // What is wrong is for the service to say.
        query.start_after->at("id") = "q";
        EXPECT_EQ(dynamodb::page_start(schema, query), kWithin);
        query.start_after = item::Key{{"id", "p"}, {"at", item::Number(1)}};
        EXPECT_EQ(dynamodb::page_start(schema, query), kWithin);
        query.start_after.reset();
        EXPECT_EQ(dynamodb::page_start(schema, query), kWithin);
    }
}

TEST_F(Pages, ASortConditionNeedsASortKey) {
    open({.known_tables = {kThings}});
    service_->answer(described());  // perhaps it has one now
    const auto page = store_->query(
        {.table = "Things", .partition = "a", .sort = SortCondition{Op::kEqual, "b", {}}});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace meridian::store
