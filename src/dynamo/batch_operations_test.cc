// The texts are those that the DynamoDB conformance suite pins, which runs against the service.
#include <gtest/gtest.h>

#include <string>

#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::string kPlain = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

class Batches : public testing::Test {
  protected:
    Batches() {
        service_.add(hash_table());
        service_.add(composite_table());
    }

    std::string write(const std::string& items, const std::string& more = "") {
        return service_.ok("BatchWriteItem", R"({"RequestItems":)" + items + more + "}");
    }
    std::string get(const std::string& items, const std::string& more = "") {
        return service_.ok("BatchGetItem", R"({"RequestItems":)" + items + more + "}");
    }
    std::string write_error(const std::string& items, const std::string& more = "") {
        return service_.error("BatchWriteItem", R"({"RequestItems":)" + items + more + "}");
    }
    std::string get_error(const std::string& items, const std::string& more = "") {
        return service_.error("BatchGetItem", R"({"RequestItems":)" + items + more + "}");
    }

    static std::string puts(int count) {
        std::string all;
        for (int i = 0; i < count; ++i) {
            all += (i == 0 ? "" : ",") +
                   (R"({"PutRequest":{"Item":{"pk":{"S":")" + std::to_string(i) + R"("}}}})");
        }
        return all;
    }
    static std::string keys(int count) {
        std::string all;
        for (int i = 0; i < count; ++i) {
            all += (i == 0 ? "" : ",") + (R"({"pk":{"S":")" + std::to_string(i) + R"("}})");
        }
        return all;
    }

    TestService service_;
};

TEST_F(Batches, WhatIsWrittenIsGot) {
    EXPECT_EQ(write(R"({"hash":[{"PutRequest":{"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}},
                                {"PutRequest":{"Item":{"pk":{"S":"b"}}}}],
                        "composite":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]})"),
              R"({"UnprocessedItems":{}})");
    EXPECT_EQ(write(R"({"hash":[{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]})"),
              R"({"UnprocessedItems":{}})");
    EXPECT_EQ(get(R"({"hash":{"Keys":[{"pk":{"S":"b"}},{"pk":{"S":"a"}}]},
                      "composite":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"1"}}],
                                   "ProjectionExpression":"#s","ExpressionAttributeNames":{"#s":"sk"}}})"),
              R"({"Responses":{"hash":[{"n":{"N":"1"},"pk":{"S":"a"}}],)"
              R"("composite":[{"sk":{"S":"1"}}]},"UnprocessedKeys":{}})");
    // The item is there, but what is asked for isn't.
    EXPECT_EQ(get(R"({"hash":{"Keys":[{"pk":{"S":"a"}}],"ProjectionExpression":"zip"}})"),
              R"({"Responses":{"hash":[{}]},"UnprocessedKeys":{}})");
}

TEST_F(Batches, Capacities) {
    EXPECT_EQ(
        write(R"({"hash":[)" + puts(2) + "]}", R"(,"ReturnConsumedCapacity":"TOTAL")"),
        R"({"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"hash","CapacityUnits":2.0}]})");
    EXPECT_EQ(get(R"({"hash":{"Keys":[)" + keys(3) +
                      R"(],"ConsistentRead":true,"AttributesToGet":["x"]}})",
                  R"(,"ReturnConsumedCapacity":"TOTAL")"),
              R"({"Responses":{"hash":[{},{}]},"UnprocessedKeys":{},)"
              R"("ConsumedCapacity":[{"TableName":"hash","CapacityUnits":3.0}]})");
}

TEST_F(Batches, CollectionMetricsOncePerPartition) {
    EXPECT_EQ(write(R"({"composite":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                                     {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"2"}}}}]})",
                    R"(,"ReturnItemCollectionMetrics":"SIZE")"),
              R"({"UnprocessedItems":{},"ItemCollectionMetrics":{"composite":[)"
              R"({"ItemCollectionKey":{"pk":{"S":"a"}},"SizeEstimateRangeGB":[0.0,1.0]}]}})");
}

TEST_F(Batches, AnAnswerThatWouldBeTooLongLeavesKeysOver) {
    const std::string text(390'000, 'x');
    for (int i = 0; i < 50; ++i) {
        (void)service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":")" +
                                         std::to_string(i) + R"("},"t":{"S":")" + text + R"("}}})");
    }
    const auto body = get(R"({"hash":{"Keys":[)" + keys(50) + R"(],"ConsistentRead":true}})");
    const auto answer = boost::json::parse(body).as_object();
    const auto& got = answer.at("Responses").at("hash").as_array();
    const auto& left = answer.at("UnprocessedKeys").at("hash").as_object();
    EXPECT_EQ(got.size(), 43U);
    EXPECT_EQ(left.at("Keys").as_array().size(), 7U);
    EXPECT_EQ(left.at("Keys").at(0).at("pk").at("S"), "43");
    EXPECT_EQ(left.at("ConsistentRead"), true);
}

TEST_F(Batches, RequestItems) {
    EXPECT_EQ(get_error("{}"), kPlain + "The requestItems parameter is required for BatchGetItem");
    EXPECT_EQ(write_error("{}"),
              kPlain + "The requestItems parameter is required for BatchWriteItem");
    EXPECT_EQ(service_.error("BatchGetItem", "{}"),
              kOne +
                  "Value null at 'requestItems' failed to satisfy constraint: Member must not "
                  "be null");
    EXPECT_EQ(get_error(R"({"none":{"Keys":[{"pk":{"S":"a"}}]}})"),
              "ResourceNotFoundException: Requested resource not found");
    EXPECT_EQ(write_error(R"({"none":[)" + puts(1) + "]}"),
              "ResourceNotFoundException: Requested resource not found");
}

TEST_F(Batches, Counts) {
    EXPECT_EQ(get_error(R"({"hash":{"Keys":[)" + keys(101) + "]}}"),
              kOne +
                  "Value at 'RequestItems.hash.member.Keys' failed to satisfy constraint: "
                  "Member must have length less than or equal to 100");
    EXPECT_EQ(get_error(R"({"hash":{"Keys":[]}})"),
              kOne +
                  "Value at 'RequestItems.hash.member.Keys' failed to satisfy constraint: "
                  "Member must have length greater than or equal to 1");
    const auto many = write_error(R"({"hash":[)" + puts(26) + "]}");
    EXPECT_TRUE(many.starts_with(
        kOne + "Value '{hash=[WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=0, "))
        << many;
    EXPECT_TRUE(
        many.ends_with("]}' at 'requestItems' failed to satisfy constraint: Map value must "
                       "satisfy constraint: [Member must have length less than or equal to "
                       "25, Member must have length greater than or equal to 1]"))
        << many;
    EXPECT_EQ(write_error(R"({"hash":[]})"),
              kOne +
                  "Value '{hash=[]}' at 'requestItems' failed to satisfy constraint: Map value "
                  "must satisfy constraint: [Member must have length less than or equal to 25, "
                  "Member must have length greater than or equal to 1]");
    EXPECT_EQ(write_error(R"({"hash":[)" + puts(20) + R"(],"composite":[)" + puts(6) + "]}"),
              kPlain + "Too many items requested for the BatchWriteItem call");
    EXPECT_EQ(get_error(R"({"hash":{"Keys":[)" + keys(99) + R"(]},"composite":{"Keys":[)" +
                        keys(2) + "]}}"),
              kPlain + "Too many items requested for the BatchGetItem call");
}

TEST_F(Batches, TablesNames) {
    const std::string keys =
        "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "
        "Member must have length greater than or equal to 3, Member must satisfy regular "
        "expression pattern: [a-zA-Z0-9_.-]+]";
    const std::string capacity =
        "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
        "satisfy enum value set: [INDEXES, TOTAL, NONE]";
    const std::string get = R"({"bad!name":{"Keys":[{"pk":{"S":"a"}}]}})";
    EXPECT_EQ(get_error(get),
              kOne + "Value '" + get + "' at 'requestItems' failed to satisfy constraint: " + keys);
    EXPECT_EQ(get_error(get, R"(,"ReturnConsumedCapacity":"BOGUS")"),
              "ValidationException: 2 validation errors detected: Value '" + get +
                  "' at 'requestItems' failed to satisfy constraint: " + keys + "; " + capacity);
    const std::string write = R"({"bad!name":[)" + puts(1) + "]}";
    EXPECT_TRUE(write_error(write).ends_with(keys));
    EXPECT_EQ(write_error(write, R"(,"ReturnConsumedCapacity":"BOGUS")"), kOne + capacity);
}

TEST_F(Batches, WriteRequests) {
    const std::string neither =
        kPlain +
        "Supplied AttributeValue has more than one datatypes set, must contain exactly "
        "one of the supported datatypes";
    EXPECT_EQ(write_error(R"({"hash":[{}]})"), neither);
    EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{"Item":{"pk":{"S":"a"}}},
                                       "DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]})"),
              neither);
    EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{}}]})"),
              kOne +
                  "Value null at 'requestItems.hash.member.1.member.putRequest.item' failed to "
                  "satisfy constraint: Member must not be null");
    const std::string no_match = kPlain + "The provided key element does not match the schema";
    for (const auto* item :
         {R"({"pk":{"N":"5"}})", R"({"pk":{"L":[]}})", R"({"other":{"S":"x"}})"}) {
        EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{"Item":)" + std::string(item) + "}}]}"),
                  no_match);
        EXPECT_EQ(write_error(R"({"hash":[{"DeleteRequest":{"Key":)" + std::string(item) + "}}]}"),
                  no_match);
    }
    EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{"Item":{"pk":{"S":""}}}}]})"),
              kPlain +
                  "One or more parameter values are not valid. The AttributeValue for a key "
                  "attribute cannot contain an empty string value. Key: pk");
    EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{"Item":{"pk":{"S":"a"},"n":{"N":""}}}}]})"),
              kPlain + "The parameter cannot be converted to a numeric value");
}

TEST_F(Batches, Duplicates) {
    const std::string duplicates = kPlain + "Provided list of item keys contains duplicates";
    EXPECT_EQ(write_error(R"({"hash":[{"PutRequest":{"Item":{"pk":{"S":"a"},"x":{"S":"x"}}}},
                                      {"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]})"),
              duplicates);
    EXPECT_EQ(get_error(R"({"hash":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"a"}}]}})"), duplicates);
    // The table comes before duplicates.
    EXPECT_EQ(write_error(R"({"none":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},
                                      {"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]})"),
              "ResourceNotFoundException: Requested resource not found");
}

TEST_F(Batches, OldAndNewParametersNotEvenOfTwoTables) {
    EXPECT_EQ(get_error(R"({"hash":{"Keys":[{"pk":{"S":"a"}}],"ProjectionExpression":"pk"},
                            "composite":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"b"}}],
                                         "AttributesToGet":["pk"]}})"),
              kPlain +
                  "Can not use both expression and non-expression parameters in the same "
                  "request: Non-expression parameters: {AttributesToGet} Expression "
                  "parameters: {ProjectionExpression}");
}

}  // namespace
}  // namespace meridian::dynamo
