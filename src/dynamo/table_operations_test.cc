// Texts: as tests of dynalite, of the DynamoDB conformance suite and of Alternator have them from
// the service.
#include "dynamo/table_operations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dynamo/regions_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::vector<std::string> kRegions{"us-east-1", "eu-west-1"};

// Members of a CreateTable request of a table with the key pk, and `more` of them.
std::string hash_table(std::string_view name, std::string_view more = "") {
    return fmt::format(
        R"({{"TableName":"{}","AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
           "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],
           "BillingMode":"PAY_PER_REQUEST"{}}})",
        name, more);
}

// A CreateTable request with attributes a, b (strings), a key of a, or of a and b, and `more`.
std::string ab_table(bool sorted, std::string_view more) {
    return fmt::format(
        R"({{"TableName":"abc",
            "AttributeDefinitions":[{{"AttributeName":"a","AttributeType":"S"}},
                                    {{"AttributeName":"b","AttributeType":"S"}}],
            "KeySchema":[{{"AttributeName":"a","KeyType":"HASH"}}{}],
            "ProvisionedThroughput":{{"ReadCapacityUnits":1,"WriteCapacityUnits":1}},{}}})",
        sorted ? R"(,{"AttributeName":"b","KeyType":"RANGE"})" : "", more);
}

std::string key_of(std::string_view first, std::string_view second = "") {
    const auto element = [](std::string_view text) {
        return fmt::format(R"({{"AttributeName":"{}","KeyType":"{}"}})", text.substr(0, 1),
                           text.substr(2));
    };
    return fmt::format(R"("KeySchema":[{}{}])", element(first),
                       second.empty() ? "" : "," + element(second));
}

constexpr std::string_view kInvalid =
    "ValidationException: One or more parameter values were invalid: ";

class TableOperationsTest : public testing::Test {
  protected:
    void update(std::string_view more) {
        (void)us_.ok("UpdateTable", fmt::format(R"({{"TableName":"Calls",{}}})", more));
    }
    std::string update_error(std::string_view more) {
        return us_.error("UpdateTable", fmt::format(R"({{"TableName":"Calls",{}}})", more));
    }
    static std::string statuses(const boost::json::object& table) {
        std::string all;
        for (const auto& index : table.at("GlobalSecondaryIndexes").as_array()) {
            all += text(index.at("IndexName")) + text(index.at("IndexStatus"));
        }
        return all;
    }

    TestRegion us_{"us-east-1", kRegions};
    TestRegion eu_{"eu-west-1", kRegions};
};

TEST_F(TableOperationsTest, ATableIsCreatedAndDescribed) {
    const auto created = us_.ok("CreateTable", hash_table("Calls")).at("TableDescription");
    EXPECT_EQ(created.at("TableStatus"), "CREATING");
    EXPECT_EQ(text(created.at("BillingModeSummary")), R"({"BillingMode":"PAY_PER_REQUEST"})");
    EXPECT_FALSE(created.as_object().contains("WarmThroughput"));
    const auto id = text(created.at("TableId"));

    const auto answer = us_.call("DescribeTable", R"({"TableName":"Calls"})");
    EXPECT_EQ(
        answer.body,
        R"({"Table":{"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
        R"("TableName":"Calls","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
        R"("TableStatus":"ACTIVE","CreationDateTime":1700000000.123,)"
        R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
        R"("WriteCapacityUnits":0},"TableSizeBytes":0,"ItemCount":0,)"
        R"("TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Calls","TableId":)" +
            id +
            R"(,"BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
            R"("LastUpdateToPayPerRequestDateTime":1700000000.123},)"
            R"("DeletionProtectionEnabled":false,"WarmThroughput":{"ReadUnitsPerSecond":12000,)"
            R"("WriteUnitsPerSecond":4000,"Status":"ACTIVE"}}})");
    EXPECT_EQ(us_.call("DescribeTable",
                       R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/Calls"})")
                  .body,
              answer.body);
    EXPECT_EQ(us_.error("CreateTable", hash_table("Calls")),
              "ResourceInUseException: Table already exists: Calls");
}

TEST_F(TableOperationsTest, WhatCreateTableRefusesBeforeItLooksAtAnything) {
    EXPECT_EQ(us_.error("CreateTable", "{}"),
              "ValidationException: The parameter 'TableName' is required but was not present in "
              "the request");
    EXPECT_EQ(us_.error("CreateTable", hash_table("ab")),
              "ValidationException: 1 validation error detected: Value 'ab' at 'tableName' failed "
              "to satisfy constraint: Member must have length greater than or equal to 3");
    EXPECT_EQ(us_.error("CreateTable", R"({"TableName":"abc;"})"),
              "ValidationException: 3 validation errors detected: Value null at "
              "'attributeDefinitions' failed to satisfy constraint: Member must not be null; Value "
              "'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
              "expression pattern: [a-zA-Z0-9_.-]+; Value null at 'keySchema' failed to satisfy "
              "constraint: Member must not be null");
    EXPECT_EQ(
        us_.error("CreateTable",
                  R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[],"BillingMode":"A",
                      "ProvisionedThroughput":{"ReadCapacityUnits":-1,"WriteCapacityUnits":-1}})"),
        "ValidationException: 4 validation errors detected: Value 'A' at 'billingMode' failed to "
        "satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; "
        "Value '-1' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; Value '-1' at "
        "'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have "
        "value greater than or equal to 1; Value '[]' at 'keySchema' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1");
    EXPECT_EQ(us_.error("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[{
                  "AttributeName":"pk","AttributeType":"INVALID"}],"KeySchema":[{
                  "AttributeName":"pk","KeyType":"INVALID"}]})"),
              "ValidationException: 2 validation errors detected: Value 'INVALID' at "
              "'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member "
              "must satisfy enum value set: [B, N, S]; Value 'INVALID' at "
              "'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum "
              "value set: [HASH, RANGE]");
    EXPECT_EQ(
        us_.error("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[
                  {"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"},
                  {"AttributeName":"extra","KeyType":"RANGE"}]})"),
        "ValidationException: 1 validation error detected: Value "
        "'[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, "
        "keyType=RANGE), KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' "
        "failed to satisfy constraint: Member must have length less than or equal to 2");
}

TEST_F(TableOperationsTest, CapacityOfANewTable) {
    const auto with = [&](std::string_view more) {
        return us_.error("CreateTable",
                         fmt::format(R"({{"TableName":"abc","AttributeDefinitions":[],"KeySchema":[
                                     {{"AttributeName":"a","KeyType":"HASH"}}]{}}})",
                                     more));
    };
    EXPECT_EQ(with(""), std::string(kInvalid) +
                            "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                            "BillingMode is PROVISIONED");
    EXPECT_EQ(with(R"(,"BillingMode":"PAY_PER_REQUEST","ProvisionedThroughput":{
                   "ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
              std::string(kInvalid) +
                  "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                  "BillingMode is PAY_PER_REQUEST");
    EXPECT_EQ(with(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,
                   "WriteCapacityUnits":1000000000001})"),
              "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of "
              "bounds");
    EXPECT_EQ(with(R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1000000000000,
                   "WriteCapacityUnits":1000000000001})"),
              "ValidationException: Given value 1000000000001 for WriteCapacityUnits is out of "
              "bounds");
}

TEST_F(TableOperationsTest, TheKeyOfANewTable) {
    const auto with = [&](std::string_view attributes, std::string_view key) {
        return us_.error("CreateTable",
                         fmt::format(R"({{"TableName":"abc","AttributeDefinitions":[{}],{},
                                     "BillingMode":"PAY_PER_REQUEST"}})",
                                     attributes, key));
    };
    const std::string a = R"({"AttributeName":"a","AttributeType":"S"})";
    const std::string b = R"({"AttributeName":"b","AttributeType":"S"})";
    const std::string v = "ValidationException: ";
    EXPECT_EQ(with("", key_of("a HASH")),
              v + "Invalid KeySchema: Some index key attribute have no definition");
    EXPECT_EQ(with(a, key_of("a HASH", "a RANGE")),
              v + "Invalid KeySchema: Some index key attribute have no definition");
    EXPECT_EQ(with(b, key_of("a HASH")),
              std::string(kInvalid) +
                  "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], "
                  "AttributeDefinitions: [b]");
    EXPECT_EQ(
        with(a + "," + b, key_of("a HASH", "a HASH")),
        v + "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    EXPECT_EQ(with(a + "," + b, key_of("a HASH", "b HASH")),
              v + "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    EXPECT_EQ(with(a + "," + b, key_of("a RANGE", "b HASH")),
              v + "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    EXPECT_EQ(with(a + "," + b, key_of("a HASH")),
              std::string(kInvalid) +
                  "Number of attributes in KeySchema does not exactly match number of attributes "
                  "defined in AttributeDefinitions");
    EXPECT_EQ(with(a + R"(,{"AttributeName":"a","AttributeType":"N"})", key_of("a HASH")),
              v + "Attribute Name is duplicated: a");
}

TEST_F(TableOperationsTest, LocalIndexesOfANewTable) {
    const auto with = [&](bool sorted, std::string_view indexes) {
        return us_.error("CreateTable",
                         ab_table(sorted, fmt::format(R"("LocalSecondaryIndexes":[{}])", indexes)));
    };
    const auto index = [](const std::string& key, std::string_view projection) {
        return fmt::format(R"({{"IndexName":"abc",{},"Projection":{}}})", key, projection);
    };
    const std::string i(kInvalid);
    EXPECT_EQ(with(false, ""), i + "List of LocalSecondaryIndexes is empty");
    EXPECT_EQ(with(false, index(key_of("c RANGE"), "{}")),
              i + "Table KeySchema does not have a range key, which is required when specifying a "
                  "LocalSecondaryIndex");
    EXPECT_EQ(with(true, index(key_of("a HASH", "c RANGE"), "{}")),
              i + "Some index key attributes are not defined in AttributeDefinitions. Keys: [a, "
                  "c], AttributeDefinitions: [a, b]");
    EXPECT_EQ(with(true, index(key_of("a RANGE"), "{}")),
              "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH "
              "key type");
    EXPECT_EQ(with(true, index(key_of("b HASH"), "{}")),
              i + "Index KeySchema does not have a range key for index: abc");
    EXPECT_EQ(with(true, index(key_of("b HASH", "a RANGE"), "{}")),
              i + "Index KeySchema does not have the same leading hash key as table KeySchema for "
                  "index: abc. index hash key: b, table hash key: a");
    const auto good = key_of("a HASH", "b RANGE");
    EXPECT_EQ(with(true, index(good, "{}")), i + "Unknown ProjectionType: null");
    EXPECT_EQ(with(true, index(good, R"({"ProjectionType":"ALL","NonKeyAttributes":["a"]})")),
              i + "ProjectionType is ALL, but NonKeyAttributes is specified");
    EXPECT_EQ(with(true, index(good, R"({"ProjectionType":"INCLUDE"})")),
              i + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    EXPECT_EQ(
        with(true, index(good, R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x","x"]})")),
        i + "Duplicate element in NonKeyAttributes: x");
    EXPECT_EQ(with(true, index(good, R"({"ProjectionType":"abc","NonKeyAttributes":[]})")),
              "ValidationException: 2 validation errors detected: Value 'abc' at "
              "'localSecondaryIndexes.1.member.projection.projectionType' failed to satisfy "
              "constraint: Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]; Value "
              "'[]' at 'localSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to "
              "satisfy constraint: Member must have length greater than or equal to 1");
    const auto all = index(good, R"({"ProjectionType":"ALL"})");
    EXPECT_EQ(with(true, all + "," + all), i + "Duplicate index name: abc");
    std::string six;
    for (const auto* name : {"ab1", "ab2", "ab3", "ab4", "ab5", "ab6"}) {
        six += (six.empty() ? "" : ",") +
               fmt::format(R"({{"IndexName":"{}",{},"Projection":{{"ProjectionType":"ALL"}}}})",
                           name, good);
    }
    EXPECT_EQ(with(true, six), i + "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
}

TEST_F(TableOperationsTest, GlobalIndexesOfANewTable) {
    const auto with = [&](std::string_view indexes) {
        return us_.error("CreateTable",
                         ab_table(true, fmt::format(R"("GlobalSecondaryIndexes":[{}])", indexes)));
    };
    const std::string i(kInvalid);
    const std::string all = R"(,"Projection":{"ProjectionType":"ALL"})";
    const std::string units =
        R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}})";
    EXPECT_EQ(with(""), i + "List of GlobalSecondaryIndexes is empty");
    EXPECT_EQ(with(R"({"IndexName":"abc",)" + key_of("b HASH") + all + "}"),
              i + "ProvisionedThroughput is not specified for index: abc");
    const auto index = R"({"IndexName":"abc",)" + key_of("b HASH") + all + units;
    EXPECT_EQ(with(index + "," + index), i + "Duplicate index name: abc");
    std::string many;
    for (int n = 0; n < 21; ++n) {
        many += (many.empty() ? "" : ",") + fmt::format(R"({{"IndexName":"index{}",)", n) +
                key_of("b HASH") + all + units;
    }
    EXPECT_EQ(with(many), i + "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    EXPECT_EQ(us_.error("CreateTable", hash_table("Calls", R"(,"GlobalSecondaryIndexes":[
                  {"IndexName":"abc","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
                   "Projection":{"ProjectionType":"ALL"},
                   "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}])")),
              i + "ProvisionedThroughput should not be specified for index: abc when BillingMode "
                  "is PAY_PER_REQUEST");
    // The order of names is that of the service's hash sets.
    EXPECT_EQ(us_.error("CreateTable", R"({"TableName":"abc","BillingMode":"PAY_PER_REQUEST",
                  "AttributeDefinitions":[
                    {"AttributeName":"pk","AttributeType":"S"},
                    {"AttributeName":"sk","AttributeType":"S"},
                    {"AttributeName":"a","AttributeType":"S"},
                    {"AttributeName":"b","AttributeType":"S"},
                    {"AttributeName":"c","AttributeType":"S"}],
                  "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                               {"AttributeName":"sk","KeyType":"RANGE"}],
                  "GlobalSecondaryIndexes":[{"IndexName":"abc",
                    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"Projection":{}}]})"),
              i + "Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, "
                  "c], keys used: [a, sk, pk]");
}

TEST_F(TableOperationsTest, OtherSettingsOfANewTable) {
    const auto with = [&](std::string_view more) {
        return us_.error("CreateTable", hash_table("Calls", more));
    };
    const std::string i(kInvalid);
    EXPECT_EQ(with(R"(,"StreamSpecification":{"StreamEnabled":true})"),
              i + "Table is being created with a stream enabled, UpdateViewType is required");
    EXPECT_EQ(with(R"(,"StreamSpecification":{"StreamEnabled":false,
                   "StreamViewType":"NEW_IMAGE"})"),
              i + "Table is being created with a stream disabled, UpdateViewType should not be "
                  "specified");
    EXPECT_EQ(with(R"(,"TableClass":"standard")"),
              "ValidationException: Invalid table-class parameter provided. Please try again with "
              "a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
    EXPECT_EQ(with(R"(,"SSESpecification":{"Enabled":false,"SSEType":"KMS"})"),
              i + "SSEType can not be specified if Enabled is false");
    EXPECT_EQ(with(R"(,"OnDemandThroughput":{"MaxReadRequestUnits":0})"),
              i + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of "
                  "valid range");
    EXPECT_EQ(
        with(R"(,"WarmThroughput":{"WriteUnitsPerSecond":3999})"),
        i + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial "
            "throughput for OnDemand");
    EXPECT_EQ(with(R"(,"Tags":[{"Key":"aws:a","Value":""}])"),
              "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:a");

    (void)us_.ok("CreateTable", hash_table("Calls", R"(,"StreamSpecification":{
        "StreamEnabled":true,"StreamViewType":"OLD_IMAGE"},"SSESpecification":{"Enabled":true},
        "TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true,
        "OnDemandThroughput":{"MaxReadRequestUnits":10,"MaxWriteRequestUnits":5},
        "WarmThroughput":{"ReadUnitsPerSecond":12001},
        "Tags":[{"Key":"k","Value":"v"}])"));
    const auto table = us_.table("Calls");
    EXPECT_EQ(text(table.at("StreamSpecification")),
              R"({"StreamEnabled":true,"StreamViewType":"OLD_IMAGE"})");
    EXPECT_EQ(table.at("LatestStreamArn"),
              "arn:aws:dynamodb:us-east-1:000000000000:table/Calls/stream/2023-11-14T22:13:20.123");
    EXPECT_EQ(table.at("SSEDescription").at("Status"), "ENABLED");
    EXPECT_EQ(text(table.at("TableClassSummary")),
              R"({"TableClass":"STANDARD_INFREQUENT_ACCESS"})");
    EXPECT_EQ(text(table.at("OnDemandThroughput")),
              R"({"MaxReadRequestUnits":10,"MaxWriteRequestUnits":5})");
    EXPECT_EQ(text(table.at("WarmThroughput")),
              R"({"ReadUnitsPerSecond":12001,"WriteUnitsPerSecond":4000,"Status":"ACTIVE"})");
    EXPECT_EQ(table.at("DeletionProtectionEnabled"), true);
    EXPECT_EQ(us_.error("DeleteTable", R"({"TableName":"Calls"})"),
              "ValidationException: Resource cannot be deleted as it is currently protected "
              "against deletion. Disable deletion protection first.");
}

TEST_F(TableOperationsTest, ATableIsDeleted) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    (void)us_.ok("PutItem", R"({"TableName":"Calls","Item":{"pk":{"S":"x"}}})");
    EXPECT_EQ(us_.table("Calls").at("ItemCount"), 1);
    EXPECT_GT(us_.table("Calls").at("TableSizeBytes").as_int64(), 0);
    const auto gone = us_.ok("DeleteTable", R"({"TableName":"Calls"})").at("TableDescription");
    EXPECT_EQ(gone.at("TableStatus"), "DELETING");
    EXPECT_EQ(gone.at("ItemCount"), 1);
    for (const auto* name : {"KeySchema", "AttributeDefinitions", "CreationDateTime"}) {
        EXPECT_FALSE(gone.as_object().contains(name)) << name;
    }
    for (const auto* operation : {"DescribeTable", "DeleteTable", "DescribeTimeToLive"}) {
        EXPECT_EQ(us_.error(operation, R"({"TableName":"Calls"})"),
                  "ResourceNotFoundException: Requested resource not found: Table: Calls not "
                  "found");
    }
    (void)us_.ok("CreateTable", hash_table("Calls"));
    EXPECT_EQ(us_.table("Calls").at("ItemCount"), 0);
    EXPECT_NE(text(us_.table("Calls").at("TableId")), text(gone.at("TableId")));
}

TEST_F(TableOperationsTest, TablesAreListedByName) {
    for (const auto* name : {"Zebra", "Apple", "Calls"}) {
        (void)us_.ok("CreateTable", hash_table(name));
    }
    EXPECT_EQ(us_.call("ListTables", "{}").body,
              R"({"TableNames":["Apple","Calls","GlobalCallRouting","Zebra"]})");
    EXPECT_EQ(us_.call("ListTables", R"({"Limit":2})").body,
              R"({"LastEvaluatedTableName":"Calls","TableNames":["Apple","Calls"]})");
    EXPECT_EQ(us_.call("ListTables", R"({"Limit":2,"ExclusiveStartTableName":"Calls"})").body,
              R"({"TableNames":["GlobalCallRouting","Zebra"]})");
    EXPECT_EQ(us_.error("ListTables", R"({"Limit":101})"),
              "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to "
              "satisfy constraint: Member must have value less than or equal to 100");
}

TEST_F(TableOperationsTest, UpdateTableChangesOneThingARequest) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    EXPECT_TRUE(us_.error("UpdateTable", R"({"TableName":"Calls"})")
                    .starts_with("ValidationException: At least one of ProvisionedThroughput, "
                                 "BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates"));
    EXPECT_TRUE(update_error(R"("GlobalSecondaryIndexUpdates":[])")
                    .starts_with("ValidationException: At least one of"));
    const std::string i(kInvalid);
    struct Case {
        std::string_view parameters;
        std::string_view text;
    };
    const std::vector<Case> cases{
        {R"("DeletionProtectionEnabled":true,"GlobalSecondaryIndexUpdates":[])",
         "List of GlobalSecondaryIndexUpdates is empty"},
        {R"("DeletionProtectionEnabled":true,"TableClass":"STANDARD")",
         "DeletionProtection modification must be the only operation in the request"},
        {R"("DeletionProtectionEnabled":true,"SSESpecification":{"Enabled":true})",
         "Server-Side Encryption modification must be the only operation in the request"},
        {R"("TableClass":"STANDARD","StreamSpecification":{"StreamEnabled":false})",
         "TableClass modification must be the only operation in the request"},
        {R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
            "StreamSpecification":{"StreamEnabled":false})",
         "You cannot modify stream status while updating table IOPS"},
        {R"("StreamSpecification":{"StreamEnabled":false},
            "GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"abc"}}])",
         "You cannot create or delete index while changing stream status"},
        {R"("BillingMode":"PROVISIONED")",
         "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"},
        {R"("GlobalSecondaryIndexUpdates":[{}])",
         "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
         "GlobalSecondaryIndexUpdate.Delete must not be null"},
        {R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"abc"}},
            {"Delete":{"IndexName":"abc"}}])",
         "Only one global secondary index update per index is allowed simultaneously. Index: abc"},
        {R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})",
         "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
         "PAY_PER_REQUEST"},
    };
    for (const auto& [parameters, message] : cases) {
        EXPECT_EQ(update_error(parameters), i + std::string(message));
    }
    EXPECT_EQ(update_error(R"("MultiRegionConsistency":"STRONG",
                           "ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}])"),
              i + "MultiRegionConsistency STRONG is not supported: each region goes on alone when "
                  "others cannot be reached");
    EXPECT_EQ(us_.error("UpdateTable", R"({"TableName":"None","BillingMode":"PAY_PER_REQUEST"})"),
              "ResourceNotFoundException: Requested resource not found: Table: None not found");
}

TEST_F(TableOperationsTest, CapacityChanges) {
    (void)us_.ok("CreateTable", R"({"TableName":"Calls",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}})");
    EXPECT_FALSE(us_.table("Calls").contains("BillingModeSummary"));
    EXPECT_EQ(update_error(R"("ProvisionedThroughput":{"ReadCapacityUnits":5,
                           "WriteCapacityUnits":5})"),
              "ValidationException: The provisioned throughput for the table will not change. The "
              "requested value equals the current value. Current ReadCapacityUnits provisioned for "
              "the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits "
              "provisioned for the table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon "
              "DynamoDB Developer Guide for current limits and how to request higher limits.");
    const auto answer = us_.ok("UpdateTable", R"({"TableName":"Calls","ProvisionedThroughput":{
        "ReadCapacityUnits":20,"WriteCapacityUnits":4}})")
                            .at("TableDescription");
    EXPECT_EQ(answer.at("TableStatus"), "UPDATING");
    EXPECT_EQ(answer.at("ProvisionedThroughput").at("ReadCapacityUnits"), 5);
    EXPECT_EQ(text(us_.table("Calls").at("ProvisionedThroughput")),
              R"({"LastDecreaseDateTime":1.700000000123E9,"LastIncreaseDateTime":)"
              R"(1.700000000123E9,"NumberOfDecreasesToday":1,"ReadCapacityUnits":20,)"
              R"("WriteCapacityUnits":4})");
    EXPECT_EQ(us_.table("Calls").at("WarmThroughput").at("ReadUnitsPerSecond"), 20);
    update(R"("BillingMode":"PAY_PER_REQUEST")");
    EXPECT_EQ(us_.table("Calls").at("BillingModeSummary").at("BillingMode"), "PAY_PER_REQUEST");
    EXPECT_EQ(us_.table("Calls").at("ProvisionedThroughput").at("ReadCapacityUnits"), 0);
    update(R"("BillingMode":"PAY_PER_REQUEST")");
    update(R"("BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":5,
           "WriteCapacityUnits":5})");
    EXPECT_EQ(us_.table("Calls").at("ProvisionedThroughput").at("WriteCapacityUnits"), 5);
    EXPECT_EQ(us_.table("Calls").at("BillingModeSummary").at("BillingMode"), "PROVISIONED");
}

TEST_F(TableOperationsTest, IndexesComeAndGo) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    (void)us_.ok("PutItem", R"({"TableName":"Calls","Item":{"pk":{"S":"x"},"g":{"S":"y"}}})");
    const std::string create =
        R"("AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],
           "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-g",
           "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
           "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["z","a"]}}}])";
    const auto answer =
        us_.ok("UpdateTable", R"({"TableName":"Calls",)" + create + "}").at("TableDescription");
    EXPECT_EQ(answer.at("TableStatus"), "UPDATING");
    EXPECT_EQ(statuses(answer.as_object()), R"("by-g""CREATING")");
    ASSERT_TRUE(comes([&] { return statuses(us_.table("Calls")) == R"("by-g""ACTIVE")"; }));
    const auto table = us_.table("Calls");
    const auto& index = table.at("GlobalSecondaryIndexes").at(0);
    EXPECT_EQ(text(index.at("Projection")),
              R"({"NonKeyAttributes":["a","z"],"ProjectionType":"INCLUDE"})");
    EXPECT_EQ(index.at("ItemCount"), 1);
    EXPECT_EQ(index.at("IndexArn"),
              "arn:aws:dynamodb:us-east-1:000000000000:table/Calls/index/by-g");
    EXPECT_EQ(text(table.at("AttributeDefinitions")),
              R"([{"AttributeName":"g","AttributeType":"S"},)"
              R"({"AttributeName":"pk","AttributeType":"S"}])");

    EXPECT_EQ(update_error(create),
              "ValidationException: Attempting to create an index which already exists");
    EXPECT_EQ(update_error(R"("AttributeDefinitions":[{"AttributeName":"g","AttributeType":"N"}],
                  "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"other",
                  "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
                  "Projection":{"ProjectionType":"ALL"}}}])"),
              std::string(kInvalid) +
                  "Attributes cannot be redefined. Please check that your attribute has the same "
                  "type as previously defined. Existing schema: Schema:[SchemaElement: "
                  "key{g:S:HASH}] New schema: Schema:[SchemaElement: key{g:N:HASH}]");
    EXPECT_EQ(update_error(R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"other",
                  "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
                  "Projection":{"ProjectionType":"ALL"}}}])"),
              std::string(kInvalid) + "AttributeDefinitions is not specified for index: other");
    EXPECT_EQ(update_error(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"one"}},
                           {"Delete":{"IndexName":"two"}}])"),
              "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be "
              "created or deleted simultaneously per table");
    EXPECT_EQ(update_error(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"ghost"}}])"),
              "ResourceNotFoundException: Requested resource not found: Index ghost for table "
              "Calls");
    EXPECT_EQ(update_error(R"("GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"by-g",
                  "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}}])"),
              std::string(kInvalid) +
                  "The only Updates for index: by-g when TableThroughputMode is PAY_PER_REQUEST "
                  "can be to OnDemandThroughput, WarmThroughput");
    EXPECT_EQ(update_error(R"("GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"abc",
                  "ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,
                  "WriteCapacityUnits":1}}}])"),
              "ValidationException: This operation cannot be performed with given input values. "
              "Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate");
    EXPECT_EQ(update_error(R"("BillingMode":"PROVISIONED","ProvisionedThroughput":{
                  "ReadCapacityUnits":5,"WriteCapacityUnits":5})"),
              std::string(kInvalid) + "ProvisionedThroughput must be specified for index: by-g");

    const auto gone = us_.ok("UpdateTable", R"({"TableName":"Calls",
        "GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-g"}}]})")
                          .at("TableDescription");
    EXPECT_EQ(statuses(gone.as_object()), R"("by-g""DELETING")");
    EXPECT_FALSE(us_.table("Calls").contains("GlobalSecondaryIndexes"));
    EXPECT_EQ(text(us_.table("Calls").at("AttributeDefinitions")),
              R"([{"AttributeName":"pk","AttributeType":"S"}])");
}

TEST_F(TableOperationsTest, StreamsAreSwitchedOnAndOff) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    const std::string i(kInvalid);
    EXPECT_EQ(update_error(R"("StreamSpecification":{"StreamEnabled":false})"),
              "ValidationException: Table has no stream to disable: TableName: Calls");
    EXPECT_EQ(update_error(R"("StreamSpecification":{"StreamEnabled":true})"),
              i + "If stream is being enabled then UpdateViewType is required");
    update(R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})");
    EXPECT_EQ(update_error(
                  R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})"),
              "ValidationException: Table already has an enabled stream: TableName: Calls");
    update(R"("StreamSpecification":{"StreamEnabled":false})");
    EXPECT_FALSE(us_.table("Calls").contains("StreamSpecification"));
    EXPECT_EQ(us_.table("Calls").at("LatestStreamLabel"), "2023-11-14T22:13:20.123");
    update(R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})");
    EXPECT_EQ(us_.table("Calls").at("LatestStreamLabel"), "2023-11-14T22:13:20.124");
}

TEST_F(TableOperationsTest, EncryptionClassAndProtection) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    const std::string i(kInvalid);
    EXPECT_EQ(update_error(R"("SSESpecification":{"Enabled":false})"),
              i + "Table is already encrypted by default");
    update(R"("SSESpecification":{"Enabled":true,"SSEType":"KMS"})");
    EXPECT_EQ(update_error(R"("SSESpecification":{"Enabled":true})"),
              i + "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId "
                  "parameter if you want to change Master Key");
    update(R"("SSESpecification":{"Enabled":false})");
    EXPECT_FALSE(us_.table("Calls").contains("SSEDescription"));
    update(R"("TableClass":"STANDARD_INFREQUENT_ACCESS")");
    EXPECT_EQ(text(us_.table("Calls").at("TableClassSummary")),
              R"({"TableClass":"STANDARD_INFREQUENT_ACCESS","LastUpdateDateTime":)"
              R"(1.700000000123E9})");
    update(R"("DeletionProtectionEnabled":true)");
    EXPECT_EQ(us_.table("Calls").at("DeletionProtectionEnabled"), true);
    update(R"("OnDemandThroughput":{"MaxReadRequestUnits":20,"MaxWriteRequestUnits":15})");
    update(R"("OnDemandThroughput":{"MaxWriteRequestUnits":-1})");
    EXPECT_EQ(text(us_.table("Calls").at("OnDemandThroughput")),
              R"({"MaxReadRequestUnits":20,"MaxWriteRequestUnits":-1})");
    update(R"("WarmThroughput":{"ReadUnitsPerSecond":12300})");
    EXPECT_EQ(update_error(R"("WarmThroughput":{"ReadUnitsPerSecond":12299})"),
              i + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
                  "WarmThroughput, decreasing WarmThroughput is not supported");
}

TEST_F(TableOperationsTest, AReplicaAnswersInItsRegion) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    (void)us_.ok("PutItem", R"({"TableName":"Calls","Item":{"pk":{"S":"x"}}})");
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{"Create":{"RegionName":"us-east-1"}}])"),
              "ValidationException: Cannot add or delete the local region through ReplicaUpdates. "
              "Use CreateTable, DeleteTable, or UpdateTable as required.");
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{"Create":{"RegionName":"mars-1"}}])"),
              "ValidationException: Region mars-1 is not supported. The latest version of global "
              "tables are only supported in the following regions: [us-east-1, eu-west-1]");
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{"Delete":{"RegionName":"eu-west-1"}}])"),
              "ValidationException: Update global table operation failed because one or more "
              "replicas were not part of the global table. Please retry the request without these "
              "replicas: [eu-west-1].");
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{}])"),
              "ValidationException: There are no actions specified in the Replica Update Action of "
              "the request.");

    const auto answer = us_.ok("UpdateTable", R"({"TableName":"Calls",
        "ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]})")
                            .at("TableDescription");
    EXPECT_EQ(text(answer.at("Replicas")),
              R"([{"RegionName":"eu-west-1","ReplicaStatus":"CREATING"}])");
    auto table = us_.table("Calls");
    EXPECT_EQ(text(table.at("Replicas")),
              R"([{"RegionName":"eu-west-1","ReplicaStatus":"ACTIVE"}])");
    EXPECT_EQ(table.at("GlobalTableVersion"), "2019.11.21");
    // A global table has a stream.
    EXPECT_EQ(text(table.at("StreamSpecification")),
              R"({"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"})");
    EXPECT_EQ(
        update_error(R"("StreamSpecification":{"StreamEnabled":false})"),
        std::string(kInvalid) + "Disabling Stream is not allowed for a Global Table replica.");
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}])"),
              "ValidationException: Failed to create a the new replica of table with name: "
              "‘Calls’ because one or more replicas already existed as tables.");

    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return !eu_.table("Calls").empty(); }));
    EXPECT_EQ(eu_.call("GetItem", R"({"TableName":"Calls","Key":{"pk":{"S":"x"}}})").body,
              R"({"Item":{"pk":{"S":"x"}}})");
    EXPECT_EQ(text(eu_.table("Calls").at("Replicas")),
              R"([{"RegionName":"us-east-1","ReplicaStatus":"ACTIVE"}])");
    EXPECT_EQ(eu_.table("Calls").at("TableArn"),
              "arn:aws:dynamodb:eu-west-1:000000000000:table/Calls");

    // Deleted in one region it stays in the other one, and its stream stays on.
    (void)eu_.ok("DeleteTable", R"({"TableName":"Calls"})");
    EXPECT_TRUE(eu_.table("Calls").empty());
    eu_.carry_to(us_);
    ASSERT_TRUE(comes([&] { return !us_.table("Calls").contains("Replicas"); }));
    table = us_.table("Calls");
    EXPECT_FALSE(table.contains("GlobalTableVersion"));
    EXPECT_TRUE(table.contains("StreamSpecification"));
    EXPECT_EQ(table.at("ItemCount"), 1);
    update(R"("StreamSpecification":{"StreamEnabled":false})");
}

TEST_F(TableOperationsTest, AReplicaIsNotMadeOverAnotherTable) {
    (void)us_.ok("CreateTable", hash_table("Calls"));
    (void)eu_.ok("CreateTable", hash_table("Calls"));
    eu_.carry_to(us_);
    ASSERT_TRUE(comes([&] { return us_.tables->everywhere().size() == 3; }));
    EXPECT_EQ(update_error(R"("ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}])"),
              "ValidationException: Failed to create a the new replica of table with name: "
              "‘Calls’ because one or more replicas already existed as tables.");
}

// As the commands of the original design's documents do it.
TEST_F(TableOperationsTest, ATableOfMeridiansOwnIsTakenOver) {
    const std::string create = R"({"TableName":"GlobalCallRouting","AttributeDefinitions":[
        {"AttributeName":"phoneNumber","AttributeType":"S"},
        {"AttributeName":"region","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"phoneNumber","KeyType":"HASH"},
                     {"AttributeName":"region","KeyType":"RANGE"}],
        "BillingMode":"PAY_PER_REQUEST",
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})";
    EXPECT_EQ(us_.error("CreateTable", hash_table("GlobalCallRouting")),
              "ValidationException: GlobalCallRouting is a table that Meridian itself works with, "
              "by the key phoneNumber (HASH, S) and region (RANGE, S): create it with that key, or "
              "create a table of another name");
    const auto before = us_.table("GlobalCallRouting");
    EXPECT_EQ(before.at("TableStatus"), "ACTIVE");
    (void)us_.ok("PutItem", R"({"TableName":"GlobalCallRouting","Item":{
        "phoneNumber":{"S":"+1800"},"region":{"S":"us-east-1"}}})");
    const auto created = us_.ok("CreateTable", create).at("TableDescription");
    EXPECT_EQ(created.at("TableStatus"), "CREATING");
    EXPECT_EQ(text(created.at("TableId")), text(before.at("TableId")));
    EXPECT_EQ(us_.table("GlobalCallRouting").at("ItemCount"), 1);
    EXPECT_EQ(us_.error("CreateTable", create),
              "ResourceInUseException: Table already exists: GlobalCallRouting");
    (void)us_.ok("UpdateTable", R"({"TableName":"GlobalCallRouting",
        "ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]})");
    EXPECT_EQ(text(us_.table("GlobalCallRouting").at("Replicas")),
              R"([{"RegionName":"eu-west-1","ReplicaStatus":"ACTIVE"}])");
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return eu_.table("GlobalCallRouting").contains("Replicas"); }));
    (void)us_.ok("UpdateTable", R"({"TableName":"GlobalCallRouting",
        "ReplicaUpdates":[{"Delete":{"RegionName":"eu-west-1"}}]})");
    EXPECT_EQ(us_.error("DeleteTable", R"({"TableName":"GlobalCallRouting"})"),
              "ValidationException: GlobalCallRouting is a table that Meridian itself works with: "
              "it cannot be deleted, only emptied");
    us_.open();
    EXPECT_EQ(text(us_.table("GlobalCallRouting").at("StreamSpecification")),
              R"({"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"})");
}

TEST_F(TableOperationsTest, LimitsAndEndpoints) {
    EXPECT_EQ(us_.call("DescribeLimits", "{}").body,
              R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
              R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
    us_.world->endpoint = [] { return "127.0.0.1:8000"; };
    EXPECT_EQ(us_.call("DescribeEndpoints", "{}").body,
              R"({"Endpoints":[{"Address":"127.0.0.1:8000","CachePeriodInMinutes":1440}]})");
}

}  // namespace
}  // namespace meridian::dynamo
