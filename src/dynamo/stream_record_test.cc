#include "dynamo/stream_record.h"

#include <gtest/gtest.h>

#include "dynamo/table_view.h"

namespace meridian::dynamo {
namespace {

constexpr store::SequenceNumber kSequence = 42;
const Instant kAt{std::chrono::milliseconds{1'795'183'200'999}};

store::Change change_of(store::Image before, store::Image after) {
    return {kSequence, kAt, "T@1", {{"pk", "a"}}, std::move(before), std::move(after)};
}
item::Item item_of(std::int64_t n) {
    return {{"pk", "a"}, {"n", item::Number(n)}};
}

std::string record_of(const store::Change& change, StreamView view,
                      std::optional<std::string_view> ttl = std::nullopt) {
    std::string out;
    append_record(change, {"us-east-1", store::LogId{7}, view, ttl}, out);
    return out;
}

// What stands between "dynamodb":{ and the images' end, without the parts that are always so.
std::string images_of(const std::string& record) {
    const std::string from = "\"Keys\"";
    const auto at = record.find(from);
    return record.substr(at, record.find("\"SequenceNumber\"") - at);
}

TEST(StreamRecord, HasTheServicesMembers) {
    const auto record =
        record_of(change_of(std::nullopt, item_of(1)), StreamView::kNewAndOldImages);
    const auto id = record.substr(record.find(R"("eventID":")") + 11, 32);
    EXPECT_EQ(record,
              R"({"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1795183200,)"
              R"("Keys":{"pk":{"S":"a"}},"NewImage":{"n":{"N":"1"},"pk":{"S":"a"}},)"
              R"("SequenceNumber":"100000000000000000042","SizeBytes":9,)"
              R"("StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":")" +
                  id +
                  R"(","eventName":"INSERT","eventSource":"aws:dynamodb","eventVersion":"1.1"})");
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(StreamRecord, ShowsWhatTheViewSays) {
    const auto modify = change_of(item_of(1), item_of(2));
    const std::string keys = R"("Keys":{"pk":{"S":"a"}},)";
    const std::string now = R"("NewImage":{"n":{"N":"2"},"pk":{"S":"a"}},)";
    const std::string then = R"("OldImage":{"n":{"N":"1"},"pk":{"S":"a"}},)";
    struct Row {
        StreamView view;
        std::string images;
        std::size_t bytes;
    };
    const std::vector<Row> rows{{StreamView::kKeysOnly, keys, 3},
                                {StreamView::kNewImage, keys + now, 9},
                                {StreamView::kOldImage, keys + then, 9},
                                {StreamView::kNewAndOldImages, keys + now + then, 15}};
    for (const auto& row : rows) {
        const auto record = record_of(modify, row.view);
        EXPECT_EQ(images_of(record), row.images);
        EXPECT_EQ(record_bytes(modify, row.view), row.bytes) << record;
        EXPECT_NE(record.find(view_name(row.view)), std::string::npos);
    }
    // What isn't there is not shown.
    const auto insert = change_of(std::nullopt, item_of(1));
    const auto remove = change_of(item_of(1), std::nullopt);
    EXPECT_EQ(images_of(record_of(insert, StreamView::kOldImage)), keys);
    EXPECT_EQ(images_of(record_of(remove, StreamView::kNewImage)), keys);
    EXPECT_EQ(images_of(record_of(remove, StreamView::kOldImage)), keys + then);
}

TEST(StreamRecord, IsNamedAfterWhatBecameOfTheItem) {
    EXPECT_EQ(event_name(change_of(std::nullopt, item_of(1))), "INSERT");
    EXPECT_EQ(event_name(change_of(item_of(1), item_of(2))), "MODIFY");
    EXPECT_EQ(event_name(change_of(item_of(1), std::nullopt)), "REMOVE");
}

TEST(StreamRecord, IsNotThereWhenNothingChanged) {
    EXPECT_FALSE(has_record(change_of(item_of(1), item_of(1))));
    EXPECT_FALSE(has_record(change_of(std::nullopt, std::nullopt)));
    EXPECT_TRUE(has_record(change_of(item_of(1), item_of(2))));
    EXPECT_TRUE(has_record(change_of(std::nullopt, item_of(1))));
    EXPECT_TRUE(has_record(change_of(item_of(1), std::nullopt)));
}

TEST(StreamRecord, NamesTheServiceWhenAnItemHadExpired) {
    const auto item = [](std::int64_t expires) {
        return item::Item{{"pk", "a"}, {"expires", item::Number(expires)}};
    };
    const std::string service =
        R"("userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})";
    const auto is_service = [&](const store::Change& change, std::optional<std::string_view> ttl) {
        return record_of(change, StreamView::kKeysOnly, ttl).find(service) != std::string::npos;
    };
    const auto expired = change_of(item(1'795'183'199), std::nullopt);
    EXPECT_TRUE(is_service(expired, "expires"));
    EXPECT_FALSE(is_service(expired, "other"));
    EXPECT_FALSE(is_service(expired, std::nullopt));
    EXPECT_FALSE(is_service(change_of(item(1'795'183'200), std::nullopt), "expires"));
    EXPECT_FALSE(is_service(change_of(item(1'600'000'000), std::nullopt), "expires"));
    EXPECT_FALSE(is_service(change_of(item(1), item(2)), "expires"));
}

TEST(StreamRecord, HasAnIdOfItsOwn) {
    auto change = change_of(std::nullopt, item_of(1));
    const auto first = record_of(change, StreamView::kKeysOnly);
    EXPECT_EQ(first, record_of(change, StreamView::kKeysOnly)) << "each time that it is read";
    ++change.sequence;
    const auto id = [](const std::string& record) {
        return record.substr(record.find("eventID"), 43);
    };
    EXPECT_NE(id(first), id(record_of(change, StreamView::kKeysOnly)));
}

}  // namespace
}  // namespace meridian::dynamo
