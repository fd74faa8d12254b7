// Query of indexes. Source of what the service answers: the tests of dynalite and of scylladb's
// alternator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "dynamo/range_table_for_tests.h"
#include "dynamo/reading_page.h"
#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

class IndexQueryTest : public testing::Test {
  protected:
    IndexQueryTest() {
        service_.add(range_table());
        put(R"({"a":{"S":"x"},"b":{"S":"1"},"c":{"S":"k"},"d":{"S":"2"},"e":{"S":"e"},"z":{"S":"z"}})");
        put(R"({"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"},"d":{"S":"1"},"z":{"S":"y"}})");
        put(R"({"a":{"S":"x"},"b":{"S":"3"},"c":{"S":"j"}})");
        put(R"({"a":{"S":"y"},"b":{"S":"1"},"d":{"S":"1"}})");
    }

    std::string ok(std::string_view more) {
        return service_.ok("Query", fmt::format(R"({{"TableName":"range",{}}})", more));
    }
    void put(std::string_view item) {
        (void)service_.ok("PutItem", fmt::format(R"({{"TableName":"range","Item":{}}})", item));
    }
    static std::string of(std::string_view index, std::string_view key, std::string_view value) {
        return fmt::format(R"("IndexName":"{}","KeyConditionExpression":"{} = :v",)"
                           R"("ExpressionAttributeValues":{{":v":{{"S":"{}"}}}})",
                           index, key, value);
    }

    TestService service_;
};

TEST_F(IndexQueryTest, HasTheItemsThatHaveItsKey) {
    EXPECT_EQ(ok(of("index4", "c", "k")),
              R"({"Count":2,"Items":[)"
              R"({"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"},"d":{"S":"1"}},)"
              R"({"a":{"S":"x"},"b":{"S":"1"},"c":{"S":"k"},"d":{"S":"2"},"e":{"S":"e"}}],)"
              R"("ScannedCount":2})");
    EXPECT_EQ(ok(of("index3", "c", "j")),
              R"({"Count":1,"Items":[{"a":{"S":"x"},"b":{"S":"3"},"c":{"S":"j"}}],)"
              R"("ScannedCount":1})");
    EXPECT_EQ(ok(of("index3", "c", "j") + R"(,"Select":"ALL_ATTRIBUTES")"),
              ok(of("index3", "c", "j")));
    EXPECT_EQ(ok(of("index3", "c", "nobody")), R"({"Count":0,"Items":[],"ScannedCount":0})");
    EXPECT_EQ(ok(of("index2", "a", "y")),
              R"({"Count":1,"Items":[{"a":{"S":"y"},"b":{"S":"1"},"d":{"S":"1"}}],)"
              R"("ScannedCount":1})");
}

TEST_F(IndexQueryTest, IsPagedByBothKeys) {
    const std::string first = ok(of("index4", "c", "k") + R"(,"Limit":1,"Select":"COUNT")");
    EXPECT_EQ(first, R"({"Count":1,"ScannedCount":1,"LastEvaluatedKey":)"
                     R"({"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"},"d":{"S":"1"}}})");
    EXPECT_EQ(
        ok(of("index4", "c", "k") + R"(,"ProjectionExpression":"d","ExclusiveStartKey":)"
                                    R"({"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"},"d":{"S":"1"}})"),
        R"({"Count":1,"Items":[{"d":{"S":"2"}}],"ScannedCount":1})");
    EXPECT_EQ(ok(of("index1", "a", "x") + R"(,"Limit":1,"ScanIndexForward":false,)"
                                          R"("Select":"COUNT","ConsistentRead":true)"),
              R"({"Count":1,"ScannedCount":1,)"
              R"("LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"}}})");
}

TEST_F(IndexQueryTest, ALocalOneFetchesWhatItDoesntHold) {
    const auto of_x = of("index2", "a", "x");
    EXPECT_EQ(ok(of_x), R"({"Count":2,"Items":[)"
                        R"({"a":{"S":"x"},"b":{"S":"2"},"d":{"S":"1"}},)"
                        R"({"a":{"S":"x"},"b":{"S":"1"},"d":{"S":"2"}}],"ScannedCount":2})");
    EXPECT_EQ(ok(of_x + R"(,"Select":"ALL_PROJECTED_ATTRIBUTES")"), ok(of_x));
    EXPECT_EQ(ok(of_x + R"(,"Select":"ALL_ATTRIBUTES","Limit":1)"),
              R"({"Count":1,"Items":[)"
              R"({"a":{"S":"x"},"b":{"S":"2"},"c":{"S":"k"},"d":{"S":"1"},"z":{"S":"y"}}],)"
              R"("ScannedCount":1,)"
              R"("LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"2"},"d":{"S":"1"}}})");
    // Filtered by what the index holds, the table's key included.
    EXPECT_EQ(ok(R"("IndexName":"index2","KeyConditionExpression":"a = :a",)"
                 R"("FilterExpression":"b = :b","ProjectionExpression":"z",)"
                 R"("ExpressionAttributeValues":{":a":{"S":"x"},":b":{"S":"1"}})"),
              R"({"Count":1,"Items":[{"z":{"S":"z"}}],"ScannedCount":2})");
}

TEST_F(IndexQueryTest, IsWhatCosts) {
    const auto consumed = [this](const std::string& more) {
        const auto answer = ok(more + R"(,"ReturnConsumedCapacity":"INDEXES")");
        return answer.substr(answer.find(R"("ConsumedCapacity":)"));
    };
    EXPECT_EQ(consumed(of("index3", "c", "k")),
              R"("ConsumedCapacity":{"TableName":"range","CapacityUnits":0.5,)"
              R"("Table":{"CapacityUnits":0.0},)"
              R"("GlobalSecondaryIndexes":{"index3":{"CapacityUnits":0.5}}}})");
    EXPECT_EQ(consumed(of("index1", "a", "x") + R"(,"ConsistentRead":true)"),
              R"("ConsumedCapacity":{"TableName":"range","CapacityUnits":1.0,)"
              R"("Table":{"CapacityUnits":0.0},)"
              R"("LocalSecondaryIndexes":{"index1":{"CapacityUnits":1.0}}}})");
    // Each item that is fetched counts for itself.
    EXPECT_EQ(consumed(of("index2", "a", "x") + R"(,"Select":"ALL_ATTRIBUTES")"),
              R"("ConsumedCapacity":{"TableName":"range","CapacityUnits":1.5,)"
              R"("Table":{"CapacityUnits":1.0},)"
              R"("LocalSecondaryIndexes":{"index2":{"CapacityUnits":0.5}}}})");
}

TEST(AnswerOfAPage, AnIndexThatIsBeingBuilt) {
    FixedTables tables;
    tables.add(range_table());
    Reading reading;
    reading.target = read_target(tables, "range", "index3", false).value();
    const auto answer = answer_of(reading, fail(ErrorCode::kUnavailable, "not yet"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().type, "ValidationException");
    EXPECT_EQ(answer.error().message,
              "Cannot read from backfilling global secondary index: index3");
}

}  // namespace
}  // namespace meridian::dynamo
