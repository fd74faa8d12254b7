// What operations on one item refuse, and in which words. The texts are those that the DynamoDB
// conformance suite pins, which runs against the service.
#include <gtest/gtest.h>

#include <string>

#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::string kOne = "ValidationException: 1 validation error detected: ";
const std::string kPlain = "ValidationException: ";
const std::string kInvalid = "One or more parameter values were invalid: ";

class ItemValidation : public testing::Test {
  protected:
    ItemValidation() {
        service_.add(hash_table());
        service_.add(composite_table());
        TableDescription binary = hash_table();
        binary.name = "binary";
        binary.key.partition.type = item::KeyType::kBinary;
        service_.add(binary);
    }

    std::string put(const std::string& rest) {
        return service_.error("PutItem", R"({"TableName":"hash",)" + rest + "}");
    }
    std::string get(const std::string& rest) {
        return service_.error("GetItem", R"({"TableName":"hash",)" + rest + "}");
    }
    std::string remove(const std::string& rest) {
        return service_.error("DeleteItem",
                              R"({"TableName":"hash","Key":{"pk":{"S":"a"}},)" + rest + "}");
    }
    std::string update(const std::string& rest) {
        return service_.error("UpdateItem",
                              R"({"TableName":"hash","Key":{"pk":{"S":"a"}},)" + rest + "}");
    }

    TestService service_;
};

TEST_F(ItemValidation, TablesNames) {
    const std::string item = R"("Item":{"pk":{"S":"a"}})";
    EXPECT_EQ(service_.error("PutItem", "{" + item + "}"),
              kOne +
                  "Value null at 'tableName' failed to satisfy constraint: Member must not be "
                  "null");
    EXPECT_EQ(service_.error("PutItem", R"({"TableName":"",)" + item + "}"),
              kOne +
                  "Value at 'TableName' failed to satisfy constraint: Member must have length "
                  "greater than or equal to 1");
    EXPECT_EQ(service_.error("PutItem", R"({"TableName":"none",)" + item + "}"),
              "ResourceNotFoundException: Requested resource not found");
    // Alone, whatever else is wrong.
    EXPECT_EQ(service_.error("PutItem", R"({"TableName":"","Item":{},"ReturnValues":"BAD"})"),
              kOne +
                  "Value at 'TableName' failed to satisfy constraint: Member must have length "
                  "greater than or equal to 1");
}

TEST_F(ItemValidation, EnumerationsTogether) {
    EXPECT_EQ(put(R"("Item":{"pk":{"S":"a"}},"ReturnValues":"BAD","ReturnConsumedCapacity":"BAD",
                     "ReturnItemCollectionMetrics":"BAD")"),
              "ValidationException: 3 validation errors detected: Value 'BAD' at "
              "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
              "value set: [INDEXES, TOTAL, NONE]; Failed to satisfy constraint: Member must "
              "satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]; Value "
              "'BAD' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must "
              "satisfy enum value set: [SIZE, NONE]");
    // UpdateItem tells ReturnValues alone ...
    EXPECT_EQ(update(R"("ReturnValues":"BAD","ReturnConsumedCapacity":"BAD")"),
              kOne +
                  "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, "
                  "UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]");
    // ... unless the key is missing.
    EXPECT_EQ(service_.error("UpdateItem", R"({"TableName":"","ReturnValues":"BAD",
                                               "ReturnConsumedCapacity":"BAD"})"),
              "ValidationException: 4 validation errors detected: Value 'BAD' at "
              "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
              "value set: [INDEXES, TOTAL, NONE]; Value '' at 'tableName' failed to satisfy "
              "constraint: Member must have length greater than or equal to 1; Value 'BAD' at "
              "'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
              "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value null at 'key' failed to "
              "satisfy constraint: Member must not be null");
}

TEST_F(ItemValidation, WritesWrapWhatIsWrongWithTheRequest) {
    const std::string item = R"("Item":{"pk":{"S":"a"}},)";
    const struct {
        std::string rest;
        std::string error;
    } cases[] = {
        {R"("ExpressionAttributeValues":{":v":{"S":"x"}})",
         "ExpressionAttributeValues can only be specified when using expressions"},
        {R"("ExpressionAttributeNames":{"#a":"a"})",
         "ExpressionAttributeNames can only be specified when using expressions"},
        {R"("ConditionExpression":"")",
         "Invalid ConditionExpression: The expression can not be empty;"},
        {R"J("ConditionExpression":"attribute_exists(a)","ExpressionAttributeValues":{})J",
         "ExpressionAttributeValues must not be empty"},
        {R"J("ConditionExpression":"attribute_exists(a)","ExpressionAttributeNames":{})J",
         "ExpressionAttributeNames must not be empty"},
        {R"("ReturnValues":"ALL_NEW")", "ReturnValues can only be ALL_OLD or NONE"},
        {R"J("Expected":{"pk":{"Exists":false}},"ConditionExpression":"attribute_exists(a)")J",
         "Can not use both expression and non-expression parameters in the same request: "
         "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
        {R"("Expected":{"a":{"Exists":true}})",
         kInvalid + "Value must be provided when Exists is true for Attribute: a"},
        {R"("Expected":{"a":{"ComparisonOperator":"EQ"}})",
         kInvalid + "Value or AttributeValueList must be used with ComparisonOperator: EQ for "
                    "Attribute: a"},
        {R"("Expected":{"a":{"Value":{"N":"x"}}})",
         "The parameter cannot be converted to a numeric value: x"},
        {R"("ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"N":"x"}})",
         "The parameter cannot be converted to a numeric value: x"},
        {R"J("ConditionExpression":"((attribute_not_exists(pk)))")J",
         "Invalid ConditionExpression: The expression has redundant parentheses;"},
        {R"("ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"S":"x"},":u":{"S":""}})",
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:u}"},
    };
    for (const auto& [rest, error] : cases) {
        EXPECT_EQ(put(item + rest), kOne + error);
        EXPECT_EQ(remove(rest), kOne + error);
    }
    EXPECT_EQ(put(R"("Item":{"pk":{"S":"a"},"bad":{"SS":[]}})"),
              kOne + kInvalid + "An string set  may not be empty");
}

TEST_F(ItemValidation, ReadsDoNot) {
    EXPECT_EQ(get(R"("Key":{"pk":{"N":"x"}})"),
              kPlain + "The parameter cannot be converted to a numeric value: x");
    EXPECT_EQ(get(R"("Key":{"pk":{"S":"a"}},"ProjectionExpression":"a, a")"),
              kPlain +
                  "Invalid ProjectionExpression: Two document paths overlap with each other; "
                  "must remove or rewrite one of these paths; path one: [a], path two: [a]");
    EXPECT_EQ(get(R"("Key":{"pk":{"S":"a"}},"ProjectionExpression":"a","AttributesToGet":["a"])"),
              kPlain +
                  "Can not use both expression and non-expression parameters in the same "
                  "request: Non-expression parameters: {AttributesToGet} Expression "
                  "parameters: {ProjectionExpression}");
    EXPECT_EQ(get(R"("Key":{"pk":{"S":"a"}},"AttributesToGet":["a","a"])"),
              kPlain + kInvalid + "Duplicate value in attribute name: a");
}

TEST_F(ItemValidation, Keys) {
    const std::string no_match = kPlain + "The provided key element does not match the schema";
    for (const auto* key : {R"({"pk":{"N":"1"}})", R"({"pk":{"L":[]}})", R"({"id":{"S":"a"}})",
                            "{}", R"({"pk":{"S":"a"},"sk":{"S":"b"}})"}) {
        EXPECT_EQ(get(R"("Key":)" + std::string(key)), no_match);
        EXPECT_EQ(
            service_.error("DeleteItem", R"({"TableName":"hash","Key":)" + std::string(key) + "}"),
            no_match);
        EXPECT_EQ(
            service_.error("UpdateItem", R"({"TableName":"hash","Key":)" + std::string(key) + "}"),
            no_match);
    }
    const std::string empty =
        kPlain +
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty ";
    EXPECT_EQ(get(R"("Key":{"pk":{"S":""}})"), empty + "string value. Key: pk");
    EXPECT_EQ(put(R"("Item":{"pk":{"S":""}})"), empty + "string value. Key: pk");
    EXPECT_EQ(service_.error("PutItem", R"({"TableName":"binary","Item":{"pk":{"B":""}}})"),
              empty + "binary value. Key: pk");
    const auto long_key = R"({"pk":{"S":")" + std::string(2049, 'a') + R"("}})";
    EXPECT_EQ(
        get(R"("Key":)" + long_key),
        kPlain + kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    EXPECT_EQ(
        service_.error("GetItem", R"({"TableName":"composite","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                      std::string(1025, 'a') + R"("}}})"),
        kPlain + kInvalid +
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

TEST_F(ItemValidation, KeysOfItems) {
    EXPECT_EQ(put(R"("Item":{"id":{"S":"a"}})"),
              kPlain + kInvalid + "Missing the key pk in the item");
    EXPECT_EQ(put(R"("Item":{"pk":{"N":"1"}})"),
              kPlain + kInvalid + "Type mismatch for key pk expected: S actual: N");
    const auto composite = [&](const std::string& more) {
        return service_.error("PutItem", R"({"TableName":"composite","Item":{"pk":{"S":"a"},
                                             "sk":{"S":"b"},)" +
                                             more + "}}");
    };
    EXPECT_EQ(composite(R"("lsi1sk":{"N":"1"})"),
              kPlain + kInvalid +
                  "Type mismatch for Index Key lsi1sk Expected: S Actual: N IndexName: gsi1");
    EXPECT_EQ(composite(R"("lsi2sk":{"S":""})"),
              kPlain +
                  "One or more parameter values are not valid. A value specified for a "
                  "secondary index key is not supported. The AttributeValue for a key "
                  "attribute cannot contain an empty string value. IndexName: gsi2, "
                  "IndexKey: lsi2sk");
}

TEST_F(ItemValidation, UpdatesOfKeys) {
    const std::string values = R"("ExpressionAttributeValues":{":v":{"S":"x"}})";
    EXPECT_EQ(update(R"("UpdateExpression":"SET pk = :v",)" + values),
              kPlain + kInvalid + "Cannot update attribute pk. This attribute is part of the key");
    EXPECT_EQ(update(R"("AttributeUpdates":{"pk":{"Action":"PUT","Value":{"S":"x"}}})"),
              kPlain + kInvalid + "Cannot update attribute pk. This attribute is part of the key");
}

TEST_F(ItemValidation, UpdatesOfIndexesKeys) {
    const auto composite = [&](const std::string& expression, const std::string& value) {
        return service_.error("UpdateItem",
                              R"({"TableName":"composite","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},
                                  "UpdateExpression":")" +
                                  expression + R"(","ExpressionAttributeValues":{":v":)" + value +
                                  "}}");
    };
    const std::string mismatch =
        kPlain + kInvalid +
        "Type mismatch for Index Key lsi1sk Expected: S Actual: N IndexName: gsi1";
    EXPECT_EQ(composite("SET lsi1sk = :v", R"({"N":"1"})"), mismatch);
    EXPECT_EQ(composite("ADD lsi1sk :v", R"({"N":"1"})"), mismatch);
    EXPECT_EQ(composite("SET lsi1sk = a + :v", R"({"N":"1"})"), mismatch);
    EXPECT_EQ(composite("SET lsi1sk = :v", R"({"S":""})"),
              kPlain +
                  "One or more parameter values are not valid. The update expression "
                  "attempted to update a secondary index key to a value that is not "
                  "supported. The AttributeValue for a key attribute cannot contain an empty "
                  "string value.");
    EXPECT_EQ(composite("SET lsi1sk.x = :v", R"({"S":"x"})"),
              kPlain +
                  "Key attributes must be scalars; list random access '[]' and map lookup "
                  "'.' are not allowed: IndexKey: lsi1sk");
    EXPECT_EQ(composite("DELETE lsi1sk :v", R"({"NS":["1"]})"),
              kPlain +
                  "One or more parameter values were invalid: Type mismatch for Index Key lsi1sk "
                  "Expected: S Actual: NS IndexName: gsi1");
    EXPECT_EQ(composite("SET lsi1sk = if_not_exists(z, :v)", R"({"N":"1"})"), mismatch);
    EXPECT_EQ(
        service_.error("GetItem", R"({"TableName":"composite","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},
                                            "ProjectionExpression":"x, lsi1sk[0]"})"),
        kPlain +
            "Key attributes must be scalars; list random access '[]' and map lookup "
            "'.' are not allowed: IndexKey: lsi1sk");
    // What is copied shows only when the item is there.
    (void)service_.ok("PutItem", R"({"TableName":"composite","Item":{"pk":{"S":"a"},"sk":{"S":"b"},
                                     "n":{"N":"1"},"s":{"S":"x"}}})");
    EXPECT_EQ(composite("SET lsi1sk = n, x = :v", R"({"S":"x"})"),
              kPlain +
                  "The update expression attempted to update the secondary index key to "
                  "unsupported type");
    EXPECT_EQ(service_.ok("UpdateItem", R"({"TableName":"composite",
                  "Key":{"pk":{"S":"a"},"sk":{"S":"b"}},"UpdateExpression":"SET lsi1sk = s",
                  "ReturnValues":"UPDATED_NEW"})"),
              R"({"Attributes":{"lsi1sk":{"S":"x"}}})");
    EXPECT_EQ(service_.error("UpdateItem", R"({"TableName":"composite",
                  "Key":{"pk":{"S":"a"},"sk":{"S":"b"}},"UpdateExpression":"SET lsi1sk = n",
                  "ConditionExpression":"n > s"})"),
              "ConditionalCheckFailedException: The conditional request failed");
}

TEST_F(ItemValidation, DeepRequestsInTheOlderWords) {
    std::string deep = R"({"S":"leaf"})";
    for (int i = 0; i < 63; ++i) {
        deep = R"({"M":{"n":)" + deep + "}}";
    }
    const std::string condition =
        R"("ConditionExpression":"d = :deep","ExpressionAttributeValues":{":deep":)" + deep + "}";
    EXPECT_EQ(remove(condition + R"(,"ReturnValues":"BOGUS")"),
              kOne +
                  "Value 'BOGUS' at 'returnValues' failed to satisfy constraint: Member must "
                  "satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]");
    EXPECT_EQ(remove(condition + R"(,"ReturnValues":"UPDATED_NEW")"),
              kPlain + "ReturnValues can only be ALL_OLD or NONE");
    EXPECT_EQ(remove(condition), kPlain + std::string(item::kTooDeep));
}

TEST_F(ItemValidation, Updates) {
    const std::string values = R"("ExpressionAttributeValues":{":v":{"S":"x"}})";
    EXPECT_EQ(update(R"("UpdateExpression":"INVALID SYNTAX HERE",)" + values),
              kOne + R"(Invalid UpdateExpression: Syntax error; token: "INVALID", near: )"
                     R"("INVALID SYNTAX")");
    EXPECT_EQ(update(R"("UpdateExpression":"SET a = :v")"),
              kOne +
                  "Invalid UpdateExpression: An expression attribute value used in expression "
                  "is not defined; attribute value: :v");
    EXPECT_EQ(update(R"("UpdateExpression":"SET b = :v","ConditionExpression":"a = :w",)" + values),
              kOne +
                  "Invalid ConditionExpression: An expression attribute value used in "
                  "expression is not defined; attribute value: :w");
    // What only the item shows is not wrapped.
    EXPECT_EQ(update(R"("UpdateExpression":"SET a.b = :v",)" + values),
              kPlain + "The document path provided in the update expression is invalid for update");
    EXPECT_EQ(update(R"("UpdateExpression":"SET a = b + :v",
                        "ExpressionAttributeValues":{":v":{"N":"1"}})"),
              kPlain +
                  "The provided expression refers to an attribute that does not exist in the "
                  "item");
}

TEST_F(ItemValidation, LongNames) {
    const std::string name(65536, 'n');
    const std::string error =
        kInvalid + "Attribute name is too large, must be less than 65536 bytes";
    EXPECT_EQ(put(R"("Item":{"pk":{"S":"a"},")" + name + R"(":{"S":"x"}})"), kOne + error);
    EXPECT_EQ(get(R"("Key":{"pk":{"S":"a"}},"AttributesToGet":[")" + name + R"("])"),
              kPlain + error);
    EXPECT_EQ(update(R"("AttributeUpdates":{")" + name + R"(":{"Value":{"S":"x"}}})"),
              kOne + error);
}

TEST_F(ItemValidation, Sizes) {
    const std::string text(400 * 1024 - 3, 'x');  // with the names and the key just too much
    EXPECT_EQ(put(R"("Item":{"pk":{"S":"a"},"t":{"S":")" + text + R"("}})"),
              kOne + "Item size has exceeded the maximum allowed size");
    EXPECT_EQ(update(R"("UpdateExpression":"SET t = :v","ExpressionAttributeValues":{":v":{"S":")" +
                     text + R"("}})"),
              kPlain + "Item size to update has exceeded the maximum allowed size");
}

}  // namespace
}  // namespace meridian::dynamo
