// Sources of the cases that say what the service answers: the tests of dynalite, scylladb's
// alternator, moto (those verified against AWS) and dynamodb-conformance.
#include "dynamo/query.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>

#include "dynamo/range_table_for_tests.h"
#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kStart = kInvalid + "The provided starting key is invalid";
const std::string kMismatch = "The provided key element does not match the schema";

class QueryTest : public testing::Test {
  protected:
    QueryTest() {
        service_.add(hash_table());
        service_.add(range_table());
    }

    // `more` is further members: R"("Limit":1)".
    static std::string body(std::string_view table, std::string_view more) {
        return fmt::format(R"({{"TableName":"{}"{}{}}})", table, more.empty() ? "" : ",", more);
    }
    std::string error(std::string_view more, std::string_view table = "range") {
        return service_.error("Query", body(table, more));
    }
    std::string ok(std::string_view more, std::string_view table = "range") {
        return service_.ok("Query", body(table, more));
    }
    void put(std::string_view item, std::string_view table = "range") {
        (void)service_.ok("PutItem", body(table, fmt::format(R"("Item":{})", item)));
    }

    TestService service_;
};

// `a` = "x".
constexpr std::string_view kOfX =
    R"("KeyConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{"S":"x"}})";

// ---- What it reads

TEST_F(QueryTest, ItemsOfAPartitionInOrder) {
    for (const auto* item :
         {R"({"a":{"S":"x"},"b":{"S":"2"},"n":{"N":"1"}})", R"({"a":{"S":"x"},"b":{"S":"10"}})",
          R"({"a":{"S":"x"},"b":{"S":"1"}})", R"({"a":{"S":"y"},"b":{"S":"1"}})"}) {
        put(item);
    }
    EXPECT_EQ(ok(kOfX), R"({"Count":3,"Items":[{"a":{"S":"x"},"b":{"S":"1"}},)"
                        R"({"a":{"S":"x"},"b":{"S":"10"}},)"
                        R"({"a":{"S":"x"},"b":{"S":"2"},"n":{"N":"1"}}],"ScannedCount":3})");
    EXPECT_EQ(ok(std::string(kOfX) + R"(,"ScanIndexForward":false,"Limit":2)"),
              R"({"Count":2,"Items":[{"a":{"S":"x"},"b":{"S":"2"},"n":{"N":"1"}},)"
              R"({"a":{"S":"x"},"b":{"S":"10"}}],"ScannedCount":2,)"
              R"("LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"10"}}})");
    EXPECT_EQ(ok(std::string(kOfX) + R"(,"ScanIndexForward":false,)"
                                     R"("ExclusiveStartKey":{"a":{"S":"x"},"b":{"S":"10"}})"),
              R"({"Count":1,"Items":[{"a":{"S":"x"},"b":{"S":"1"}}],"ScannedCount":1})");
    EXPECT_EQ(ok(R"("KeyConditionExpression":"a = :a",)"
                 R"("ExpressionAttributeValues":{":a":{"S":"nobody"}})"),
              R"({"Count":0,"Items":[],"ScannedCount":0})");
}

TEST_F(QueryTest, ConditionsOnTheSortKey) {
    for (const auto* b : {"1", "2", "21", "3"}) {
        put(fmt::format(R"({{"a":{{"S":"x"}},"b":{{"S":"{}"}}}})", b));
    }
    struct Case {
        std::string expression;
        std::string older;
        std::string found;
    };
    const Case cases[] = {
        {"b = :v", R"("EQ","AttributeValueList":[{"S":"2"}])", "2 "},
        {"b < :v", R"("LT","AttributeValueList":[{"S":"2"}])", "1 "},
        {"b <= :v", R"("LE","AttributeValueList":[{"S":"2"}])", "1 2 "},
        {"b > :v", R"("GT","AttributeValueList":[{"S":"2"}])", "21 3 "},
        {":v <= b", R"("GE","AttributeValueList":[{"S":"2"}])", "2 21 3 "},
        {"b BETWEEN :v AND :w", R"("BETWEEN","AttributeValueList":[{"S":"2"},{"S":"3"}])",
         "2 21 3 "},
        {"begins_with(b, :v)", R"("BEGINS_WITH","AttributeValueList":[{"S":"2"}])", "2 21 "},
    };
    const auto found = [this](const std::string& more) {
        const auto answer = boost::json::parse(ok(more)).as_object();
        std::string sorts;
        for (const auto& item : answer.at("Items").as_array()) {
            sorts += std::string(item.at("b").at("S").as_string()) + " ";
        }
        return sorts;
    };
    for (const auto& [expression, older, expected] : cases) {
        EXPECT_EQ(found(fmt::format(
                      R"("KeyConditionExpression":"(a = :a) AND {}","ExpressionAttributeValues":)"
                      R"({{":a":{{"S":"x"}},":v":{{"S":"2"}}{}}})",
                      expression, expression.contains(":w") ? R"(,":w":{"S":"3"})" : "")),
                  expected)
            << expression;
        EXPECT_EQ(found(fmt::format(
                      R"("KeyConditions":{{"a":{{"ComparisonOperator":"EQ","AttributeValueList":)"
                      R"([{{"S":"x"}}]}},"b":{{"ComparisonOperator":{}}}}})",
                      older)),
                  expected)
            << older;
    }
}

TEST_F(QueryTest, FiltersWhatItHasCounted) {
    for (int i = 0; i < 6; ++i) {
        put(fmt::format(R"({{"a":{{"S":"x"}},"b":{{"S":"{}"}},"n":{{"N":"{}"}}}})", i, i % 2));
    }
    const std::string values = R"("ExpressionAttributeValues":{":a":{"S":"x"},":n":{"N":"1"}})";
    EXPECT_EQ(ok(R"("KeyConditionExpression":"a = :a","FilterExpression":"n = :n",)" + values +
                 R"(,"Select":"COUNT")"),
              R"({"Count":3,"ScannedCount":6})");
    EXPECT_EQ(
        ok(R"("KeyConditionExpression":"a = :a","FilterExpression":"n = :n","Limit":3,)" + values),
        R"({"Count":1,"Items":[{"a":{"S":"x"},"b":{"S":"1"},"n":{"N":"1"}}],)"
        R"("ScannedCount":3,"LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"2"}}})");
    EXPECT_EQ(
        ok(R"("KeyConditions":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
           R"("QueryFilter":{"n":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]},)"
           R"("m":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"OR",)"
           R"("Select":"COUNT")"),
        R"({"Count":3,"ScannedCount":6})");
    // KeyConditions and a FilterExpression go together.
    EXPECT_EQ(
        ok(R"("KeyConditions":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
           R"("FilterExpression":"n = :n","ExpressionAttributeValues":{":n":{"N":"0"}},)"
           R"("Select":"COUNT")"),
        R"({"Count":3,"ScannedCount":6})");
}

TEST_F(QueryTest, ShowsWhatWasAskedFor) {
    put(R"({"a":{"S":"x"},"b":{"S":"1"},"m":{"M":{"k":{"S":"v"},"l":{"S":"w"}}},"n":{"N":"1"}})");
    const std::string of_x(kOfX);
    const std::string shown = R"({"Count":1,"Items":[{"m":{"M":{"k":{"S":"v"}}},"n":{"N":"1"}}],)"
                              R"("ScannedCount":1})";
    EXPECT_EQ(ok(of_x + R"(,"ProjectionExpression":"n, m.k")"), shown);
    EXPECT_EQ(ok(of_x + R"(,"ProjectionExpression":"n, m.k","Select":"SPECIFIC_ATTRIBUTES")"),
              shown);
    EXPECT_EQ(ok(of_x + R"(,"ProjectionExpression":"gone")"),
              R"({"Count":1,"Items":[{}],"ScannedCount":1})");
    EXPECT_EQ(
        ok(R"("KeyConditions":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
           R"("AttributesToGet":["n","b"])"),
        R"({"Count":1,"Items":[{"b":{"S":"1"},"n":{"N":"1"}}],"ScannedCount":1})");
    // Where a page ended does not depend on what it shows.
    EXPECT_EQ(ok(of_x + R"(,"ProjectionExpression":"n","Limit":1)"),
              R"({"Count":1,"Items":[{"n":{"N":"1"}}],"ScannedCount":1,)"
              R"("LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"1"}}})");
}

TEST_F(QueryTest, CostsWhatItHasExamined) {
    const std::string kilobytes(3'000, 'x');
    for (int i = 0; i < 4; ++i) {
        put(fmt::format(R"({{"a":{{"S":"x"}},"b":{{"S":"{}"}},"t":{{"S":"{}"}}}})", i, kilobytes));
    }
    const auto consumed = [this](std::string_view more) {
        const auto answer = ok(std::string(kOfX) + R"(,"Select":"COUNT",)" + std::string(more));
        return answer.substr(answer.find("\"ConsumedCapacity\""));
    };
    EXPECT_EQ(consumed(R"("ReturnConsumedCapacity":"TOTAL")"),
              R"("ConsumedCapacity":{"TableName":"range","CapacityUnits":1.5}})");
    EXPECT_EQ(consumed(R"("ReturnConsumedCapacity":"INDEXES","ConsistentRead":true)"),
              R"("ConsumedCapacity":{"TableName":"range","CapacityUnits":3.0,)"
              R"("Table":{"CapacityUnits":3.0}}})");
    EXPECT_EQ(ok(std::string(kOfX) + R"(,"Select":"COUNT","ReturnConsumedCapacity":"NONE")"),
              R"({"Count":4,"ScannedCount":4})");
    const auto empty =
        ok(R"("KeyConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{"S":"q"}},)"
           R"("ReturnConsumedCapacity":"TOTAL")");
    EXPECT_TRUE(empty.contains(R"("CapacityUnits":0.5)")) << empty;
}

TEST_F(QueryTest, APageHoldsAMegabyte) {
    const std::string text(100'000, 'x');
    for (int i = 0; i < 15; ++i) {
        put(fmt::format(R"({{"a":{{"S":"x"}},"b":{{"S":"{:02}"}},"t":{{"S":"{}"}}}})", i, text));
    }
    EXPECT_EQ(
        ok(std::string(kOfX) + R"(,"Select":"COUNT")"),
        R"({"Count":11,"ScannedCount":11,"LastEvaluatedKey":{"a":{"S":"x"},"b":{"S":"10"}}})");
    EXPECT_EQ(ok(std::string(kOfX) +
                 R"(,"Select":"COUNT","ExclusiveStartKey":{"a":{"S":"x"},"b":{"S":"10"}})"),
              R"({"Count":4,"ScannedCount":4})");
}

// ---- What it refuses, apart from the table

TEST_F(QueryTest, ParametersOfOtherTypes) {
    EXPECT_EQ(service_.call("Query", R"({"TableName":"range","Limit":"1"})").error_type,
              "SerializationException");
    EXPECT_EQ(service_.call("Query", R"({"TableName":"range","KeyConditions":[]})").error_type,
              "SerializationException");
    EXPECT_EQ(service_.call("Query", R"({"TableName":1})").error_type, "SerializationException");
}

TEST_F(QueryTest, ValuesThatParametersCantHave) {
    EXPECT_EQ(error(std::string(kOfX) + R"(,"Select":"INVALID_VALUE")"),
              kInvalid +
                  "1 validation error detected: Value 'INVALID_VALUE' at 'select' failed to "
                  "satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, "
                  "COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]");
    EXPECT_EQ(error(std::string(kOfX) + R"(,"Limit":0)"),
              kInvalid +
                  "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                  "Member must have value greater than or equal to 1");
    EXPECT_EQ(error(std::string(kOfX) + R"(,"IndexName":"i")"),
              kInvalid +
                  "1 validation error detected: Value 'i' at 'indexName' failed to satisfy "
                  "constraint: Member must have length greater than or equal to 3");
    EXPECT_EQ(error(R"("KeyConditions":{"a":{}})"),
              kInvalid +
                  "1 validation error detected: Value null at "
                  "'keyConditions.a.member.comparisonOperator' failed to satisfy constraint: "
                  "Member must not be null");
    EXPECT_EQ(service_.error("Query", "{}"),
              kInvalid +
                  "1 validation error detected: Value null at 'tableName' failed to satisfy "
                  "constraint: Member must not be null");
}

TEST_F(QueryTest, AnUnknownConditionalOperatorIsToldAlone) {
    EXPECT_EQ(
        error(
            R"("KeyConditions":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
            R"("QueryFilter":{"n":{"ComparisonOperator":"NULL"},)"
            R"("m":{"ComparisonOperator":"NULL"}},"ConditionalOperator":"XOR","Select":"BOGUS")"),
        kInvalid + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
    EXPECT_EQ(error(R"("ConditionalOperator":"AND")"),
              kInvalid + "ConditionalOperator cannot be used without Filter or Expected");
}

TEST_F(QueryTest, ParametersThatDontGoTogether) {
    const std::string equal =
        R"({"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}})";
    const std::pair<std::string, std::string> cases[] = {
        {"",
         "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
         "request."},
        {R"("KeyConditions":)" + equal + "," + std::string(kOfX),
         "Can not use both expression and non-expression parameters in the same request: "
         "Non-expression parameters: {KeyConditions} Expression parameters: "
         "{KeyConditionExpression}"},
        {R"("QueryFilter":)" + equal + "," + std::string(kOfX),
         "Can not use both expression and non-expression parameters in the same request: "
         "Non-expression parameters: {QueryFilter} Expression parameters: "
         "{KeyConditionExpression}"},
        {R"("KeyConditions":)" + equal + R"(,"ExpressionAttributeValues":{":a":{"S":"x"}})",
         "ExpressionAttributeValues can only be specified when using expressions"},
        {std::string(kOfX) + R"(,"Select":"ALL_ATTRIBUTES","ProjectionExpression":"b")",
         "1 validation error detected: Cannot specify the ProjectionExpression when choosing to "
         "get ALL_ATTRIBUTES"},
        {std::string(kOfX) + R"(,"Select":"COUNT","ProjectionExpression":"b")",
         "1 validation error detected: Cannot specify the ProjectionExpression when choosing to "
         "get only the Count"},
        {std::string(kOfX) + R"(,"Select":"ALL_PROJECTED_ATTRIBUTES","ProjectionExpression":"b")",
         "1 validation error detected: Cannot specify the ProjectionExpression when choosing to "
         "get ALL_PROJECTED_ATTRIBUTES"},
        {R"("KeyConditions":)" + equal + R"(,"Select":"COUNT","AttributesToGet":["b"])",
         "1 validation error detected: Cannot specify the AttributesToGet when choosing to get "
         "only the Count"},
        {std::string(kOfX) + R"(,"Select":"SPECIFIC_ATTRIBUTES")",
         "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression "
         "when choosing to get SPECIFIC_ATTRIBUTES"},
        {std::string(kOfX) + R"(,"Select":"ALL_PROJECTED_ATTRIBUTES")",
         "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying "
         "using an IndexName"},
        {R"("KeyConditions":)" + equal + R"(,"AttributesToGet":["b","b"])",
         "One or more parameter values were invalid: Duplicate value in attribute name: b"},
    };
    for (const auto& [more, message] : cases) {
        EXPECT_EQ(error(more), kInvalid + message) << more;
    }
}

TEST_F(QueryTest, ExpressionsThatMeanNothing) {
    const std::pair<std::string, std::string> cases[] = {
        {R"("KeyConditionExpression":"","FilterExpression":"","ProjectionExpression":"")",
         "Invalid KeyConditionExpression: The expression can not be empty;"},
        // All texts are read before what a key condition may hold is looked at.
        {R"j("KeyConditionExpression":"attribute_type(a, :a)","FilterExpression":"",)j"
         R"("ExpressionAttributeValues":{":a":{"S":"N"}})",
         "Invalid FilterExpression: The expression can not be empty;"},
        {R"j("KeyConditionExpression":"attribute_type(a, :a)","ProjectionExpression":"",)j"
         R"("ExpressionAttributeValues":{":a":{"S":"N"}})",
         "Invalid ProjectionExpression: The expression can not be empty;"},
        {R"j("KeyConditionExpression":"attribute_type(a, :a)",)j"
         R"("ExpressionAttributeValues":{":a":{"S":"N"},":b":{"S":"N"}})",
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"},
        {R"j("KeyConditionExpression":"attribute_type(a, :a)",)j"
         R"("ExpressionAttributeValues":{":a":{"S":"N"}})",
         "Invalid operator used in KeyConditionExpression: attribute_type"},
        {std::string(kOfX) + R"(,"ExpressionAttributeNames":{"#unused":"x"})",
         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}"},
        {std::string(kOfX) + R"(,"FilterExpression":"#missing = :a")",
         "Invalid FilterExpression: An expression attribute name used in the document path is not "
         "defined; attribute name: #missing"},
        {std::string(kOfX) + R"(,"ProjectionExpression":"n, n")",
         "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
         "rewrite one of these paths; path one: [n], path two: [n]"},
    };
    for (const auto& [more, message] : cases) {
        EXPECT_EQ(error(more), kInvalid + message) << more;
        // Whatever the table is.
        EXPECT_EQ(error(more, "nowhere"), kInvalid + message) << more;
    }
}

TEST_F(QueryTest, ValuesOfAStartKeyThatMeanNothing) {
    const std::pair<std::string, std::string> cases[] = {
        {"{}", kStart + ": Supplied AttributeValue is empty, must contain exactly one of the "
                        "supported datatypes"},
        {R"({"S":"a","N":"1"})",
         kStart + ": Supplied AttributeValue has more than one datatypes set, must contain exactly "
                  "one of the supported datatypes"},
        {R"({"SS":[]})", kStart + ": One or more parameter values were invalid: An string set  may "
                                  "not be empty"},
        {R"({"N":"b"})", kInvalid + "The parameter cannot be converted to a numeric value: b"},
        {R"({"NS":["1","1"]})",
         kInvalid + "One or more parameter values were invalid: Input collection contains "
                    "duplicates."},
    };
    for (const auto& [value, message] : cases) {
        EXPECT_EQ(error(fmt::format(R"("KeyConditionExpression":"","ExclusiveStartKey":{{"a":{}}})",
                                    value)),
                  message)
            << value;
    }
}

// ---- What it refuses of a table

TEST_F(QueryTest, TablesAndIndexesThatThereArent) {
    EXPECT_EQ(error(kOfX, "nowhere"), "ResourceNotFoundException: Requested resource not found");
    EXPECT_EQ(error(std::string(kOfX) + R"(,"IndexName":"whatever","ExclusiveStartKey":{})"),
              kInvalid + "The table does not have the specified index: whatever");
    EXPECT_EQ(error(std::string(kOfX) + R"(,"IndexName":"index3","ConsistentRead":true)"),
              kInvalid + "Consistent reads are not supported on global secondary indexes");
}

TEST_F(QueryTest, ConditionsThatDontFitTheKey) {
    const std::string type =
        "One or more parameter values were invalid: Condition parameter type does not match "
        "schema type";
    struct Case {
        std::string expression;
        std::string values;
        std::string message;
        std::string index = "";
    };
    const Case cases[] = {
        {"b = :v", R"(":v":{"S":"x"})", "Query condition missed key schema element: a"},
        {"q = :v", R"(":v":{"S":"x"})", "Query condition missed key schema element: a"},
        {"a = :v AND q = :v", R"(":v":{"S":"x"})", "Query condition missed key schema element: b"},
        {"a = :v AND b = :v", R"(":v":{"S":"x"})", "Query condition missed key schema element: c",
         "index1"},
        {"a = :v", R"(":v":{"S":"x"})", "Query condition missed key schema element: c", "index3"},
        {"a = :v", R"(":v":{"N":"1"})", type},
        {"a = :v AND b > :w", R"(":v":{"S":"x"},":w":{"N":"1"})", type},
        {"a > :v", R"(":v":{"S":"x"})", "Query key condition not supported"},
        {"a = :v AND b > :v AND c > :v", R"(":v":{"S":"x"})",
         "The number of query conditions (3) exceeds the number of key attributes defined in the "
         "schema (2)"},
    };
    for (const auto& [expression, values, message, index] : cases) {
        EXPECT_EQ(
            error(fmt::format(
                R"("KeyConditionExpression":"{}","ExpressionAttributeValues":{{{}}}{})", expression,
                values, index.empty() ? "" : fmt::format(R"(,"IndexName":"{}")", index))),
            kInvalid + message)
            << expression;
    }
}

TEST_F(QueryTest, StartKeysThatDontFitTheKey) {
    struct Case {
        std::string index;
        std::string conditions;
        std::string start;
        std::string message;
    };
    const std::string of_a = R"("a = :v","ExpressionAttributeValues":{":v":{"S":"b"}})";
    const std::string of_c = R"("c = :v","ExpressionAttributeValues":{":v":{"S":"b"}})";
    const std::string of_z = R"("z = :v","ExpressionAttributeValues":{":v":{"N":"1"}})";
    const Case cases[] = {
        {"", of_z, "{}", kStart},
        {"", of_z, R"({"z":{"N":"1"}})", kStart},
        {"", of_z, R"({"b":{"S":"a"},"c":{"S":"b"}})", kStart},
        {"", of_z, R"({"a":{"N":"1"},"b":{"S":"a"},"c":{"S":"b"}})", kStart},
        {"", of_z, R"({"a":{"N":"1"},"z":{"S":"a"}})", kInvalid + kMismatch},
        {"", of_z, R"({"a":{"S":"a"},"b":{"N":"1"}})",
         kInvalid + "Query condition missed key schema element: a"},
        {"", of_a, R"({"a":{"S":"a"},"z":{"S":"1"}})", kStart},
        {"", of_a, R"({"a":{"S":"a"},"b":{"N":"1"}})", kInvalid + kMismatch},
        {"index1", of_z, R"({"a":{"S":"a"},"c":{"S":"a"}})", kStart},
        {"index1", of_z, R"({"a":{"N":"1"},"x":{"S":"1"},"y":{"S":"1"}})", kInvalid + kMismatch},
        {"index1", of_a, R"({"a":{"S":"a"},"b":{"N":"1"},"c":{"N":"1"}})", kInvalid + kMismatch},
        {"index1", of_a, R"({"a":{"S":"1"},"b":{"N":"1"},"c":{"S":"a"}})",
         kStart + ": " + kMismatch},
        {"index3", of_c, R"({"a":{"S":"x"}})", kStart},
        {"index3", of_c, R"({"x":{"N":"1"},"y":{"N":"1"},"c":{"S":"a"}})",
         kStart + ": " + kMismatch},
        {"index4", of_c, R"({"a":{"S":"1"},"b":{"N":"1"},"c":{"S":"a"},"d":{"S":"a"}})",
         kStart + ": " + kMismatch},
        {"index4", of_c, R"({"a":{"S":"1"},"b":{"S":"1"},"c":{"S":"a"},"e":{"S":"a"}})", kStart},
    };
    for (const auto& [index, conditions, start, message] : cases) {
        EXPECT_EQ(error(fmt::format(
                      R"("KeyConditionExpression":{},"ExclusiveStartKey":{}{})", conditions, start,
                      index.empty() ? "" : fmt::format(R"(,"IndexName":"{}")", index))),
                  message)
            << index << " " << conditions << " " << start;
    }
}

TEST_F(QueryTest, StartKeysOutsideOfWhatIsAskedFor) {
    const std::string outside =
        kInvalid +
        "The provided starting key is outside query boundaries based on provided conditions";
    const std::string predicate =
        kInvalid + "The provided starting key does not match the range key predicate";
    const std::string restarted =
        kInvalid + "The query can return at most one row and cannot be restarted";
    struct Case {
        std::string index;
        std::string expression;
        std::string start;
        std::string message;
    };
    const std::string in_table = R"({"a":{"S":"a"},"b":{"S":"a"}})";
    const std::string in_index4 = R"({"a":{"S":"a"},"b":{"S":"a"},"c":{"S":"a"},"d":{"S":"a"}})";
    const Case cases[] = {
        {"", "a = :v", in_table, outside},
        {"index1", "a = :v", R"({"a":{"S":"a"},"b":{"S":"a"},"c":{"S":"a"}})", outside},
        {"index3", "c = :v", R"({"a":{"S":"a"},"b":{"S":"a"},"c":{"S":"a"}})", outside},
        {"index4", "c = :v", in_index4, outside},
        {"", "a = :v AND b > :v", in_table, predicate},
        {"index4", "c = :v AND d > :v", in_index4, predicate},
        {"", "a = :v AND b < :v", in_table, restarted},
    };
    for (const auto& [index, expression, start, message] : cases) {
        EXPECT_EQ(
            error(fmt::format(R"("KeyConditionExpression":"{}","ExpressionAttributeValues":)"
                              R"({{":v":{{"S":"b"}}}},"ExclusiveStartKey":{}{})",
                              expression, start,
                              index.empty() ? "" : fmt::format(R"(,"IndexName":"{}")", index))),
            message)
            << index << " " << expression;
    }
}

TEST_F(QueryTest, StartKeysThatNobodyWasGiven) {
    for (const auto* b : {"2", "4", "6"}) {
        put(fmt::format(R"({{"a":{{"S":"x"}},"b":{{"S":"{}"}}}})", b));
    }
    EXPECT_EQ(ok(std::string(kOfX) + R"(,"ExclusiveStartKey":{"a":{"S":"x"},"b":{"S":"3"}})"),
              R"({"Count":2,"Items":[{"a":{"S":"x"},"b":{"S":"4"}},{"a":{"S":"x"},"b":{"S":"6"}}],)"
              R"("ScannedCount":2})");
    EXPECT_EQ(error(std::string(kOfX) + R"(,"ExclusiveStartKey":{"a":{"S":"x"},"b":{"S":""}})"),
              kStart +
                  ": One or more parameter values are not valid. The AttributeValue for a key "
                  "attribute cannot contain an empty string value. Key: b");
}

TEST_F(QueryTest, FiltersOnKeys) {
    const std::pair<std::string, std::string> cases[] = {
        {R"("FilterExpression":"a = :a")",
         "Filter Expression can only contain non-primary key attributes: Primary key attribute: a"},
        {R"("FilterExpression":"attribute_exists(b.c) AND q = :a")",
         "Filter Expression can only contain non-primary key attributes: Primary key attribute: b"},
        {R"("FilterExpression":"d[1] = :a")",
         "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
         "allowed: IndexKey: d"},
        {R"("ProjectionExpression":"a.b")",
         "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
         "allowed: Key: a"},
    };
    for (const auto& [more, message] : cases) {
        EXPECT_EQ(error(std::string(kOfX) + "," + more), kInvalid + message) << more;
    }
    EXPECT_EQ(
        error(
            R"("KeyConditions":{"c":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
            R"("QueryFilter":{"d":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}},)"
            R"("IndexName":"index4")"),
        kInvalid +
            "QueryFilter can only contain non-primary key attributes: Primary key "
            "attribute: d");
}

TEST_F(QueryTest, WhatAnIndexDoesntHold) {
    const std::string of_c = R"("IndexName":"index4","KeyConditionExpression":"c = :c",)"
                             R"("ExpressionAttributeValues":{":c":{"S":"x"}})";
    EXPECT_EQ(error(of_c + R"(,"Select":"ALL_ATTRIBUTES")"),
              kInvalid +
                  "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                  "supported for global secondary index index4 because its projection type is not "
                  "ALL");
    EXPECT_EQ(error(of_c + R"(,"ProjectionExpression":"z, e, a, q.r")"),
              kInvalid +
                  "One or more parameter values were invalid: Global secondary index index4 does "
                  "not project [z, q]");
    EXPECT_EQ(error(of_c + R"(,"FilterExpression":"z > :c OR e > :c OR q > :c")"),
              kInvalid +
                  "One or more parameter values were invalid: Secondary index index4 does not "
                  "project one or more filter attributes: [z, q]");
    EXPECT_EQ(
        error(std::string(kOfX) +
              R"(,"IndexName":"index2","FilterExpression":"z > :a","Select":"ALL_ATTRIBUTES")"),
        kInvalid +
            "One or more parameter values were invalid: Secondary index index2 does not "
            "project one or more filter attributes: [z]");
}

}  // namespace
}  // namespace meridian::dynamo
