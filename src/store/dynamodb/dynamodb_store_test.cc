#include "store/dynamodb/dynamodb_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/dynamodb/endpoint_for_tests.h"

namespace meridian::store {
namespace {

class DynamoDbStoreTest : public testing::Test {
  protected:
    DynamoDbStoreTest() {
        (void)service_->call(
            "CreateTable",
            R"({"TableName":"Things","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
               {"AttributeName":"at","AttributeType":"N"}],
               "KeySchema":[{"AttributeName":"id","KeyType":"HASH"},
                            {"AttributeName":"at","KeyType":"RANGE"}],
               "BillingMode":"PAY_PER_REQUEST"})");
    }

    static item::Item item_of(std::string id, std::int64_t at, std::int64_t n) {
        return {{"id", std::move(id)}, {"at", item::Number(at)}, {"n", item::Number(n)}};
    }
    static item::Key key_of(std::string id, std::int64_t at) {
        return {{"id", std::move(id)}, {"at", item::Number(at)}};
    }

    ManualClock clock_{Instant{}};
    SystemRandom random_;
    std::shared_ptr<RegionInProcess> service_ = std::make_shared<RegionInProcess>();
    std::unique_ptr<TableStore> store_ = open_dynamodb_store(service_, {}, clock_, random_);
};

TEST_F(DynamoDbStoreTest, ReadsWhatItWrote) {
    const auto made = store_->write({"Things", PutItem{item_of("a", 1, 1)}, {}});
    ASSERT_FALSE(made.error) << made.error->message;
    EXPECT_EQ(*store_->get({"Things", key_of("a", 1)}), item_of("a", 1, 1));
    const auto refused = store_->write({"Things", PutItem{item_of("a", 1, 2)},
                                        expression::AttributeNotExists{expression::Path("id")}});
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->code, ErrorCode::kConditionFailed);
    EXPECT_EQ(refused.before, item_of("a", 1, 1));
    const auto many = store_->get_many(
        {{{"Things", key_of("b", 1)}, {"Things", key_of("a", 1)}, {"Things", key_of("a", 1)}}});
    ASSERT_TRUE(many) << many.error().message;
    EXPECT_EQ((*many)[0], std::nullopt);
    EXPECT_EQ((*many)[1], item_of("a", 1, 1));
    EXPECT_EQ((*many)[2], item_of("a", 1, 1));
    const auto page = store_->query({.table = "Things", .partition = "a"});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->items, std::vector{item_of("a", 1, 1)});
    EXPECT_EQ(page->examined, 1U);
}

}  // namespace
}  // namespace meridian::store
