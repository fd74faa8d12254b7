#include "lambda/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/deadline.h"
#include "item/base64.h"
#include "item/json.h"

namespace meridian::lambda {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string kinesis(std::string_view number, std::string_view data,
                    std::string_view shard = "shardId-000000000000") {
    std::string encoded;
    item::append_base64(data, encoded);
    return R"({"kinesis":{"partitionKey":"agent-1","sequenceNumber":")" + std::string(number) +
           R"(","data":")" + encoded +
           R"(","approximateArrivalTimestamp":1795183205.121},"eventSource":"aws:kinesis",)" +
           R"("eventID":")" + std::string(shard) + ":" + std::string(number) + R"("})";
}

std::string batch(const std::vector<std::string>& records) {
    std::string event = R"({"Records":[)";
    for (const auto& record : records) {
        event += (event.back() == '[' ? "" : ",") + record;
    }
    return event + "]}";
}

// Handles Kinesis events; a record fails with the error of its "fails".
class Handled {
  public:
    explicit Handled(const std::string& event) {
        const ManualClock clock{Instant{}};
        Metrics metrics("f", "r", clock);
        result = handle_batch<KinesisRecord>(
            read_kinesis_batch(event),
            [this](const KinesisRecord& record) -> Result<void> {
                numbers.push_back(record.sequence_number);
                const auto* fails = item::find(*record.value.as<item::Map>(), "fails");
                if (fails == nullptr) {
                    return {};
                }
                return fail(*fails == item::Value("poison")   ? ErrorCode::kInvalidInput
                            : *fails == item::Value("denied") ? ErrorCode::kAccessDenied
                                                              : ErrorCode::kUnavailable,
                            "no");
            },
            metrics);
        lines = metrics.take("");
    }

    std::vector<std::string> numbers;  // that were handled, in order
    functions::FunctionResult result;
    std::vector<std::string> lines;
};

std::string failures(const std::vector<std::string>& numbers) {
    std::string json = R"({"batchItemFailures":[)";
    for (const auto& number : numbers) {
        json += (json.back() == '[' ? R"({"itemIdentifier":")" : R"(,{"itemIdentifier":")") +
                number + "\"}";
    }
    return json + "]}";
}

TEST(Batch, IsHandledInOrder) {
    const Handled handled(batch({kinesis("1", "{}"), kinesis("2", "{}"), kinesis("3", "{}")}));
    EXPECT_THAT(handled.numbers, ElementsAre("1", "2", "3"));
    EXPECT_EQ(handled.result.payload, failures({}));
    EXPECT_FALSE(handled.result.function_error);
    EXPECT_THAT(handled.lines.at(0), HasSubstr(R"("BatchRecords":3,"BatchFailures":0)"));
}

// A poison record is reported every time, so that it ends in the dead-letter queue, and holds up
// nobody meanwhile.
TEST(Batch, PassesOverPoison) {
    const Handled handled(batch({kinesis("1", "{}"), kinesis("2", R"({"fails":"poison"})"),
                                 kinesis("3", "not json"), kinesis("4", "{}")}));
    EXPECT_THAT(handled.numbers, ElementsAre("1", "2", "4"));
    EXPECT_EQ(handled.result.payload, failures({"2", "3"}));
    EXPECT_THAT(handled.lines.at(0), HasSubstr(R"("BatchRecords":2,"BatchFailures":2)"));
}

TEST(Batch, PassesOverDataThatAreNotBase64) {
    const auto bad =
        R"({"kinesis":{"sequenceNumber":"1","data":"%%"},"eventID":"shardId-000000000000:1"})";
    const Handled handled(batch({bad, kinesis("2", "{}")}));
    EXPECT_THAT(handled.numbers, ElementsAre("2"));
    EXPECT_EQ(handled.result.payload, failures({"1"}));
}

// What follows a record that may yet be handled waits for it: Lambda delivers all of it again.
TEST(Batch, StopsWhereTheTablesDoNotAnswer) {
    for (const char* fails : {"later", "denied"}) {
        const Handled handled(
            batch({kinesis("1", "{}"), kinesis("2", R"({"fails":")" + std::string(fails) + "\"}"),
                   kinesis("3", "{}"), kinesis("9", "{}", "shardId-000000000001")}));
        EXPECT_THAT(handled.numbers, ElementsAre("1", "2", "9")) << "another shard is no concern";
        EXPECT_EQ(handled.result.payload, failures({"2"}));
    }
}

TEST(Batch, LeavesWhatThereIsNoTimeFor) {
    const ScopedDeadline none(std::chrono::milliseconds{0});
    const Handled handled(batch({kinesis("1", "{}"), kinesis("2", "{}")}));
    EXPECT_TRUE(handled.numbers.empty());
    EXPECT_EQ(handled.result.payload, failures({"1"}));
}

TEST(Batch, HandlesWhatCameTwiceOnce) {
    const Handled handled(batch({kinesis("1", "{}"), kinesis("1", "{}"), kinesis("2", "{}")}));
    EXPECT_THAT(handled.numbers, ElementsAre("1", "2"));
}

// A failure without a number can't be told, and one with an empty number would fail the whole batch
// anyway (Lambda's rule).
TEST(Batch, RefusesWhatIsNone) {
    for (const auto& event :
         {std::string("x"), std::string("[]"), std::string("{}"), std::string(R"({"Records":{}})"),
          batch({"1"}), batch({R"({"kinesis":{"data":"e30="}})"}), batch({kinesis("", "{}")}),
          batch({R"({"dynamodb":{"SequenceNumber":"1"}})"})}) {
        const Handled handled(event);
        EXPECT_EQ(handled.result.function_error, "Unhandled") << event;
        EXPECT_THAT(handled.result.payload, HasSubstr("no batch of a stream"));
        EXPECT_TRUE(handled.numbers.empty());
    }
}

TEST(KinesisBatch, HasWhatTheStreamHad) {
    const auto records = read_kinesis_batch(batch({kinesis("1", R"({"EventId":"e-1"})")}));
    ASSERT_TRUE(records) << records.error().message;
    const auto& record = records->at(0).record;
    ASSERT_TRUE(record);
    EXPECT_EQ(records->at(0).shard, "shardId-000000000000");
    EXPECT_EQ(record->partition_key, "agent-1");
    EXPECT_EQ(format_instant(*record->arrived_at), "2026-11-20T14:00:05.121Z");
    EXPECT_EQ(item::to_plain_json(record->value), R"({"EventId":"e-1"})");
}

std::string change(std::string_view name, std::string_view images, std::string_view more = "") {
    return batch({R"({"eventName":")" + std::string(name) + R"(",)" + std::string(more) +
                  R"("eventSourceARN":"arn:aws:dynamodb:us-east-1:111122223333:table/AgentState)" +
                  R"(/stream/2026-11-01T00:00:00.000","dynamodb":{"SequenceNumber":"1",)" +
                  R"("Keys":{"agentId":{"S":"a"}})" + std::string(images) + "}}"});
}

TEST(TableBatch, HasWhatTheItemWasAndIs) {
    const auto records = read_table_batch(
        change("MODIFY", R"(,"OldImage":{"agentId":{"S":"a"},"n":{"N":"1"}},)"
                         R"("NewImage":{"agentId":{"S":"a"},"n":{"N":"12345678901234567890"}})"));
    ASSERT_TRUE(records) << records.error().message;
    const auto& record = records->at(0).record;
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->table, "AgentState");
    EXPECT_EQ(record->kind, ChangeKind::kModify);
    EXPECT_EQ(item::to_plain_json(item::Value(item::Map(record->key.begin(), record->key.end()))),
              R"({"agentId":"a"})");
    EXPECT_EQ(item::to_plain_json(*record->before), R"({"agentId":"a","n":1})");
    EXPECT_EQ(item::to_plain_json(*record->after), R"({"agentId":"a","n":12345678901234567890})");
    EXPECT_FALSE(record->expired);
}

TEST(TableBatch, KnowsWhatExpired) {
    const auto records = read_table_batch(
        change("REMOVE", "",
               R"("userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},)"));
    ASSERT_TRUE(records) << records.error().message;
    ASSERT_TRUE(records->at(0).record);
    EXPECT_EQ(records->at(0).record->kind, ChangeKind::kRemove);
    EXPECT_FALSE(records->at(0).record->before);
    EXPECT_TRUE(records->at(0).record->expired);
}

// The deepest item that a table takes is no poison.
TEST(TableBatch, TakesTheDeepestItem) {
    std::string deepest = R"({"S":"x"})";
    for (int level = 1; level < item::kNestingMax; ++level) {
        deepest.insert(0, R"({"M":{"a":)").append("}}");
    }
    const auto records = read_table_batch(change("INSERT", R"(,"NewImage":{"a":)" + deepest + "}"));
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_TRUE(records->at(0).record);
}

TEST(TableBatch, SaysOfEachRecordWhatIsWrongWithIt) {
    for (const auto& event :
         {change("TRUNCATE", ""), change("", ""), change("INSERT", R"(,"NewImage":{"a":{"Q":1}})"),
          change("INSERT", R"(,"NewImage":5)"), change("INSERT", R"(,"Keys":{})"),
          change("INSERT", R"(,"OldImage":{"n":{"N":"one"}})")}) {
        const auto records = read_table_batch(event);
        ASSERT_TRUE(records) << event << records.error().message;
        EXPECT_FALSE(records->at(0).record) << event;
    }
}

}  // namespace
}  // namespace meridian::lambda
