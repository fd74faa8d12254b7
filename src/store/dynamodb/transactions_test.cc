#include "store/dynamodb/transactions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

class Transactions : public ScriptedStoreTest {
  protected:
    static std::vector<Write> puts(int count) {
        std::vector<Write> writes;
        for (int i = 0; i < count; ++i) {
            writes.push_back(put_of(simple(std::to_string(i), i)));
        }
        return writes;
    }
    [[nodiscard]] std::vector<WriteOutcome> make(std::vector<Write> writes) const {
        return store_->write_all(std::move(writes), Atomicity::kAll);
    }
    // "ok" and codes.
    static std::vector<std::string> codes(const std::vector<WriteOutcome>& outcomes) {
        std::vector<std::string> all;
        for (const auto& outcome : outcomes) {
            all.emplace_back(outcome.error ? info(outcome.error->code).name : "ok");
        }
        return all;
    }
    void cancel(std::string_view reasons) {
        service_->refuse("TransactionCanceledException",
                         fmt::format(R"({{"message":"Transaction cancelled",
                                          "CancellationReasons":[{}]}})",
                                     reasons));
    }
    [[nodiscard]] std::string token(std::size_t call) const {
        const auto text = body(call);
        const std::string name = R"("ClientRequestToken":")";
        const auto start = text.find(name);
        return start == std::string::npos ? "" : text.substr(start + name.size(), 36);
    }
    using Codes = std::vector<std::string>;
};

TEST_F(Transactions, AreOneRequest) {
    service_->answer("{}");
    service_->answer(R"({"Responses":{"Things":[{"id":{"S":"c"},"n":{"N":"5"}}]}})");
    const auto outcomes = make({put_of(simple("a", 1), is_new()),
                                {"Things", DeleteItem{key("b")}, std::nullopt},
                                {"Things", UpdateItem{key("c"), set("n", number(5))}, std::nullopt},
                                {"Others", CheckItem{key("d")}, is_new()}});
    EXPECT_EQ(codes(outcomes), (Codes{"ok", "ok", "ok", "ok"}));
    EXPECT_EQ(outcomes[0].after, simple("a", 1));
    EXPECT_EQ(outcomes[1].after, std::nullopt);
    EXPECT_EQ(outcomes[2].after, simple("c", 5)) << "read back";
    EXPECT_EQ(outcomes[3].after, std::nullopt);
    EXPECT_EQ(service_->operations(), (Operations{"TransactWriteItems", "BatchGetItem"}));
    EXPECT_EQ(
        body(0),
        R"({"TransactItems":[{"Put":{"TableName":"Things","Item":{"id":{"S":"a"},"n":{"N":"1"}},)"
        R"_("ConditionExpression":"attribute_not_exists(#n0)",)_"
        R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD",)"
        R"("ExpressionAttributeNames":{"#n0":"id"}}},)"
        R"({"Delete":{"TableName":"Things","Key":{"id":{"S":"b"}}}},)"
        R"({"Update":{"TableName":"Things","Key":{"id":{"S":"c"}},)"
        R"("UpdateExpression":"SET #n0 = :v0","ExpressionAttributeNames":{"#n0":"n"},)"
        R"("ExpressionAttributeValues":{":v0":{"N":"5"}}}},)"
        R"({"ConditionCheck":{"TableName":"Others","Key":{"id":{"S":"d"}},)"
        R"_("ConditionExpression":"attribute_not_exists(#n0)",)_"
        R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD",)"
        R"("ExpressionAttributeNames":{"#n0":"id"}}}],"ClientRequestToken":")" +
            token(0) + R"("})");
    EXPECT_EQ(token(0).size(), 36U);
}

// What can't be read back was made all the same.
TEST_F(Transactions, AreMadeAlsoWhenTheyCannotBeReadBack) {
    service_->answer("{}");
    service_->fail_with({ErrorCode::kTimeout, "no answer"});
    const auto outcomes =
        make({put_of(simple("a", 1)),
              {"Things", UpdateItem{key("c"), set("n", number(5))}, std::nullopt}});
    EXPECT_EQ(codes(outcomes), (Codes{"ok", "ok"}));
    EXPECT_EQ(outcomes[1].after, std::nullopt);
}

TEST_F(Transactions, OfOneWriteAreThatWrite) {
    service_->answer(R"({"Attributes":{"id":{"S":"0"}}})");
    const auto outcomes = make(puts(1));
    EXPECT_EQ(codes(outcomes), Codes{"ok"});
    EXPECT_EQ(outcomes[0].before, key("0"));
    EXPECT_EQ(service_->operations(), Operations{"PutItem"});
}

TEST_F(Transactions, HaveAHundredWritesAtMost) {
    service_->answer("{}");
    EXPECT_FALSE(make(puts(100))[99].error);
    const auto outcomes = make(puts(101));
    ASSERT_EQ(outcomes.size(), 101U);
    for (const auto& outcome : outcomes) {
        ASSERT_TRUE(outcome.error);
        EXPECT_EQ(outcome.error->code, ErrorCode::kTooLarge);
        EXPECT_THAT(outcome.error->message, HasSubstr("101"));
    }
    EXPECT_EQ(service_->calls().size(), 1U);
}

TEST_F(Transactions, SayOfEachWriteWhyItWasRefused) {
    cancel(R"({"Code":"None"},
              {"Code":"ConditionalCheckFailed","Message":"The conditional request failed",
               "Item":{"id":{"S":"1"},"n":{"N":"9"}}},
              {"Code":"ValidationError","Message":"Type mismatch for key id"},
              {"Code":"ValidationError",
               "Message":"Item size to update has exceeded the maximum allowed size"})");
    const auto outcomes = make(puts(4));
    EXPECT_EQ(codes(outcomes),
              (Codes{"TransactionCanceled", "ConditionFailed", "InvalidInput", "TooLarge"}));
    EXPECT_EQ(outcomes[1].before, simple("1", 9));
    EXPECT_EQ(outcomes[2].error->message, "Type mismatch for key id");
}

// The service says only that.
TEST_F(Transactions, WithoutReasonsAllAreRefused) {
    for (const auto* body : {"{}", "", R"({"CancellationReasons":[{"Code":"None"}]})",
                             R"({"CancellationReasons":[{"Code":"None"},{"Code":"None"}]})",
                             R"({"CancellationReasons":[1,2]})", R"({"CancellationReasons":{}})"}) {
        service_->refuse("TransactionCanceledException", body);
        for (const auto& outcome : make(puts(2))) {
            EXPECT_TRUE(outcome.error) << body;
        }
    }
}

TEST_F(Transactions, ThatOthersAreInTheWayOfAreTriedAgainAsNewOnes) {
    cancel(R"({"Code":"TransactionConflict"},{"Code":"None"})");
    service_->refuse("TransactionInProgressException");
    cancel(R"({"Code":"None"},{"Code":"ThrottlingError"})");
    service_->answer("{}");
    EXPECT_EQ(codes(make(puts(2))), (Codes{"ok", "ok"}));
    EXPECT_EQ(pauses_.size(), 3U);
    EXPECT_NE(token(0), token(1)) << "cancelled";
    EXPECT_EQ(token(1), token(2)) << "it may yet be made";
    EXPECT_NE(token(2), token(3));
}

TEST_F(Transactions, AreNotTriedAgainWhenTheyWouldFailAnyway) {
    cancel(R"({"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"})");
    EXPECT_EQ(codes(make(puts(2))), (Codes{"TransactionCanceled", "ConditionFailed"}));
}

TEST_F(Transactions, GiveUpInTheEnd) {
    service_->answer_rest([](const auto&) -> ScriptedService::Answered {
        return std::unexpected(aws::ServiceError{
            {ErrorCode::kTransactionCanceled, "cancelled"},
            "TransactionCanceledException",
            R"({"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]})",
            false});
    });
    EXPECT_EQ(codes(make(puts(2))), (Codes{"TransactionCanceled", "TransactionCanceled"}));
    EXPECT_GT(pauses_.size(), 5U);
}

TEST_F(Transactions, FindOutWhichWriteARefusalOfAllIsAbout) {
    // No such table: the service doesn't say which.
    service_->refuse("ResourceNotFoundException");
    service_->answer(described());
    service_->refuse("ResourceNotFoundException");
    const auto lost = make({put_of(simple("a", 1)),
                            {"Nowhere", PutItem{simple("a", 1)}, std::nullopt},
                            put_of(simple("b", 1))});
    EXPECT_EQ(codes(lost), (Codes{"TransactionCanceled", "TableNotFound", "TransactionCanceled"}));
    EXPECT_THAT(lost[1].error->message, HasSubstr("Nowhere"));
    // Two of one item.
    service_->refuse("ValidationException", R"({"message":"multiple operations on one item"})");
    service_->answer(described());
    EXPECT_EQ(codes(make({put_of(simple("a", 1)),
                          put_of(simple("b", 1)),
                          {"Things", DeleteItem{key("a")}, std::nullopt}})),
              (Codes{"InvalidInput", "TransactionCanceled", "InvalidInput"}));
    // Nobody knows.
    service_->refuse("ValidationException", R"({"message":"whatever"})");
    EXPECT_EQ(codes(make(puts(2))), (Codes{"InvalidInput", "InvalidInput"}));
    service_->fail_with({ErrorCode::kTimeout, "no answer"});
    EXPECT_EQ(codes(make(puts(2))), (Codes{"Timeout", "Timeout"}));
}

TEST_F(Transactions, OfWhatNoTableTakesAreNotSent) {
    EXPECT_EQ(codes(make({put_of(simple("a", 1)), put_of({{"id", "b"}, {"x", "\xff"}}),
                          put_of({{"id", "c"}, {"x", std::string(item::kItemBytesMax, 'x')}})})),
              (Codes{"TransactionCanceled", "InvalidInput", "TooLarge"}));
    EXPECT_TRUE(service_->calls().empty());
}

}  // namespace
}  // namespace meridian::store
