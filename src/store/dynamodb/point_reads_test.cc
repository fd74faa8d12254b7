#include "store/dynamodb/point_reads.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/deadline.h"
#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PointReads : public ScriptedStoreTest {
  protected:
    static std::vector<ItemRef> refs(int count) {
        std::vector<ItemRef> all;
        for (int i = 0; i < count; ++i) {
            all.push_back({"Things", key(fmt::format("{:03}", i))});
        }
        return all;
    }
    static std::string item_text(std::string_view id) {
        return fmt::format(R"({{"id":{{"S":"{}"}}}})", id);
    }
    static std::string answer_of(std::string_view items, std::string_view unprocessed) {
        return fmt::format(
            R"({{"Responses":{{"Things":[{}]}},"UnprocessedKeys":{}}})", items,
            unprocessed.empty()
                ? std::string("{}")
                : fmt::format(R"({{"Things":{{"ConsistentRead":true,"Keys":[{}]}}}})",
                              unprocessed));
    }
};

TEST_F(PointReads, AGetIsOneRequest) {
    service_->answer(R"({"Item":{"id":{"S":"a"},"n":{"N":"1"}}})");
    service_->answer("{}");
    EXPECT_EQ(*store_->get({"Things", key("a")}), simple("a", 1));
    EXPECT_EQ(body(0), R"({"TableName":"Things","Key":{"id":{"S":"a"}},"ConsistentRead":true})");
    EXPECT_EQ(*store_->get({"Things", key("a")}), std::nullopt);
    open({.prefix = "Test-", .consistent_reads = false});
    service_->answer("{}");
    EXPECT_EQ(*store_->get({"Things", key("a")}), std::nullopt);
    EXPECT_EQ(body(2), R"({"TableName":"Test-Things","Key":{"id":{"S":"a"}}})");
}

TEST_F(PointReads, ABatchAsksForEachItemOnceWhateverTheRefs) {
    const ItemRef a{"Things", key("a")};
    const ItemRef one{"Numbers", {{"n", number(1)}}};
    // The number as somebody else wrote it.
    service_->answer(
        R"({"Responses":{"Things":[{"id":{"S":"a"},"x":{"S":"y"}}],"Numbers":[{"n":{"N":"1.0"}}]}})");
    const auto items = store_->get_many({{a, one, {"Things", key("b")}, a, one}});
    ASSERT_TRUE(items) << items.error().message;
    const item::Item found{{"id", "a"}, {"x", "y"}};
    EXPECT_THAT(*items, ElementsAre(found, one.key, std::nullopt, found, one.key));
    EXPECT_EQ(service_->calls().size(), 1U);
    EXPECT_EQ(body(0),
              R"({"RequestItems":{"Numbers":{"Keys":[{"n":{"N":"1"}}],"ConsistentRead":true},)"
              R"("Things":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}],"ConsistentRead":true}}})");
}

TEST_F(PointReads, NothingIsAskedForNoRefs) {
    EXPECT_TRUE(store_->get_many({})->empty());
    EXPECT_TRUE(service_->calls().empty());
}

TEST_F(PointReads, AreInHundreds) {
    service_->answer_rest([](const ScriptedService::Call& call) -> ScriptedService::Answered {
        // Says back what it is asked for.
        const auto keys = call.body.find('[');
        return R"({"Responses":{"Things":)" +
               call.body.substr(keys, call.body.find(']') - keys + 1) + "}}";
    });
    const auto asked = refs(250);
    const auto items = store_->get_many(asked);
    ASSERT_TRUE(items) << items.error().message;
    ASSERT_EQ(items->size(), asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        EXPECT_EQ((*items)[i], asked[i].key);
    }
    EXPECT_EQ(service_->calls().size(), 3U);
}

TEST_F(PointReads, AskAgainForWhatWasLeftUnprocessed) {
    service_->answer(answer_of(item_text("001"), item_text("000") + "," + item_text("002")));
    service_->answer(answer_of("", item_text("000") + "," + item_text("002")));
    service_->answer(answer_of(item_text("002"), ""));
    const auto items = store_->get_many(refs(3));
    ASSERT_TRUE(items) << items.error().message;
    EXPECT_THAT(*items, ElementsAre(std::nullopt, key("001"), key("002")));
    EXPECT_EQ(body(1), R"({"RequestItems":{"Things":{"ConsistentRead":true,)"
                       R"("Keys":[{"id":{"S":"000"}},{"id":{"S":"002"}}]}}})");
    EXPECT_EQ(body(2), body(1));
    EXPECT_EQ(pauses_.size(), 2U);
}

// An answer has 16 MB at most; what is behind that can be asked for at once.
TEST_F(PointReads, DoNotWaitAfterAnAnswerThatCouldNotBeLarger) {
    const auto large = fmt::format(R"({{"id":{{"S":"000"}},"x":{{"S":"{}"}}}})",
                                   std::string(std::size_t{9} * 1024 * 1024, 'x'));
    service_->answer(answer_of(large, item_text("001")));
    service_->answer(answer_of(item_text("001"), ""));
    EXPECT_TRUE(store_->get_many(refs(2)));
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(PointReads, GiveUpWhenNothingMoves) {
    service_->answer_rest([&](const auto&) { return answer_of("", item_text("000")); });
    const auto items = store_->get_many(refs(1));
    ASSERT_FALSE(items);
    EXPECT_EQ(items.error().code, ErrorCode::kOverloaded);
    EXPECT_THAT(items.error().message, HasSubstr("BatchGetItem"));
    EXPECT_GT(pauses_.size(), 10U);
    EXPECT_LE(clock_.now() - Instant{std::chrono::seconds{1'700'000'000}},
              std::chrono::seconds{20});
}

TEST_F(PointReads, GiveUpAtTheDeadline) {
    service_->answer(answer_of("", item_text("000")));
    const ScopedDeadline deadline(std::chrono::steady_clock::now());
    EXPECT_EQ(store_->get_many(refs(1)).error().code, ErrorCode::kOverloaded);
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(PointReads, SayWhichOfSeveralTablesIsNotThere) {
    service_->refuse("ResourceNotFoundException", R"({"message":"Requested resource not found"})");
    service_->answer(described());
    service_->refuse("ResourceNotFoundException");
    const auto items = store_->get_many({{{"Nowhere", key("a")}, {"Here", key("a")}}});
    ASSERT_FALSE(items);
    EXPECT_EQ(items.error().code, ErrorCode::kTableNotFound);
    EXPECT_THAT(items.error().message, HasSubstr("Nowhere"));
}

TEST_F(PointReads, RefuseWhatCannotBeAKeyWithoutAsking) {
    for (const auto& value : {item::Value(true), item::Value(item::List{}), item::Value()}) {
        const auto items = store_->get_many({{{"Things", {{"id", value}}}}});
        ASSERT_FALSE(items);
        EXPECT_EQ(items.error().code, ErrorCode::kInvalidInput);
    }
    EXPECT_TRUE(service_->calls().empty());
}

// JSON would say another one.
TEST_F(PointReads, RefuseAStringThatIsNoText) {
    for (const auto& text : {"\xff\xfe", "a\xc3"}) {
        EXPECT_EQ(store_->get({"Things", key(text)}).error().code, ErrorCode::kInvalidInput);
        EXPECT_EQ(store_->get_many({{{"Things", key(text)}}}).error().code,
                  ErrorCode::kInvalidInput);
    }
    EXPECT_TRUE(service_->calls().empty());
}

TEST_F(PointReads, RefuseAnItemThatWasNotAskedFor) {
    for (const auto* answer :
         {R"({"Responses":{"Things":[{"id":{"S":"b"}}]}})", R"({"Responses":{"Others":[{}]}})",
          R"({"Responses":{"Things":[{}]}})",
          R"({"Responses":{"Things":[{"id":{"BOOL":true}}]}})"}) {
        service_->answer(answer);
        const auto items = store_->get_many({{{"Things", key("a")}}});
        ASSERT_FALSE(items) << answer;
        EXPECT_EQ(items.error().code, ErrorCode::kUnavailable);
        EXPECT_THAT(items.error().message, HasSubstr("BatchGetItem"));
    }
}

}  // namespace
}  // namespace meridian::store
