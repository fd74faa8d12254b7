#include "store/dynamodb/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/deadline.h"
#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

constexpr const char* kNoTable = "ResourceNotFoundException";

class Tables : public ScriptedStoreTest {
  protected:
    // DescribeTable's, with one index, byN by n (number).
    static std::string with_index(std::string_view status) {
        return R"({"Table":{"TableStatus":"ACTIVE",
            "AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"},
                                    {"AttributeName":"id","AttributeType":"S"}],
            "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
            "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},
            "GlobalSecondaryIndexes":[{"IndexName":"byN",
                "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],
                "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["b","a"]},
                "ItemCount":2,"IndexSizeBytes":9)" +
               std::string(status) + "}]}}";
    }
    inline static const IndexSchema kByN{
        "byN", {{"n", item::KeyType::kNumber}, std::nullopt}, Projected::kInclude, {"a", "b"}};
};

TEST_F(Tables, OpeningAStoreAsksNothingAndStartsNothing) {
    EXPECT_TRUE(service_->calls().empty());
    EXPECT_EQ(store_->last_sequence(), 0U);
    EXPECT_EQ(store_->read_log(0, 1).error().code, ErrorCode::kNotSupported);
    EXPECT_EQ(store_->read_table_log("Things", 0, 1).error().code, ErrorCode::kNotSupported);
    EXPECT_TRUE(service_->calls().empty());
}

TEST_F(Tables, AreCreatedAndWaitedFor) {
    service_->refuse(kNoTable);
    service_->answer("{}");
    service_->answer(described("CREATING"));
    service_->answer(described("CREATING"));
    service_->answer(described());
    const auto created = store_->create_table(kThings);
    EXPECT_TRUE(created) << created.error().message;
    EXPECT_EQ(pauses_.size(), 2U);
    EXPECT_EQ(body(1), R"({"TableName":"Things",)"
                       R"("AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],)"
                       R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],)"
                       R"("BillingMode":"PAY_PER_REQUEST"})");
}

TEST_F(Tables, HaveTheCapacityThatWasAskedFor) {
    open({.prefix = "Test-", .provisioned = ProvisionedUnits{3, 4}});
    service_->refuse(kNoTable);
    service_->answer("{}");
    service_->answer(described());
    EXPECT_TRUE(store_
                    ->create_table({"Things",
                                    {{"id", item::KeyType::kBinary},
                                     item::KeyAttribute{"at", item::KeyType::kNumber}}})
                    .error()
                    .code == ErrorCode::kTableExists)
        << "somebody else was quicker, with another key";
    EXPECT_EQ(body(1),
              R"({"TableName":"Test-Things",)"
              R"("AttributeDefinitions":[{"AttributeName":"id","AttributeType":"B"},)"
              R"({"AttributeName":"at","AttributeType":"N"}],)"
              R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"},)"
              R"({"AttributeName":"at","KeyType":"RANGE"}],)"
              R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}})");
}

TEST_F(Tables, ThatAreThereAreNotCreated) {
    service_->answer(described("UPDATING"));
    EXPECT_TRUE(store_->create_table(kThings)) << "it serves";
    service_->answer(described());
    auto other = kThings;
    other.key.partition.type = item::KeyType::kNumber;
    const auto created = store_->create_table(other);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kTableExists);
    EXPECT_THAT(created.error().message, HasSubstr("Things"));
    EXPECT_EQ(service_->operations(), (Operations{"DescribeTable", "DescribeTable"}));
}

TEST_F(Tables, ThatAreBeingDroppedAreCreatedWhenTheyAreGone) {
    service_->answer(described("DELETING"));
    service_->refuse(kNoTable);
    service_->refuse("ResourceInUseException");  // not quite yet
    service_->refuse(kNoTable);
    service_->refuse("LimitExceededException");  // too many at once
    service_->refuse(kNoTable);
    service_->answer("{}");
    service_->answer(described());
    EXPECT_TRUE(store_->create_table(kThings));
    EXPECT_TRUE(service_->is_over());
}

TEST_F(Tables, AreWaitedForOnlySoLong) {
    open({.table_wait = std::chrono::seconds{30}});
    service_->answer_rest([](const auto&) { return described("CREATING"); });
    const auto created = store_->create_table(kThings);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(created.error().message, HasSubstr("Things"));
    EXPECT_GT(pauses_.size(), 10U);
    pauses_.clear();
    const ScopedDeadline deadline(std::chrono::steady_clock::now());
    EXPECT_EQ(store_->create_table(kThings).error().code, ErrorCode::kTimeout);
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(Tables, AreDroppedAndWaitedFor) {
    service_->refuse("ResourceInUseException");  // an index is being made
    service_->answer(described("UPDATING"));
    service_->answer("{}");
    service_->answer(described("DELETING"));
    service_->refuse(kNoTable);
    EXPECT_TRUE(store_->drop_table("Things"));
    EXPECT_EQ(service_->operations(), (Operations{"DeleteTable", "DescribeTable", "DeleteTable",
                                                  "DescribeTable", "DescribeTable"}));
    service_->refuse(kNoTable);
    EXPECT_EQ(store_->drop_table("Nowhere").error().code, ErrorCode::kTableNotFound);
}

TEST_F(Tables, AreListedInPagesWithoutThoseOfOthers) {
    open({.prefix = "Our-"});
    service_->answer(R"({"TableNames":["Our-B","Theirs"],"LastEvaluatedTableName":"Theirs"})");
    service_->answer(R"({"TableNames":["Our-C","Our-A"]})");
    service_->answer(described());
    service_->refuse(kNoTable);  // gone since
    service_->answer(described("DELETING"));
    const auto tables = store_->list_tables();
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_EQ(tables[0].name, "A");
    EXPECT_EQ(body(0), "{}");
    EXPECT_EQ(body(1), R"({"ExclusiveStartTableName":"Theirs"})");
    service_->fail_with({ErrorCode::kTimeout, "no answer"});
    EXPECT_TRUE(store_->list_tables().empty());
}

TEST_F(Tables, SayHowMuchTheyHold) {
    service_->answer(described());
    const auto extent = store_->extent("Things");
    ASSERT_TRUE(extent) << extent.error().message;
    EXPECT_EQ(extent->items, 3U);
    EXPECT_EQ(extent->bytes, 77U);
}

// ---- Indexes

TEST_F(Tables, AnIndexIsCreatedWithTheTablesOwnCapacity) {
    service_->answer(described(
        "ACTIVE", R"(,"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6})"));
    service_->answer("{}");
    EXPECT_TRUE(store_->create_index("Things", kByN));
    EXPECT_EQ(body(1),
              R"({"TableName":"Things",)"
              R"("AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},)"
              R"({"AttributeName":"n","AttributeType":"N"}],)"
              R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byN",)"
              R"("KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],)"
              R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["a","b"]},)"
              R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6}}}]})");
}

TEST_F(Tables, AnIndexWaitsForTheOneBefore) {
    service_->answer(with_index(R"(,"IndexStatus":"DELETING")"));
    service_->answer(described());
    service_->refuse("ResourceInUseException");
    service_->answer(described());
    service_->refuse("LimitExceededException");
    service_->answer(described());
    service_->answer("{}");
    EXPECT_TRUE(store_->create_index("Things", kByN));
    EXPECT_EQ(pauses_.size(), 3U);
}

TEST_F(Tables, AnIndexThatIsThereMustBeTheSame) {
    service_->answer_rest([](const auto&) { return with_index(R"(,"IndexStatus":"ACTIVE")"); });
    EXPECT_TRUE(store_->create_index("Things", kByN)) << "the order of what it shows is nothing";
    auto other = kByN;
    other.include = {"a"};
    EXPECT_EQ(store_->create_index("Things", other).error().code, ErrorCode::kTableExists);
    other = kByN;
    other.name = "other";
    other.key.partition.type = item::KeyType::kString;
    const auto created = store_->create_index("Things", other);
    ASSERT_FALSE(created) << "an attribute has one type";
    EXPECT_EQ(created.error().code, ErrorCode::kInvalidInput);
}

TEST_F(Tables, IndexesAreListedAsTheyAre) {
    struct Row {
        const char* status;
        bool listed;
        bool ready;
    };
    for (const auto& row : {Row{R"(,"IndexStatus":"ACTIVE")", true, true},
                            Row{R"(,"IndexStatus":"CREATING","Backfilling":true)", true, false},
                            Row{R"(,"IndexStatus":"CREATING")", true, false},
                            Row{R"(,"IndexStatus":"ACTIVE","Backfilling":true)", true, false},
                            Row{R"(,"IndexStatus":"DELETING")", false, false}}) {
        service_->answer(with_index(row.status));
        const auto listed = store_->list_indexes("Things");
        ASSERT_TRUE(listed) << listed.error().message;
        ASSERT_EQ(listed->size(), row.listed ? 1U : 0U) << row.status;
        if (row.listed) {
            EXPECT_EQ(listed->front().ready, row.ready) << row.status;
            EXPECT_EQ(listed->front().schema.key, kByN.key);
            EXPECT_EQ(listed->front().schema.projected, Projected::kInclude);
            EXPECT_EQ(listed->front().extent.items, 2U);
            EXPECT_EQ(listed->front().extent.bytes, 9U);
        }
    }
}

TEST_F(Tables, AnIndexIsDroppedOnce) {
    service_->answer(with_index(R"(,"IndexStatus":"ACTIVE")"));
    service_->answer("{}");
    EXPECT_TRUE(store_->drop_index("Things", "byN"));
    EXPECT_EQ(body(1), R"({"TableName":"Things",)"
                       R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byN"}}]})");
    service_->answer(with_index(R"(,"IndexStatus":"DELETING")"));
    EXPECT_TRUE(store_->drop_index("Things", "byN"));
    service_->answer(described());
    EXPECT_TRUE(store_->drop_index("Things", "byN"));
}

TEST_F(Tables, ADescriptionThatIsNoneIsAnError) {
    for (const auto* answer :
         {"{}", R"({"Table":1})", R"({"Table":{}})",
          R"({"Table":{"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}})",
          R"({"Table":{"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"X"}],
                       "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}})",
          R"({"Table":{"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
                       "KeySchema":[{"AttributeName":"id","KeyType":"RANGE"}]}})",
          R"({"Table":{"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
                       "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
                       "GlobalSecondaryIndexes":[{}]}})"}) {
        service_->answer(answer);
        const auto table = store_->describe_table("Things");
        ASSERT_FALSE(table) << answer;
        EXPECT_EQ(table.error().code, ErrorCode::kUnavailable) << answer;
        EXPECT_THAT(table.error().message, HasSubstr("DescribeTable")) << answer;
    }
}

}  // namespace
}  // namespace meridian::store
