// The texts are those that the DynamoDB conformance suite pins, which runs against the service.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "dynamo/world_for_tests.h"

namespace meridian::dynamo {
namespace {

const std::string kPlain = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";

class Transactions : public testing::Test {
  protected:
    Transactions() {
        service_.add(hash_table());
        service_.add(composite_table());
    }

    Answer write(const std::string& items, const std::string& more = "") {
        return service_.call("TransactWriteItems",
                             R"({"TransactItems":[)" + items + "]" + more + "}");
    }
    std::string write_error(const std::string& items, const std::string& more = "") {
        return service_.error("TransactWriteItems",
                              R"({"TransactItems":[)" + items + "]" + more + "}");
    }
    std::string get_error(const std::string& items, const std::string& more = "") {
        return service_.error("TransactGetItems",
                              R"({"TransactItems":[)" + items + "]" + more + "}");
    }
    std::string item(const std::string& key) {
        return service_.ok("GetItem",
                           R"({"TableName":"hash","Key":{"pk":{"S":")" + key + R"("}}})");
    }

    static std::string put(const std::string& key, const std::string& more = "") {
        return R"({"Put":{"TableName":"hash","Item":{"pk":{"S":")" + key + R"("}})" + more + "}}";
    }
    static std::string get(const std::string& key, const std::string& more = "") {
        return R"({"Get":{"TableName":"hash","Key":{"pk":{"S":")" + key + R"("}})" + more + "}}";
    }

    TestService service_;
};

TEST_F(Transactions, AllOfThem) {
    (void)service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"u"},"n":{"N":"1"}}})");
    (void)service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"d"}}})");
    const auto answer = write(put("p") + R"J(,{"Update":{"TableName":"hash","Key":{"pk":{"S":"u"}},
            "UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}},
            {"Delete":{"TableName":"hash","Key":{"pk":{"S":"d"}}}},
            {"ConditionCheck":{"TableName":"composite","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},
             "ConditionExpression":"attribute_not_exists(pk)"
}
})J");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, "{}");
    EXPECT_EQ(item("p"), R"({"Item":{"pk":{"S":"p"}}})");
    EXPECT_EQ(item("u"), R"({"Item":{"n":{"N":"2"},"pk":{"S":"u"}}})");
    EXPECT_EQ(item("d"), "{}");
    EXPECT_EQ(service_.ok("TransactGetItems",
                          R"({"TransactItems":[)" + get("u") + "," + get("none") + "," +
                              get("u2", R"(,"ProjectionExpression":"n")") + "]}"),
              R"({"Responses":[{"Item":{"n":{"N":"2"},"pk":{"S":"u"}}},{},{}]})");
}

TEST_F(Transactions, OrNone) {
    (void)service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"N":"1"}}})");
    const std::string condition = R"J(,"ConditionExpression":"attribute_not_exists(pk)")J";
    const auto answer =
        write(put("new", condition) + "," +
              put("a", condition + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")"));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body,
              R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",)"
              R"("Message":"Transaction cancelled, please refer cancellation reasons for specific )"
              R"(reasons [None, ConditionalCheckFailed]","CancellationReasons":[{"Code":"None"},)"
              R"({"Code":"ConditionalCheckFailed","Item":{"n":{"N":"1"},"pk":{"S":"a"}},)"
              R"("Message":"The conditional request failed"}]})");
    EXPECT_EQ(item("new"), "{}");
}

TEST_F(Transactions, ReasonsThatOnlyTheItemsShow) {
    (void)service_.ok("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"S":"x"}}})");
    const auto answer = write(
        R"({"Update":{"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :one",
            "ExpressionAttributeValues":{":one":{"N":"1"}}}})");
    EXPECT_EQ(answer.error_type, "TransactionCanceledException");
    EXPECT_NE(answer.body.find(R"("Code":"ValidationError")"), std::string::npos) << answer.body;
    const auto big = write(
        R"({"Update":{"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET t = :t",
            "ExpressionAttributeValues":{":t":{"S":")" +
        std::string(400 * 1024, 'x') + R"("}}}})");
    EXPECT_NE(
        big.body.find(
            R"([{"Code":"ValidationError","Message":"Item size to update has exceeded the maximum allowed size"}])"),
        std::string::npos)
        << big.body;
}

TEST_F(Transactions, Capacities) {
    EXPECT_EQ(
        write(put("a") + "," + put("b"), R"(,"ReturnConsumedCapacity":"TOTAL")").body,
        R"({"ConsumedCapacity":[{"TableName":"hash","WriteCapacityUnits":4.0,"CapacityUnits":4.0}]})");
    EXPECT_EQ(
        service_.ok("TransactGetItems", R"({"ReturnConsumedCapacity":"INDEXES","TransactItems":[)" +
                                            get("a", R"(,"ProjectionExpression":"x")") + "," +
                                            get("none") + "]}"),
        R"({"Responses":[{"Item":{}},{}],"ConsumedCapacity":[{"TableName":"hash",)"
        R"("ReadCapacityUnits":4.0,"CapacityUnits":4.0,)"
        R"("Table":{"ReadCapacityUnits":4.0,"CapacityUnits":4.0}}]})");
}

TEST_F(Transactions, ATokenIsGoodForOne) {
    const std::string token = R"(,"ClientRequestToken":"t")";
    const std::string add =
        R"({"Update":{"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :n",
            "ExpressionAttributeValues":{":n":{"N":"1"}}}})";
    EXPECT_EQ(write(add, token).body, "{}");
    EXPECT_EQ(write(add, token).body, "{}");
    EXPECT_EQ(item("a"), R"({"Item":{"n":{"N":"1"},"pk":{"S":"a"}}})");
    EXPECT_EQ(write(put("b"), token).error_type, "IdempotentParameterMismatchException");
    EXPECT_EQ(item("b"), "{}");
    // A condition that the first time has made false does no harm.
    const auto once = put("c", R"J(,"ConditionExpression":"attribute_not_exists(pk)")J");
    EXPECT_EQ(write(once, R"(,"ClientRequestToken":"u")").status, 200);
    EXPECT_EQ(write(once, R"(,"ClientRequestToken":"u")").status, 200);
    service_.clock.advance(std::chrono::minutes(11));
    EXPECT_EQ(write(put("b"), token).body, "{}");
    EXPECT_EQ(item("b"), R"({"Item":{"pk":{"S":"b"}}})");
}

TEST_F(Transactions, ATokenOfAFailedTransactionIsStillGood) {
    const std::string token = R"(,"ClientRequestToken":"t")";
    EXPECT_EQ(write(put("a", R"J(,"ConditionExpression":"attribute_exists(pk)")J"), token).status,
              400);
    EXPECT_EQ(write(put("a"), token).body, "{}");
}

TEST_F(Transactions, Counts) {
    EXPECT_EQ(write_error(""), kOne +
                                   "Value '[]' at 'transactItems' failed to satisfy constraint: "
                                   "Member must have length greater than or equal to 1");
    std::string many = put("0");
    for (int i = 1; i < 101; ++i) {
        many += "," + put(std::to_string(i));
    }
    EXPECT_TRUE(
        write_error(many).ends_with("]' at 'transactItems' failed to satisfy constraint: "
                                    "Member must have length less than or equal to 100"));
    std::string large;
    for (int i = 0; i < 12; ++i) {
        large += (i == 0 ? "" : ",") +
                 (R"({"Put":{"TableName":"hash","Item":{"pk":{"S":")" + std::to_string(i) +
                  R"("},"t":{"S":")" + std::string(350'000, 'x') + R"("}}}})");
    }
    EXPECT_TRUE(write_error(large).starts_with(kPlain));
}

TEST_F(Transactions, MembersInTheirOrder) {
    const std::string capacity =
        "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
        "satisfy enum value set: [INDEXES, TOTAL, NONE]";
    const std::string metrics =
        "Value 'BOGUS2' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must "
        "satisfy enum value set: [SIZE, NONE]";
    const std::string token(37, 'x');
    const std::string long_token =
        "Value '" + token +
        "' at 'clientRequestToken' failed to satisfy constraint: Member must "
        "have length less than or equal to 36";
    EXPECT_EQ(write_error(put("a"), R"(,"ReturnConsumedCapacity":"BOGUS",
                                       "ReturnItemCollectionMetrics":"BOGUS2")"),
              kPlain + "2 validation errors detected: " + capacity + "; " + metrics);
    EXPECT_EQ(write_error(put("a"), R"(,"ReturnConsumedCapacity":"BOGUS","ClientRequestToken":")" +
                                        token + "\""),
              kPlain + "2 validation errors detected: " + long_token + "; " + capacity);
    EXPECT_EQ(get_error(R"({"Get":{"TableName":"none","Key":{"pk":{"S":"a"}}}})",
                        R"(,"ReturnConsumedCapacity":"BOGUS")"),
              kOne + capacity);
}

TEST_F(Transactions, TheFirstActionThatIsWrong) {
    const std::string syntax =
        kPlain + R"(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "(")";
    const std::string check =
        R"({"ConditionCheck":{"TableName":"hash","Key":{"pk":{"S":"c"}},
            "ConditionExpression":"attribute_not_exists("}})";
    const std::string absent = R"({"Put":{"TableName":"none","Item":{"pk":{"S":"a"}}}})";
    EXPECT_EQ(write_error(absent + "," + check), syntax);
    EXPECT_EQ(write_error(absent), "ResourceNotFoundException: Requested resource not found");
    EXPECT_EQ(write_error(put("a") + "," + put("a")),
              kPlain + "Transaction request cannot include multiple operations on one item");
    EXPECT_EQ(write_error(R"({})"),
              kPlain + "TransactItems can only contain one of Check, Put, Update or Delete");
    EXPECT_EQ(write_error(R"({"Put":{"TableName":"hash","Item":{"pk":{"S":"a"},"":{"S":"x"}}}})"),
              kPlain + "Empty attribute name");
    EXPECT_EQ(write_error(R"({"ConditionCheck":{"TableName":"hash","Key":{"pk":{"S":"a"}}}})"),
              kOne +
                  "Value null at 'transactItems.1.member.conditionCheck.conditionExpression' "
                  "failed to satisfy constraint: Member must not be null");
    EXPECT_EQ(write_error(R"({"Put":{"TableName":"hash","Item":{"pk":{"S":"a"}},
                  "ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"N":"x"}}}})"),
              kPlain +
                  "ExpressionAttributeValues contains invalid value: The parameter cannot be "
                  "converted to a numeric value: x for key :v");
}

TEST_F(Transactions, KeysThatAreNone) {
    const std::string cancelled =
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
        "for "
        "specific reasons [ValidationError]";
    const std::string no_match =
        R"([{"Code":"ValidationError","Message":"The provided key element does not match the schema"}])";
    for (const auto* key : {R"({"N":"5"})", R"({"L":[{"S":"x"}]})"}) {
        const auto deleted =
            write(R"({"Delete":{"TableName":"hash","Key":{"pk":)" + std::string(key) + "}}}");
        EXPECT_EQ(deleted.error_type, "TransactionCanceledException");
        EXPECT_NE(deleted.body.find(no_match), std::string::npos) << deleted.body;
    }
    const auto typed = write(R"({"Put":{"TableName":"hash","Item":{"pk":{"N":"5"}}}})");
    EXPECT_NE(typed.body.find(
                  R"([{"Code":"ValidationError","Message":"One or more parameter values were )"
                  R"(invalid: Type mismatch for key pk expected: S actual: N"}])"),
              std::string::npos)
        << typed.body;
    EXPECT_EQ(get_error(R"({"Get":{"TableName":"hash","Key":{}}})"), cancelled);
    const std::string empty =
        kPlain +
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty string value. Key: pk";
    EXPECT_EQ(write_error(put("")), empty);
    EXPECT_EQ(write_error(R"({"Delete":{"TableName":"hash","Key":{"pk":{"S":""}}}})"), empty);
}

TEST_F(Transactions, KeysOfIndexes) {
    const auto update = [&](const std::string& value) {
        return write(R"({"Update":{"TableName":"composite","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},
            "UpdateExpression":"SET lsi1sk = :v","ExpressionAttributeValues":{":v":)" +
                     value + "}}}");
    };
    const std::string mismatch =
        R"([{"Code":"ValidationError","Message":"One or more parameter values were invalid: Type )"
        R"(mismatch for Index Key lsi1sk Expected: S Actual: N IndexName: gsi1"}])";
    EXPECT_NE(update(R"({"N":"5"})").body.find(mismatch), std::string::npos);
    EXPECT_EQ(update(R"({"S":""})").error_type, "ValidationException");
    (void)service_.ok("PutItem", R"({"TableName":"composite",
                                     "Item":{"pk":{"S":"a"},"sk":{"S":"b"},"n":{"N":"1"}}})");
    const auto copied = write(R"({"Update":{"TableName":"composite",
        "Key":{"pk":{"S":"a"},"sk":{"S":"b"}},"UpdateExpression":"SET lsi1sk = n"}})");
    EXPECT_NE(copied.body.find(
                  R"([{"Code":"ValidationError","Message":"The update expression attempted to )"
                  R"(update the secondary index key to unsupported type"}])"),
              std::string::npos)
        << copied.body;
    const auto put = write(R"({"Put":{"TableName":"composite","Item":{"pk":{"S":"a"},
        "sk":{"S":"b"},"lsi1sk":{"N":"5"}}}})");
    EXPECT_NE(put.body.find(mismatch), std::string::npos);
}

TEST_F(Transactions, GetsThatAreRefused) {
    EXPECT_EQ(get_error(get("a") + "," + get("a")),
              kPlain + "Transaction request cannot include multiple operations on one item");
    EXPECT_EQ(get_error(get("a", R"(,"ProjectionExpression":"!!!")")),
              kPlain + R"(Invalid ProjectionExpression: Syntax error; token: "!", near: "!!")");
    EXPECT_EQ(get_error(R"({"Get":{"TableName":"none","Key":{"pk":{"S":"a"}}}})"),
              "ResourceNotFoundException: Requested resource not found");
}

}  // namespace
}  // namespace meridian::dynamo
