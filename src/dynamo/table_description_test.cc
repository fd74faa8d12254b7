#include "dynamo/table_description.h"

#include <gtest/gtest.h>

#include <chrono>

#include "item/codec.h"

namespace meridian::dynamo {
namespace {

TableDescription example() {
    const item::KeyAttribute id{"id", item::KeyType::kString};
    const item::KeyAttribute at{"at", item::KeyType::kNumber};
    const item::KeyAttribute hash{"hash", item::KeyType::kBinary};
    return {.id = "a-b",
            .name = "Calls",
            .storage = "Calls@a-b",
            .key = {id, at},
            .attributes = {at, hash, id},
            .indexes = {{.kind = IndexKind::kLocal, .schema = {.name = "local", .key = {id, hash}}},
                        {.kind = IndexKind::kGlobal,
                         .schema = {.name = "global",
                                    .key = {hash, std::nullopt},
                                    .projected = store::Projected::kInclude,
                                    .include = {"x", "y"}},
                         .throughput = {3, 4},
                         .further = {{"a", item::Number(1)}}}},
            .regions = {"us-east-1", "eu-west-1"},
            .billing = BillingMode::kPayPerRequest,
            .throughput = {1, 2},
            .streams = {{.view = StreamView::kKeysOnly, .label = "l1", .enabled = false},
                        {.view = StreamView::kOldImage, .label = "l2", .enabled = true}},
            .deletion_protection = true,
            .table_class = "STANDARD",
            .ttl_attribute = "ttl",
            .tags = {{"k", "v"}, {"k2", ""}},
            .point_in_time_recovery = true,
            .created = Instant{std::chrono::milliseconds{1'700'000'000'123}},
            .deleted = true,
            .revision = 77,
            .further = {{"SSEDescription", item::Map{{"Status", "ENABLED"}}}}};
}

TEST(TableDescription, SurvivesTheWayThroughTheStore) {
    const auto item = to_item(example());
    const auto decoded = item::decode(item::encode(item));
    ASSERT_TRUE(decoded);
    const auto read = table_from(*decoded);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_item(*read), item);
    EXPECT_EQ(read->indexes, example().indexes);
    EXPECT_EQ(read->streams, example().streams);
    EXPECT_EQ(read->ttl_attribute, "ttl");
    EXPECT_EQ(read->created, example().created);

    auto without = example();
    without.ttl_attribute = std::nullopt;
    without.key.sort = std::nullopt;
    const auto again = table_from(to_item(without));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->ttl_attribute, std::nullopt);
    EXPECT_EQ(again->key, without.key);
}

TEST(TableDescription, WhatIsMissingOrOfAnotherTypeIsCorruption) {
    const auto whole = to_item(example());
    for (const auto& [name, value] : whole) {
        if (name == "ttlAttribute") {
            continue;  // may be missing
        }
        auto item = whole;
        item.erase(name);
        const auto missing = table_from(item);
        EXPECT_FALSE(missing) << name;
        item[name] = item::Binary{"?"};
        const auto other = table_from(item);
        ASSERT_FALSE(other) << name;
        EXPECT_EQ(other.error().code, ErrorCode::kCorruption);
    }
}

TEST(TableDescription, WhoSeesIt) {
    auto table = example();
    table.deleted = false;
    EXPECT_TRUE(table.is_in("eu-west-1"));
    EXPECT_FALSE(table.is_in("ap-southeast-1"));
    EXPECT_FALSE(table.is_own());
    table.deleted = true;
    EXPECT_FALSE(table.is_in("eu-west-1"));

    const auto own =
        own_table({"BusinessHours", {{"regionId", item::KeyType::kString}, std::nullopt}});
    EXPECT_TRUE(own.is_own());
    EXPECT_TRUE(own.is_in("anywhere"));
    EXPECT_EQ(own.id.size(), 36U);
    EXPECT_EQ(own.id, own_table({"BusinessHours", {}}).id);
    EXPECT_NE(own.id, own_table({"AgentSkills", {}}).id);
}

TEST(TableDescription, TheStoresNameFits) {
    const std::string id = "01234567-89ab-cdef-0123-456789abcdef";
    EXPECT_EQ(storage_of("Calls", id), "Calls@" + id);
    EXPECT_EQ(storage_of(std::string(255, 'n'), id).size(), 255U);
    EXPECT_TRUE(storage_of(std::string(255, 'n'), id).ends_with("n@" + id));
}

TEST(TableDescription, NamesInArns) {
    const auto arn = table_arn("us-east-1", "Calls");
    EXPECT_EQ(table_in_arn(arn, "us-east-1"), "Calls");
    EXPECT_EQ(table_in_arn(arn + "/index/i", "us-east-1"), "Calls");
    EXPECT_EQ(table_in_arn(arn + "/stream/2026", "us-east-1"), "Calls");
    EXPECT_EQ(table_in_arn(arn, "eu-west-1"), "");
    EXPECT_EQ(table_in_arn("Calls", "us-east-1"), "");
}

}  // namespace
}  // namespace meridian::dynamo
