#include "dynamo/service.h"

#include <gtest/gtest.h>

#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

class ServiceTest : public testing::Test {
  protected:
    ServiceTest() { service_.add(hash_table()); }
    TestService service_;
};

TEST_F(ServiceTest, APutItemIsGot) {
    EXPECT_EQ(
        service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"N":"1"}}})"),
        "{}");
    EXPECT_EQ(service_.ok("GetItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"}}})"),
              R"({"Item":{"n":{"N":"1"},"pk":{"S":"a"}}})");
    EXPECT_EQ(service_.ok("GetItem", R"({"TableName":"hash","Key":{"pk":{"S":"b"}},
                                         "ReturnConsumedCapacity":"TOTAL"})"),
              R"({"ConsumedCapacity":{"TableName":"hash","CapacityUnits":0.5}})");
}

TEST_F(ServiceTest, AnUnknownOperation) {
    for (const auto* target : {"DynamoDB_20120810.ExecuteStatement", "DynamoDB_20111205.GetItem",
                               "DynamoDBStreams_20120810.GetItem", "GetItem", ""}) {
        const auto answer = service_.target(target, "{}");
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.body,
                  R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
    }
    EXPECT_EQ(Service::operation_of("DynamoDB_20120810.GetItem"), "GetItem");
    EXPECT_EQ(Service::operation_of("DynamoDB_20120810.GetItems"), "");
}

TEST_F(ServiceTest, ABodyThatIsNoObject) {
    for (const auto* body : {"", "{", "[]", "null", "1", "{\"TableName\":}"}) {
        const auto answer = service_.call("GetItem", body);
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.error_type, "SerializationException") << body;
    }
}

}  // namespace
}  // namespace meridian::dynamo
