// Sources of the cases that say what the service answers: the tests of dynalite, scylladb's
// alternator, moto (those verified against AWS) and dynamodb-conformance.
#include "dynamo/scan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "dynamo/range_table_for_tests.h"
#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kStart = kInvalid + "The provided starting key is invalid";
const std::string kMismatch = "The provided key element does not match the schema";

class ScanTest : public testing::Test {
  protected:
    ScanTest() {
        service_.add(hash_table());
        service_.add(range_table());
    }

    static std::string body(std::string_view table, std::string_view more) {
        return fmt::format(R"({{"TableName":"{}"{}{}}})", table, more.empty() ? "" : ",", more);
    }
    std::string error(std::string_view more, std::string_view table = "hash") {
        return service_.error("Scan", body(table, more));
    }
    std::string ok(std::string_view more, std::string_view table = "hash") {
        return service_.ok("Scan", body(table, more));
    }
    void put(std::string_view item, std::string_view table = "hash") {
        (void)service_.ok("PutItem", body(table, fmt::format(R"("Item":{})", item)));
    }
    // All pages' `pk`.
    std::multiset<std::string> all_of(const std::string& more) {
        std::multiset<std::string> found;
        std::string start;
        for (int page = 0; page < 1'000; ++page) {
            const auto answer = boost::json::parse(ok(more + start)).as_object();
            for (const auto& item : answer.at("Items").as_array()) {
                found.insert(std::string(item.at("pk").at("S").as_string()));
            }
            const auto* last = answer.if_contains("LastEvaluatedKey");
            if (last == nullptr) {
                return found;
            }
            start = R"(,"ExclusiveStartKey":)" + boost::json::serialize(*last);
        }
        ADD_FAILURE() << "pages without an end";
        return found;
    }

    TestService service_;
};

TEST_F(ScanTest, AllItemsOfATable) {
    EXPECT_EQ(ok(""), R"({"Count":0,"Items":[],"ScannedCount":0})");
    put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    EXPECT_EQ(ok(""), R"({"Count":1,"Items":[{"n":{"N":"1"},"pk":{"S":"a"}}],"ScannedCount":1})");
    put(R"({"pk":{"S":"b"},"n":{"N":"2"}})");
    EXPECT_EQ(ok(R"("Select":"COUNT","FilterExpression":"n > :n AND pk > :a",)"
                 R"("ExpressionAttributeValues":{":n":{"N":"1"},":a":{"S":"a"}})"),
              R"({"Count":1,"ScannedCount":2})");
    EXPECT_EQ(ok(R"("ScanFilter":{"pk":{"ComparisonOperator":"EQ",)"
                 R"("AttributeValueList":[{"S":"b"}]}},"AttributesToGet":["n"])"),
              R"({"Count":1,"Items":[{"n":{"N":"2"}}],"ScannedCount":2})");
    EXPECT_EQ(ok(R"("Select":"COUNT","ReturnConsumedCapacity":"TOTAL")"),
              R"({"Count":2,"ScannedCount":2,)"
              R"("ConsumedCapacity":{"TableName":"hash","CapacityUnits":0.5}})");
    EXPECT_EQ(ok(R"("Select":"COUNT","ReturnConsumedCapacity":"INDEXES","ConsistentRead":true)"),
              R"({"Count":2,"ScannedCount":2,"ConsumedCapacity":{"TableName":"hash",)"
              R"("CapacityUnits":1.0,"Table":{"CapacityUnits":1.0}}})");
}

TEST_F(ScanTest, PagesAndSegmentsTogetherAreTheTable) {
    std::multiset<std::string> items;
    for (int i = 0; i < 50; ++i) {
        put(fmt::format(R"({{"pk":{{"S":"item-{}"}},"n":{{"N":"{}"}}}})", i, i));
        items.insert(fmt::format("item-{}", i));
    }
    for (const auto limit : {1, 3, 7, 50, 1'000}) {
        EXPECT_EQ(all_of(fmt::format(R"("Limit":{})", limit)), items) << limit;
    }
    for (const auto segments : {1, 2, 17}) {
        std::multiset<std::string> found;
        for (int segment = 0; segment < segments; ++segment) {
            found.merge(all_of(
                fmt::format(R"("Limit":4,"Segment":{},"TotalSegments":{})", segment, segments)));
        }
        EXPECT_EQ(found, items) << segments;
    }
}

TEST_F(ScanTest, SegmentsThatDontExist) {
    const std::pair<std::string, std::string> cases[] = {
        {R"("Segment":0)",
         "The TotalSegments parameter is required but was not present in the request when Segment "
         "parameter is present"},
        {R"("TotalSegments":4)",
         "The Segment parameter is required but was not present in the request when parameter "
         "TotalSegments is present"},
        {R"("Segment":5,"TotalSegments":5)",
         "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
         "Segment: 5 is not less than TotalSegments: 5"},
        {R"("Segment":-1,"TotalSegments":4)",
         "1 validation error detected: Value '-1' at 'segment' failed to satisfy constraint: "
         "Member "
         "must have value greater than or equal to 0"},
        {R"("Segment":0,"TotalSegments":0)",
         "1 validation error detected: Value '0' at 'totalSegments' failed to satisfy constraint: "
         "Member must have value greater than or equal to 1"},
        {R"("Segment":0,"TotalSegments":1000001)",
         "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
         "constraint: Member must have value less than or equal to 1000000"},
        {R"("Limit":0)",
         "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
         "must have value greater than or equal to 1"},
    };
    for (const auto& [more, message] : cases) {
        EXPECT_EQ(error(more), kInvalid + message) << more;
    }
}

TEST_F(ScanTest, ParametersThatDontGoTogether) {
    const std::string equal =
        R"({"n":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"10"}]}})";
    const std::pair<std::string, std::string> cases[] = {
        {R"("ScanFilter":)" + equal +
             R"(,"FilterExpression":"n = :v","ExpressionAttributeValues":{":v":{"N":"10"}})",
         "Can not use both expression and non-expression parameters in the same request: "
         "Non-expression parameters: {ScanFilter} Expression parameters: {FilterExpression}"},
        {R"("ExpressionAttributeValues":{":v":{"N":"10"}})",
         "ExpressionAttributeValues can only be specified when using expressions: FilterExpression "
         "is null"},
        {R"("Select":"SPECIFIC_ATTRIBUTES")",
         "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression "
         "when choosing to get SPECIFIC_ATTRIBUTES"},
        {R"("Select":"ALL_PROJECTED_ATTRIBUTES")",
         "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying "
         "using an IndexName"},
        {R"("Select":"COUNT","ProjectionExpression":"pk")",
         "1 validation error detected: Cannot specify the ProjectionExpression when choosing to "
         "get only the Count"},
        {R"("FilterExpression":"","ProjectionExpression":"")",
         "Invalid FilterExpression: The expression can not be empty;"},
        {R"j("FilterExpression":"begins_with(#a, :n)","ExpressionAttributeNames":{"#a":"data"},)j"
         R"("ExpressionAttributeValues":{":n":{"N":"1"}})",
         "Invalid FilterExpression: Incorrect operand type for operator or function; operator or "
         "function: begins_with, operand type: N"},
        {R"("ProjectionExpression":"#undef","FilterExpression":"pk = :pk",)"
         R"("ExpressionAttributeValues":{":pk":{"S":"x"}})",
         "Invalid ProjectionExpression: An expression attribute name used in the document path is "
         "not defined; attribute name: #undef"},
        {R"j("FilterExpression":"attribute_exists(pk.b)")j",
         "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
         "allowed: Key: pk"},
    };
    for (const auto& [more, message] : cases) {
        EXPECT_EQ(error(more), kInvalid + message) << more;
    }
}

TEST_F(ScanTest, TablesAndIndexesThatThereArent) {
    EXPECT_EQ(error("", "nowhere"), "ResourceNotFoundException: Requested resource not found");
    EXPECT_EQ(error(R"("IndexName":"whatever","ExclusiveStartKey":{})"),
              kInvalid + "The table does not have the specified index: whatever");
    EXPECT_EQ(error(R"("IndexName":"index3","ConsistentRead":true)", "range"),
              kInvalid + "Consistent reads are not supported on global secondary indexes");
}

TEST_F(ScanTest, StartKeysThatDontFitTheKey) {
    struct Case {
        std::string table;
        std::string index;
        std::string start;
        std::string message;
    };
    const Case cases[] = {
        {"hash", "", "{}", kStart},
        {"hash", "", R"({"bad":{"S":"p"}})", kStart},
        {"hash", "", R"({"pk":{"N":"1"}})", kStart + ": " + kMismatch},
        {"range", "", R"({"a":{"S":"a"}})", kStart},
        {"range", "", R"({"a":{"S":"a"},"b":{"S":"hi"},"x":{"N":"3"}})", kStart},
        {"range", "", R"({"a":{"S":"a"},"b":{"N":"1"}})", kStart + ": " + kMismatch},
        {"range", "index1", R"({"a":{"S":"a"},"c":{"S":"a"}})", kStart},
        {"range", "index1", R"({"a":{"N":"1"},"x":{"S":"1"},"y":{"S":"1"}})", kInvalid + kMismatch},
        {"range", "index1", R"({"a":{"S":"1"},"b":{"N":"1"},"c":{"S":"a"}})",
         kStart + ": " + kMismatch},
        {"range", "index3", R"({"x":{"N":"1"},"y":{"N":"1"},"c":{"S":"a"}})",
         kStart + ": " + kMismatch},
        {"range", "index4", R"({"a":{"S":"1"},"b":{"S":"1"},"c":{"S":"1"},"d":{"N":"1"}})",
         kInvalid + kMismatch},
    };
    for (const auto& [table, index, start, message] : cases) {
        EXPECT_EQ(
            error(fmt::format(R"("ExclusiveStartKey":{}{})", start,
                              index.empty() ? "" : fmt::format(R"(,"IndexName":"{}")", index)),
                  table),
            message)
            << table << " " << index << " " << start;
    }
}

TEST_F(ScanTest, AStartKeyOfAnotherSegment) {
    put(R"({"pk":{"S":"a"}})");
    const auto where = [this](int segment) {
        return ok(fmt::format(R"("Segment":{},"TotalSegments":2,"Select":"COUNT")", segment))
            .contains(R"("Count":1)");
    };
    const int other = where(0) ? 1 : 0;
    const auto message = fmt::format(
        "{}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct "
        "Segment. TotalSegments: 2 Segment: {}",
        kStart, other);
    const auto more = fmt::format(
        R"("Segment":{},"TotalSegments":2,"ExclusiveStartKey":{{"pk":{{"S":"a"}}}})", other);
    EXPECT_EQ(error(more), message);
    // Before what is wrong with a path.
    EXPECT_EQ(error(more + R"j(,"FilterExpression":"attribute_exists(pk.b.c)")j"), message);
    EXPECT_EQ(
        ok(fmt::format(R"("Segment":{},"TotalSegments":2,"ExclusiveStartKey":{{"pk":{{"S":"a"}}}})",
                       1 - other)),
        R"({"Count":0,"Items":[],"ScannedCount":0})");
}

TEST_F(ScanTest, WhatAnIndexDoesntHold) {
    // Before what is wrong with the table's part of the start key, or a path.
    EXPECT_EQ(error(R"("IndexName":"index4","Select":"ALL_ATTRIBUTES",)"
                    R"j("FilterExpression":"attribute_exists(a.b.c)",)j"
                    R"("ExclusiveStartKey":)"
                    R"({"x":{"N":"1"},"y":{"N":"1"},"c":{"S":"a"},"d":{"S":"a"}})",
                    "range"),
              kInvalid +
                  "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                  "supported for global secondary index index4 because its projection type is not "
                  "ALL");
    EXPECT_EQ(error(R"("IndexName":"index4","ProjectionExpression":"a, z")", "range"),
              kInvalid +
                  "One or more parameter values were invalid: Global secondary index index4 does "
                  "not project [z]");
}

}  // namespace
}  // namespace meridian::dynamo
