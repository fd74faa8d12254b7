// What the four operations do. What they refuse is in item_validation_test.cc.
#include <gtest/gtest.h>

#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

class Items : public testing::Test {
  protected:
    Items() {
        service_.add(hash_table());
        service_.add(composite_table());
    }

    void put(const std::string& item) {
        EXPECT_EQ(service_.ok("PutItem", R"({"TableName":"hash","Item":)" + item + "}"), "{}");
    }
    std::string get(const std::string& key, const std::string& more = "") {
        return service_.ok(
            "GetItem", R"({"TableName":"hash","Key":{"pk":{"S":")" + key + R"("}})" + more + "}");
    }
    std::string update(const std::string& key, const std::string& rest) {
        return service_.ok("UpdateItem", R"({"TableName":"hash","Key":{"pk":{"S":")" + key +
                                             R"("}},)" + rest + "}");
    }

    TestService service_;
};

TEST_F(Items, AProjectionShowsParts) {
    put(R"({"pk":{"S":"a"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"l":{"L":[{"S":"p"},{"S":"q"}]}})");
    EXPECT_EQ(
        get("a", R"(,"ProjectionExpression":"m.#x, l[1]","ExpressionAttributeNames":{"#x":"x"})"),
        R"({"Item":{"l":{"L":[{"S":"q"}]},"m":{"M":{"x":{"N":"1"}}}}})");
    EXPECT_EQ(get("a", R"(,"AttributesToGet":["pk","zip"])"), R"({"Item":{"pk":{"S":"a"}}})");
    EXPECT_EQ(get("a", R"(,"ProjectionExpression":"zip")"), R"({"Item":{}})");
    EXPECT_EQ(get("none", R"(,"ProjectionExpression":"pk")"), "{}");
}

TEST_F(Items, PutReturnsWhatWasThere) {
    const auto all_old = [&](const std::string& n) {
        return service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"N":")" +
                                          n + R"("}},"ReturnValues":"ALL_OLD"})");
    };
    EXPECT_EQ(all_old("1"), "{}");
    EXPECT_EQ(all_old("2"), R"({"Attributes":{"n":{"N":"1"},"pk":{"S":"a"}}})");
}

TEST_F(Items, DeleteReturnsWhatWasThere) {
    put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    const auto* body = R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"})";
    EXPECT_EQ(service_.ok("DeleteItem", body), R"({"Attributes":{"n":{"N":"1"},"pk":{"S":"a"}}})");
    EXPECT_EQ(service_.ok("DeleteItem", body), "{}");
    EXPECT_EQ(get("a"), "{}");
}

TEST_F(Items, AFailedConditionMayShowTheItem) {
    put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    const std::string condition = R"J("ConditionExpression":"attribute_not_exists(pk)")J";
    const std::string item = R"({"TableName":"hash","Item":{"pk":{"S":"a"}},)";
    const auto plain = service_.call("PutItem", item + condition + "}");
    EXPECT_EQ(plain.status, 400);
    EXPECT_EQ(plain.body,
              R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
              R"("message":"The conditional request failed"})");
    const auto shown = service_.call(
        "PutItem", item + condition + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
    EXPECT_EQ(shown.body,
              R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
              R"("message":"The conditional request failed",)"
              R"("Item":{"n":{"N":"1"},"pk":{"S":"a"}}})");
}

TEST_F(Items, OlderConditions) {
    put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    const auto with = [&](const std::string& expected) {
        return service_
            .call("PutItem",
                  R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"N":"1"}},)" + expected + "}")
            .status;
    };
    EXPECT_EQ(with(R"("Expected":{"n":{"Value":{"N":"1"}}})"), 200);
    EXPECT_EQ(with(R"("Expected":{"n":{"Value":{"N":"2"}}})"), 400);
    EXPECT_EQ(with(R"("Expected":{"n":{"Exists":false}})"), 400);
    EXPECT_EQ(with(R"("Expected":{"n":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"0"}]},
                                  "x":{"ComparisonOperator":"NULL"}})"),
              200);
    EXPECT_EQ(with(R"("Expected":{"n":{"Value":{"N":"2"}},"x":{"Exists":false}},
                      "ConditionalOperator":"OR")"),
              200);
}

TEST_F(Items, UpdateReturnsWhatItWasAskedFor) {
    const auto returned = [&](const std::string& values, const std::string& expression) {
        put(R"({"pk":{"S":"a"},"x":{"N":"1"},"y":{"S":"keep"},"m":{"M":{"c":{"S":"old"},"k":{"S":"k"}}}})");
        return update(
            "a", R"("UpdateExpression":")" + expression +
                     R"(","ExpressionAttributeValues":{":v":{"N":"2"}},"ReturnValues":")" + values +
                     "\"");
    };
    EXPECT_EQ(returned("NONE", "SET x = :v"), "{}");
    EXPECT_EQ(returned("UPDATED_OLD", "SET x = :v"), R"({"Attributes":{"x":{"N":"1"}}})");
    EXPECT_EQ(returned("UPDATED_NEW", "SET x = :v"), R"({"Attributes":{"x":{"N":"2"}}})");
    EXPECT_EQ(returned("UPDATED_NEW", "SET m.c = :v"),
              R"({"Attributes":{"m":{"M":{"c":{"N":"2"}}}}})");
    EXPECT_EQ(returned("UPDATED_NEW", "SET m.b = :v, m.c = :v"),
              R"({"Attributes":{"m":{"M":{"b":{"N":"2"},"c":{"N":"2"}}}}})");
    EXPECT_EQ(returned("UPDATED_OLD", "SET z = :v"), "{}");
    EXPECT_EQ(returned("UPDATED_OLD", "SET z = :v REMOVE y"),
              R"({"Attributes":{"y":{"S":"keep"}}})");
    EXPECT_EQ(returned("ALL_NEW", "ADD x :v REMOVE m, y"),
              R"({"Attributes":{"pk":{"S":"a"},"x":{"N":"3"}}})");
    EXPECT_EQ(returned("ALL_OLD", "ADD x :v REMOVE m, y"),
              R"({"Attributes":{"m":{"M":{"c":{"S":"old"},"k":{"S":"k"}}},)"
              R"("pk":{"S":"a"},"x":{"N":"1"},"y":{"S":"keep"}}})");
}

TEST_F(Items, UpdateMakesAnItem) {
    EXPECT_EQ(service_.ok("UpdateItem", R"({"TableName":"hash","Key":{"pk":{"S":"new"}}})"), "{}");
    EXPECT_EQ(get("new"), R"({"Item":{"pk":{"S":"new"}}})");
    EXPECT_EQ(update("newer", R"("UpdateExpression":"SET a = :a",
                  "ExpressionAttributeValues":{":a":{"S":"x"}},"ReturnValues":"UPDATED_NEW")"),
              R"({"Attributes":{"a":{"S":"x"}}})");
    EXPECT_EQ(update("newest", R"("UpdateExpression":"SET a = :a",
                  "ExpressionAttributeValues":{":a":{"S":"x"}},"ReturnValues":"ALL_OLD")"),
              "{}");
}

TEST_F(Items, OlderUpdates) {
    put(R"({"pk":{"S":"a"},"n":{"N":"1"},"s":{"SS":["a","b"]},"gone":{"S":"x"}})");
    EXPECT_EQ(update("a", R"("AttributeUpdates":{
                  "n":{"Action":"ADD","Value":{"N":"2"}},
                  "s":{"Action":"DELETE","Value":{"SS":["a"]}},
                  "gone":{"Action":"DELETE"},
                  "p":{"Value":{"S":"put"}}},"ReturnValues":"ALL_NEW")"),
              R"({"Attributes":{"n":{"N":"3"},"p":{"S":"put"},"pk":{"S":"a"},"s":{"SS":["b"]}}})");
}

TEST_F(Items, CapacityOfReads) {
    put(R"({"pk":{"S":"a"},"t":{"S":")" + std::string(5000, 'x') + R"("}})");
    const auto units = [&](const std::string& more) {
        const auto body = get("a", R"(,"ProjectionExpression":"pk",)" + more);
        return body.substr(body.find("\"ConsumedCapacity\""));
    };
    EXPECT_EQ(units(R"("ReturnConsumedCapacity":"TOTAL")"),
              R"("ConsumedCapacity":{"TableName":"hash","CapacityUnits":1.0}})");
    EXPECT_EQ(units(R"("ReturnConsumedCapacity":"INDEXES","ConsistentRead":true)"),
              R"("ConsumedCapacity":{"TableName":"hash","CapacityUnits":2.0,)"
              R"("Table":{"CapacityUnits":2.0}}})");
}

TEST_F(Items, CapacityOfWritesCountsIndexes) {
    const auto write = [&](const std::string& operation, const std::string& rest) {
        return service_.ok(
            operation,
            R"({"TableName":"composite","ReturnConsumedCapacity":"INDEXES",)" + rest + "}");
    };
    const std::string item =
        R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"lsi1sk":{"S":"L"},"other":{"S":"o"}})";
    const std::string both =
        R"({"ConsumedCapacity":{"TableName":"composite","CapacityUnits":3.0,)"
        R"("Table":{"CapacityUnits":1.0},"LocalSecondaryIndexes":{"lsi1":{"CapacityUnits":1.0}},)"
        R"("GlobalSecondaryIndexes":{"gsi1":{"CapacityUnits":1.0}}}})";
    const std::string only_table =
        R"({"ConsumedCapacity":{"TableName":"composite","CapacityUnits":1.0,)"
        R"("Table":{"CapacityUnits":1.0}}})";
    EXPECT_EQ(write("PutItem", item), both);
    EXPECT_EQ(write("PutItem", item), only_table);  // nothing changes
    const std::string key = R"("Key":{"pk":{"S":"a"},"sk":{"S":"1"}})";
    // Another key in an index is a delete and a put.
    EXPECT_EQ(
        write("UpdateItem", key + R"(,"UpdateExpression":"SET lsi1sk = :v",
                                            "ExpressionAttributeValues":{":v":{"S":"M"}})"),
        R"({"ConsumedCapacity":{"TableName":"composite","CapacityUnits":5.0,)"
        R"("Table":{"CapacityUnits":1.0},"LocalSecondaryIndexes":{"lsi1":{"CapacityUnits":2.0}},)"
        R"("GlobalSecondaryIndexes":{"gsi1":{"CapacityUnits":2.0}}}})");
    EXPECT_EQ(write("DeleteItem", key), both);
    EXPECT_EQ(write("DeleteItem", key), only_table);
}

TEST_F(Items, ItemCollectionMetrics) {
    EXPECT_EQ(
        service_.ok("PutItem", R"({"TableName":"composite","ReturnItemCollectionMetrics":"SIZE",
                                         "Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})"),
        R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"pk":{"S":"a"}},)"
        R"("SizeEstimateRangeGB":[0.0,1.0]}})");
    EXPECT_EQ(service_.ok("PutItem", R"({"TableName":"hash","ReturnItemCollectionMetrics":"SIZE",
                                         "Item":{"pk":{"S":"a"}}})"),
              "{}");
}

TEST_F(Items, ATableMayBeNamedByItsArn) {
    put(R"({"pk":{"S":"a"}})");
    EXPECT_EQ(
        service_.ok("GetItem", R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/hash",
                                         "Key":{"pk":{"S":"a"}}})"),
        R"({"Item":{"pk":{"S":"a"}}})");
}

}  // namespace
}  // namespace meridian::dynamo
