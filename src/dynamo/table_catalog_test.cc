#include "dynamo/table_catalog.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "dynamo/create_table.h"
#include "dynamo/regions_for_tests.h"
#include "dynamo/stream_starts.h"

namespace meridian::dynamo {
namespace {

const std::vector<std::string> kRegions{"us-east-1", "eu-west-1"};

TableDescription calls(std::string id, std::vector<std::string> regions) {
    TableDescription table;
    table.id = std::move(id);
    table.name = "Calls";
    table.storage = storage_of(table.name, table.id);
    table.key = {{"pk", item::KeyType::kString}, std::nullopt};
    table.attributes = {table.key.partition};
    table.regions = std::move(regions);
    return table;
}

class TableCatalogTest : public testing::Test {
  protected:
    static TablePtr put(TestRegion& region, const TableDescription& table) {
        auto changed = region.tables->change(
            table.name, [&](const TablePtr&) { return Outcome<TableDescription>(table); });
        EXPECT_TRUE(changed) << changed.error().message;
        return changed ? *changed : nullptr;
    }
    static bool has_table(const TestRegion& region, const std::string& storage) {
        return region.store->describe_table(storage).has_value();
    }
    static store::WriteOutcome write(const TestRegion& region, const std::string& storage,
                                     std::string_view pk) {
        return region.store->write({storage, store::PutItem{{{"pk", pk}}}, std::nullopt});
    }

    TestRegion us_{"us-east-1", kRegions};
    TestRegion eu_{"eu-west-1", kRegions};
};

TEST_F(TableCatalogTest, MeridiansOwnTablesAreThereFromTheStart) {
    const auto table = us_.tables->find("GlobalCallRouting");
    ASSERT_NE(table, nullptr);
    EXPECT_TRUE(table->is_own());
    EXPECT_EQ(table->billing, BillingMode::kPayPerRequest);
    EXPECT_EQ(table->id, eu_.tables->find("GlobalCallRouting")->id);
    EXPECT_EQ(us_.tables->list().size(), 1U);
    EXPECT_EQ(us_.store->last_sequence(), 0U);  // nothing was written about it
    EXPECT_EQ(us_.tables->find("@tables"), nullptr);
}

TEST_F(TableCatalogTest, AChangeIsInTheStoreAndFoundWhenItReturns) {
    const auto table = put(us_, calls("id-1", {"us-east-1"}));
    ASSERT_NE(table, nullptr);
    EXPECT_TRUE(has_table(us_, table->storage));
    EXPECT_EQ(us_.tables->find("Calls"), table);
    EXPECT_EQ(us_.tables->find("arn:aws:dynamodb:us-east-1:000000000000:table/Calls"), table);
    EXPECT_EQ(us_.tables->find("arn:aws:dynamodb:eu-west-1:000000000000:table/Calls"), nullptr);
    EXPECT_EQ(us_.tables->find("calls"), nullptr);
    EXPECT_NE(table->revision, 0);

    us_.open();
    const auto again = us_.tables->find("Calls");
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(to_item(*again), to_item(*table));
}

TEST_F(TableCatalogTest, ManyTablesAreThereAfterARestart) {
    constexpr int kTables = 5;
    for (int i = 0; i < kTables; ++i) {
        auto table =
            calls("00000000-0000-4000-8000-00000000000" + std::to_string(i), {"us-east-1"});
        table.name = "Calls" + std::to_string(i);
        put(us_, table);
    }
    us_.open();
    EXPECT_EQ(us_.tables->list().size(), std::size_t{kTables + 1});
    for (int i = 0; i < kTables; ++i) {
        EXPECT_NE(us_.tables->find("Calls" + std::to_string(i)), nullptr) << i;
    }
}

TEST_F(TableCatalogTest, ARefusedChangeChangesNothing) {
    const auto before = us_.store->last_sequence();
    const auto changed = us_.tables->change("Calls", [](const TablePtr& now) {
        EXPECT_EQ(now, nullptr);
        return Outcome<TableDescription>(resource_in_use("no"));
    });
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().message, "no");
    EXPECT_EQ(us_.store->last_sequence(), before);
}

TEST_F(TableCatalogTest, ATableOfAnotherRegionIsSeenOnlyWhereItWasAskedFor) {
    auto table = *put(us_, calls("id-1", {"us-east-1"}));
    ASSERT_FALSE(write(us_, table.storage, "first").error);
    us_.carry_to(eu_);
    EXPECT_TRUE(comes([&] { return eu_.tables->everywhere().size() == 2; }));
    EXPECT_EQ(eu_.tables->find("Calls"), nullptr);

    table.regions.push_back("eu-west-1");
    put(us_, table);
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return eu_.tables->find("Calls") != nullptr; }));
    // With all that was written before it was asked for.
    const auto item = eu_.store->get({table.storage, {{"pk", "first"}}});
    ASSERT_TRUE(item);
    EXPECT_TRUE(*item);

    table.regions = {"us-east-1"};
    put(us_, table);
    us_.carry_to(eu_);
    EXPECT_TRUE(comes([&] { return eu_.tables->find("Calls") == nullptr; }));
    EXPECT_TRUE(has_table(eu_, table.storage));
}

TEST_F(TableCatalogTest, ADescriptionMakesTheTableAlsoWithoutItems) {
    const auto table = *put(us_, calls("id-1", {"us-east-1", "eu-west-1"}));
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return eu_.tables->find("Calls") != nullptr; }));
    EXPECT_TRUE(has_table(eu_, table.storage));
}

TEST_F(TableCatalogTest, ADeletedTableIsDroppedInEveryRegion) {
    auto table = *put(us_, calls("id-1", {"us-east-1", "eu-west-1"}));
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return has_table(eu_, table.storage); }));
    table.deleted = true;
    put(us_, table);
    EXPECT_EQ(us_.tables->find("Calls"), nullptr);
    EXPECT_FALSE(has_table(us_, table.storage));
    us_.carry_to(eu_);
    EXPECT_TRUE(comes([&] { return !has_table(eu_, table.storage); }));
    EXPECT_EQ(eu_.tables->find("Calls"), nullptr);

    // Created again it is another table.
    const auto next = put(us_, calls("id-2", {"us-east-1"}));
    ASSERT_NE(next, nullptr);
    EXPECT_NE(next->storage, table.storage);
    EXPECT_TRUE(has_table(us_, next->storage));
}

// Items of it may arrive from a third region after that.
TEST_F(TableCatalogTest, ATableThatWasDeletedBeforeARegionHeardOfItStaysAway) {
    auto table = *put(us_, calls("id-1", {"us-east-1"}));
    ASSERT_FALSE(write(us_, table.storage, "late").error);
    const auto late = us_.store->read_own(us_.store->last_sequence() - 1, 1);
    table.deleted = true;
    put(us_, table);
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return eu_.tables->everywhere().size() == 2; }));
    EXPECT_FALSE(has_table(eu_, table.storage));
    store::RemoteBatch batch{.from = "ap-southeast-1", .tables = {{table.storage, table.key}}};
    batch.items.push_back(late->changes.at(0).item);
    ASSERT_TRUE(eu_.store->apply_remote(std::move(batch)));
    EXPECT_TRUE(comes([&] { return !has_table(eu_, table.storage); }));
}

TEST_F(TableCatalogTest, TwoRegionsMakeTablesOfOneName) {
    const auto of_us = put(us_, calls("id-2", {"us-east-1"}));
    const auto of_eu = put(eu_, calls("id-1", {"eu-west-1"}));
    us_.carry_to(eu_);
    eu_.carry_to(us_);
    ASSERT_TRUE(comes([&] {
        return us_.tables->everywhere().size() == 3 && eu_.tables->everywhere().size() == 3;
    }));
    EXPECT_EQ(us_.tables->find("Calls")->id, "id-2");
    EXPECT_EQ(eu_.tables->find("Calls")->id, "id-1");

    // Asked for in one region while it was made in the other one: the lower id, everywhere.
    auto wide = *of_us;
    wide.regions = {"us-east-1", "eu-west-1"};
    put(us_, wide);
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] {
        for (const auto& table : eu_.tables->everywhere()) {
            if (table->id == "id-2") {
                return table->regions.size() == 2;
            }
        }
        return false;
    }));
    EXPECT_EQ(eu_.tables->find("Calls")->id, "id-1");
    EXPECT_EQ(us_.tables->find("Calls")->id, "id-2");
}

TEST_F(TableCatalogTest, ManyThreadsLoseNoChange) {
    put(us_, calls("id-1", {"us-east-1"}));
    constexpr int kThreads = 4;
    constexpr int kChanges = 20;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this, t] {
            for (int i = 0; i < kChanges; ++i) {
                const auto changed = us_.tables->change("Calls", [&](const TablePtr& now) {
                    auto table = *now;
                    table.tags[std::to_string(t) + "-" + std::to_string(i)] = "";
                    return Outcome<TableDescription>(std::move(table));
                });
                EXPECT_TRUE(changed);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(us_.tables->find("Calls")->tags.size(), std::size_t{kThreads * kChanges});
    us_.open();
    EXPECT_EQ(us_.tables->find("Calls")->tags.size(), std::size_t{kThreads * kChanges});
}

// Between a change's reading and its writing the description may arrive from another region.
TEST_F(TableCatalogTest, AChangeIsMadeOnWhatStandsNow) {
    const auto first = *put(us_, calls("id-1", {"us-east-1", "eu-west-1"}));
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] { return eu_.tables->find("Calls") != nullptr; }));
    auto theirs = *eu_.tables->find("Calls");
    theirs.tags["theirs"] = "";
    eu_.clock.advance(std::chrono::seconds{1});
    put(eu_, theirs);

    int calls_made = 0;
    const auto changed = us_.tables->change("Calls", [&](const TablePtr& now) {
        if (++calls_made == 1) {
            eu_.carry_to(us_);
        }
        auto table = *now;
        table.tags["ours"] = "";
        return Outcome<TableDescription>(std::move(table));
    });
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(calls_made, 2);
    EXPECT_TRUE((*changed)->tags.contains("ours"));
    EXPECT_TRUE((*changed)->tags.contains("theirs"));
}

TEST_F(TableCatalogTest, AStreamStartsWithTheChangeThatBroughtIt) {
    auto table = calls("id-1", {"us-east-1", "eu-west-1"});
    switch_stream_on(table, StreamView::kKeysOnly, us_.clock.now());
    const auto label = table.streams[0].label;
    EXPECT_EQ(label, "2023-11-14T22:13:20.123");
    put(us_, table);
    const auto here = read_stream_span(*us_.store, "id-1", label);
    ASSERT_TRUE(here && *here);
    // The description was the first change of this log; everything after it belongs to the stream.
    EXPECT_EQ(**here, (StreamSpan{us_.store->log_id(), 1, std::nullopt}));
    ASSERT_FALSE(write(us_, table.storage, "x").error);

    // Items that arrive with the description are in the other region's stream too.
    us_.carry_to(eu_);
    ASSERT_TRUE(comes([&] {
        const auto there = read_stream_span(*eu_.store, "id-1", label);
        return there && *there;
    }));
    EXPECT_EQ((*read_stream_span(*eu_.store, "id-1", label))->after, 1U);

    table = *us_.tables->find("Calls");
    table.streams[0].enabled = false;
    put(us_, table);
    const auto ended = read_stream_span(*us_.store, "id-1", label);
    ASSERT_TRUE(ended && *ended);
    EXPECT_EQ((**ended).after, 1U);
    ASSERT_TRUE((**ended).through);
    EXPECT_GT(*(**ended).through, 1U);
    us_.carry_to(eu_);
    EXPECT_TRUE(comes([&] {
        const auto there = read_stream_span(*eu_.store, "id-1", label);
        return there && *there && (**there).through;
    }));
}

TEST_F(TableCatalogTest, AnotherStreamOfTheSameMomentHasAnotherLabel) {
    auto table = calls("id-1", {"us-east-1"});
    switch_stream_on(table, StreamView::kKeysOnly, us_.clock.now());
    table.streams[0].enabled = false;
    switch_stream_on(table, StreamView::kKeysOnly, us_.clock.now());
    EXPECT_EQ(table.streams[1].label, "2023-11-14T22:13:20.124");
    EXPECT_EQ(table.stream(), &table.streams[1]);
}

// The region stopped between hearing of a stream and writing down where it starts.
TEST_F(TableCatalogTest, AStreamThatWasMissedStartsWhereItWasSwitchedOn) {
    auto table = calls("id-1", {"us-east-1", "eu-west-1"});
    switch_stream_on(table, StreamView::kKeysOnly, us_.clock.now());
    const auto label = table.streams[0].label;
    put(us_, table);
    ASSERT_FALSE(write(us_, table.storage, "x").error);
    eu_.service.reset();
    eu_.world.reset();
    eu_.tables.reset();
    us_.carry_to(eu_);
    ASSERT_FALSE(*read_stream_span(*eu_.store, "id-1", label));
    eu_.open();
    const auto span = read_stream_span(*eu_.store, "id-1", label);
    ASSERT_TRUE(span && *span);
    EXPECT_EQ((**span).after, 1U);
}

TEST_F(TableCatalogTest, IndexesAreMadeAndDroppedInEveryRegion) {
    auto table = calls("id-1", {"us-east-1", "eu-west-1"});
    const item::KeyAttribute by{"by", item::KeyType::kString};
    table.indexes = {{.schema = {.name = "one", .key = {by, std::nullopt}}},
                     {.schema = {.name = "two", .key = {by, std::nullopt}}}};
    put(us_, table);
    const auto names = [&](const TestRegion& region) {
        std::vector<std::string> found;
        const auto indexes = region.store->list_indexes(table.storage);
        for (std::size_t i = 0; indexes && i < indexes->size(); ++i) {
            found.push_back((*indexes)[i].schema.name);
        }
        return found;
    };
    EXPECT_EQ(names(us_), (std::vector<std::string>{"one", "two"}));
    us_.carry_to(eu_);
    EXPECT_TRUE(comes([&] { return names(eu_).size() == 2; }));
    // Another index of the same name takes the place of the first one.
    table = *us_.tables->find("Calls");
    table.indexes = {
        {.schema = {
             .name = "one", .key = {by, std::nullopt}, .projected = store::Projected::kKeysOnly}}};
    put(us_, table);
    us_.carry_to(eu_);
    EXPECT_EQ(names(us_), std::vector<std::string>{"one"});
    EXPECT_TRUE(comes([&] {
        const auto there = eu_.store->list_indexes(table.storage);
        return there && there->size() == 1 &&
               there->front().schema.projected == store::Projected::kKeysOnly;
    }));
}

}  // namespace
}  // namespace meridian::dynamo
