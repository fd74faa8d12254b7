#include "store/dynamodb/single_writes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

class SingleWrites : public ScriptedStoreTest {
  protected:
    // ConditionalCheckFailedException, with an item.
    void refuse_condition(const std::string& item, bool is_repeated) {
        service_->refuse("ConditionalCheckFailedException",
                         R"({"message":"The conditional request failed")" +
                             (item.empty() ? "" : R"(,"Item":)" + item) + "}",
                         is_repeated);
    }
};

TEST_F(SingleWrites, APutAsksForTheItemBefore) {
    service_->answer(R"({"Attributes":{"id":{"S":"a"},"n":{"N":"1"}}})");
    const auto made = store_->write(put_of(simple("a", 2), is_new()));
    EXPECT_FALSE(made.error);
    EXPECT_EQ(made.before, simple("a", 1));
    EXPECT_EQ(made.after, simple("a", 2));
    EXPECT_EQ(service_->operations(), Operations{"PutItem"});
    EXPECT_EQ(body(0),
              R"({"TableName":"Things","Item":{"id":{"S":"a"},"n":{"N":"2"}},)"
              R"_("ReturnValues":"ALL_OLD","ConditionExpression":"attribute_not_exists(#n0)",)_"
              R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD",)"
              R"("ExpressionAttributeNames":{"#n0":"id"}})");
}

TEST_F(SingleWrites, AnUpdateKnowsWhatItHasMade) {
    service_->answer(R"({"Attributes":{"id":{"S":"a"},"x":{"S":"y"}}})");
    service_->answer("{}");
    const Write write{"Things", UpdateItem{key("a"), set("n", number(2))}, std::nullopt};
    const auto changed = store_->write(write);
    EXPECT_EQ(changed.before, (item::Item{{"id", "a"}, {"x", "y"}}));
    EXPECT_EQ(changed.after, (item::Item{{"id", "a"}, {"x", "y"}, {"n", number(2)}}));
    EXPECT_EQ(body(0),
              R"({"TableName":"Things","Key":{"id":{"S":"a"}},"UpdateExpression":"SET #n0 = :v0",)"
              R"("ReturnValues":"ALL_OLD","ExpressionAttributeNames":{"#n0":"n"},)"
              R"("ExpressionAttributeValues":{":v0":{"N":"2"}}})");
    const auto created = store_->write(write);
    EXPECT_EQ(created.before, std::nullopt);
    EXPECT_EQ(created.after, simple("a", 2));
}

// The item is then one of its key alone.
TEST_F(SingleWrites, AnUpdateOfNothingHasNoExpression) {
    service_->answer("{}");
    const auto made = store_->write({"Things", UpdateItem{key("a"), {}}, std::nullopt});
    EXPECT_EQ(made.after, key("a"));
    EXPECT_EQ(body(0), R"({"TableName":"Things","Key":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"})");
}

TEST_F(SingleWrites, ACheckIsAReadByItself) {
    service_->answer(R"({"Item":{"id":{"S":"a"},"n":{"N":"1"}}})");
    service_->answer("{}");
    const Write check{"Things", CheckItem{key("a")},
                      expression::Condition(expression::AttributeExists{expression::Path("n")})};
    const auto holds = store_->write(check);
    EXPECT_FALSE(holds.error);
    EXPECT_EQ(holds.after, simple("a", 1));
    const auto refused = store_->write(check);
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->code, ErrorCode::kConditionFailed);
    EXPECT_EQ(service_->operations(), (Operations{"GetItem", "GetItem"}));
}

TEST_F(SingleWrites, AFailedConditionShowsTheItem) {
    refuse_condition(R"({"id":{"S":"a"},"n":{"N":"7"}})", false);
    refuse_condition("", false);
    const auto refused = store_->write(put_of(simple("a", 2), is_new()));
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->code, ErrorCode::kConditionFailed);
    EXPECT_EQ(refused.before, simple("a", 7));
    EXPECT_EQ(refused.after, std::nullopt);
    EXPECT_EQ(store_->write(put_of(simple("a", 2), is_new())).before, std::nullopt);
}

// The answer to the first try was lost, and the second finds what the first has written.
TEST_F(SingleWrites, AConditionThatFailsByTheWriteItselfDidNotFail) {
    struct Case {
        const char* why;
        Write write;
        const char* shown;  // empty: no item
        bool is_repeated;
        bool is_made;
    };
    const Write put = put_of(simple("a", 2), is_new());
    const Write update{"Things", UpdateItem{key("a"), set("n", number(2))}, is_new()};
    expression::Update addition;
    addition.adds.push_back({expression::Path("n"), number(1)});
    const Write add{"Things", UpdateItem{key("a"), addition}, is_new()};
    const Write erase{"Things", DeleteItem{key("a")},
                      expression::Condition(expression::AttributeExists{expression::Path("id")})};
    const char* two = R"({"id":{"S":"a"},"n":{"N":"2"}})";
    const char* three = R"({"id":{"S":"a"},"n":{"N":"3"}})";
    const Case cases[] = {
        {"put", put, two, true, true},
        {"put, not repeated", put, two, false, false},
        {"another put", put, three, true, false},
        {"update", update, two, true, true},
        {"another update", update, three, true, false},
        {"an addition always changes something", add, two, true, false},
        {"delete", erase, "", true, true},
        {"delete, not repeated", erase, "", false, false},
    };
    for (const auto& c : cases) {
        refuse_condition(c.shown, c.is_repeated);
        const auto outcome = store_->write(c.write);
        EXPECT_EQ(!outcome.error, c.is_made) << c.why;
        if (c.is_made && c.shown == two) {
            EXPECT_EQ(outcome.after, simple("a", 2)) << c.why;
        }
    }
}

TEST_F(SingleWrites, WhatATransactionIsInTheWayOfIsTriedAgain) {
    service_->refuse("TransactionConflictException");
    service_->refuse("TransactionConflictException");
    service_->answer("{}");
    EXPECT_FALSE(store_->write(put_of(simple("a", 2))).error);
    EXPECT_EQ(pauses_.size(), 2U);
    service_->answer_rest([](const auto&) -> ScriptedService::Answered {
        return std::unexpected(aws::ServiceError{
            {ErrorCode::kInvalidInput, "busy"}, "TransactionConflictException", "{}", false});
    });
    const auto outcome = store_->write(put_of(simple("a", 2)));
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, ErrorCode::kUnavailable) << "nothing was written";
}

TEST_F(SingleWrites, ErrorsAreThoseOfEmbeddedStores) {
    struct Case {
        const char* type;
        const char* body;
        ErrorCode code;
        const char* says;
    };
    const Case cases[] = {
        {"ResourceNotFoundException", R"({"message":"Requested resource not found"})",
         ErrorCode::kTableNotFound, "Table: Things not found"},
        {"ValidationException", R"({"message":"Type mismatch for key id"})",
         ErrorCode::kInvalidInput, "Type mismatch for key id"},
        {"ValidationException", R"({"Message":"not a number: +18005551234"})",
         ErrorCode::kInvalidInput, "not a number: +180******34"},
        {"ValidationException", "no JSON", ErrorCode::kInvalidInput, "the service's"},
        {"ValidationException", R"({"message":"Item size has exceeded the maximum allowed size"})",
         ErrorCode::kTooLarge, "Item size"},
        {"ItemCollectionSizeLimitExceededException", "{}", ErrorCode::kTooLarge, "the service's"},
        {"ProvisionedThroughputExceededException", R"({"message":"slow"})", ErrorCode::kOverloaded,
         "the service's"},
        {"ThrottlingException", "{}", ErrorCode::kOverloaded, "the service's"},
        {"AccessDeniedException", R"({"message":"no"})", ErrorCode::kAccessDenied, "the service's"},
        {"SomethingNewException", "{}", ErrorCode::kUnavailable, "the service's"},
    };
    for (const auto& c : cases) {
        service_->refuse(c.type, c.body);
        const auto outcome = store_->write(put_of(simple("a", 1)));
        ASSERT_TRUE(outcome.error) << c.type;
        EXPECT_EQ(outcome.error->code, c.code) << c.type;
        EXPECT_THAT(outcome.error->message, HasSubstr(c.says)) << c.type;
    }
    service_->fail_with({ErrorCode::kTimeout, "DynamoDB PutItem: no answer"});
    EXPECT_EQ(store_->write(put_of(simple("a", 1))).error->code, ErrorCode::kTimeout);
}

// The service doesn't say how large the item would be.
TEST_F(SingleWrites, AnUpdateThatIsTooLargeSaysHowLarge) {
    const char* refusal =
        R"({"message":"Item size to update has exceeded the maximum allowed size"})";
    service_->refuse("ValidationException", refusal);
    service_->answer(R"({"Item":{"id":{"S":"a"},"x":{"S":")" +
                     std::string(item::kItemBytesMax - 4, 'x') + R"("}}})");
    const Write write{"Things", UpdateItem{key("a"), set("y", "")}, is_new()};
    const auto outcome = store_->write(write);
    EXPECT_EQ(outcome.error->code, ErrorCode::kTooLarge);
    EXPECT_THAT(outcome.error->message, HasSubstr("409601"));
    // Unless it can't be read.
    service_->refuse("ValidationException", refusal);
    service_->fail_with({ErrorCode::kTimeout, "no answer"});
    const auto unread = store_->write(write);
    EXPECT_EQ(unread.error->code, ErrorCode::kTooLarge);
}

TEST_F(SingleWrites, WhatNoTableTakesIsNotSent) {
    const item::Item bad[] = {
        {{"id", "a"}, {"x", "\xff"}},
        {{"id", "a"}, {"x", item::List{item::Map{{"\xff", "y"}}}}},
        {{"id", "a"}, {"x", item::StringSet{"\xff"}}},
        {{"id", "a"}, {"x", item::StringSet{}}},
    };
    for (const auto& item : bad) {
        const auto outcome = store_->write(put_of(item));
        ASSERT_TRUE(outcome.error);
        EXPECT_EQ(outcome.error->code, ErrorCode::kInvalidInput);
        EXPECT_THAT(outcome.error->message, HasSubstr("x"));
    }
    const Write update{"Things", UpdateItem{key("a"), set("x", "\xff")}, std::nullopt};
    EXPECT_EQ(store_->write(update).error->code, ErrorCode::kInvalidInput);
    const Write by_name{"Things", UpdateItem{key("a"), set("\xff", "x")}, std::nullopt};
    EXPECT_EQ(store_->write(by_name).error->code, ErrorCode::kInvalidInput);
    const Write bad_condition{
        "Things", DeleteItem{key("a")},
        expression::Condition(expression::Between{expression::Path("n"), number(2), number(1)})};
    EXPECT_EQ(store_->write(bad_condition).error->code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(service_->calls().empty());
}

}  // namespace
}  // namespace meridian::store
