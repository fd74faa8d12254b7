#include "dynamo/expiry.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "dynamo/world_for_tests.h"
#include "store/memory/memory_store.h"

namespace meridian::dynamo {
namespace {

using item::KeyAttribute;
using item::KeyType;
using item::Number;
using item::Value;

constexpr std::int64_t kNowSeconds = 1'800'000'000;
constexpr Instant kNow{std::chrono::seconds{kNowSeconds}};

class Expiry : public testing::Test {
  protected:
    void make_table(const std::string& name, std::optional<std::string> ttl) {
        TableDescription table{.id = "id-of-" + name,
                               .name = name,
                               .storage = name + "@1",
                               .key = {.partition = {"p", KeyType::kString},
                                       .sort = KeyAttribute{"s", KeyType::kNumber}},
                               .attributes = {}};
        table.ttl_attribute = std::move(ttl);
        ASSERT_TRUE(store_->create_table({.name = table.storage, .key = table.key}));
        tables_.add(std::move(table));
    }

    void put(const std::string& table, std::int64_t sort, std::optional<Value> expires) {
        item::Item item{{"p", "x"}, {"s", Number(sort)}};
        if (expires) {
            item.emplace("expires", *std::move(expires));
        }
        const auto outcome = store_->write({.table = table + "@1",
                                            .action = store::PutItem{std::move(item)},
                                            .condition = std::nullopt});
        ASSERT_FALSE(outcome.error);
    }

    std::set<std::int64_t> left(const std::string& table) {
        const auto page = store_->query({.table = table + "@1", .partition = "x"});
        EXPECT_TRUE(page);
        std::set<std::int64_t> sorts;
        for (const auto& item : page->items) {
            sorts.insert(*item::find(item, "s")->as<Number>()->to_int64());
        }
        return sorts;
    }

    ExpirySweeper::Sweep sweep(ExpirySweeper& sweeper, const std::stop_token& stop = {}) {
        const auto sweep = sweeper.sweep(kNow, stop);
        EXPECT_TRUE(sweep) << sweep.error().message;
        return sweep.value_or(ExpirySweeper::Sweep{});
    }

    ManualClock clock_{kNow};
    std::unique_ptr<store::ReplicaStore> store_ = store::open_memory_store(clock_);
    FixedTables tables_;
};

TEST_F(Expiry, DeletesWhatIsPastItsTime) {
    make_table("t", "expires");
    constexpr std::int64_t kFiveYears = std::int64_t{5} * 365 * 86'400;
    const std::pair<std::optional<Value>, bool> cases[] = {
        {Number(kNowSeconds - 1), true},
        {Number(kNowSeconds), false},
        {Number(kNowSeconds + 1), false},
        {Number::parse("1799999999.5").value(), true},
        {Number(kNowSeconds - kFiveYears), true},
        // Milliseconds of 1970, and whatever else is no time that anybody meant.
        {Number(kNowSeconds - kFiveYears - 1), false},
        {Number(0), false},
        {Number(-1), false},
        {Value("1799999999"), false},
        {Value(item::NumberSet{Number(kNowSeconds - 1)}), false},
        {std::nullopt, false},
    };
    std::set<std::int64_t> expected;
    std::int64_t sort = 0;
    for (const auto& [expires, goes] : cases) {
        put("t", sort, expires);
        if (!goes) {
            expected.insert(sort);
        }
        ++sort;
    }
    ExpirySweeper sweeper(*store_, tables_);
    const auto swept = sweep(sweeper);
    EXPECT_EQ(left("t"), expected);
    EXPECT_EQ(swept.examined, std::size(cases));
    EXPECT_EQ(swept.deleted, 3U);
    EXPECT_TRUE(swept.complete);
}

TEST_F(Expiry, IsOfTablesThatSaySo) {
    make_table("other-attribute", "ttl");
    make_table("without", std::nullopt);
    for (const auto* table : {"other-attribute", "without"}) {
        put(table, 1, Number(kNowSeconds - 10));
    }
    ExpirySweeper sweeper(*store_, tables_);
    EXPECT_EQ(sweep(sweeper).deleted, 0U);
    EXPECT_EQ(left("other-attribute").size(), 1U);
    EXPECT_EQ(left("without").size(), 1U);
}

TEST_F(Expiry, OfAKeyAttribute) {
    make_table("t", "s");
    put("t", kNowSeconds - 5, std::nullopt);
    put("t", kNowSeconds + 5, std::nullopt);
    ExpirySweeper sweeper(*store_, tables_);
    EXPECT_EQ(sweep(sweeper).deleted, 1U);
    EXPECT_EQ(left("t"), std::set{kNowSeconds + 5});
}

TEST_F(Expiry, GoesOnWhereItsBoundEndedIt) {
    for (const auto* table : {"a", "b", "c"}) {
        make_table(table, "expires");
        for (std::int64_t sort = 0; sort < 10; ++sort) {
            put(table, sort, Number(sort % 2 == 0 ? kNowSeconds - 1 : kNowSeconds + 1));
        }
    }
    ExpirySweeper sweeper(*store_, tables_, {.page_items = 3, .sweep_items_max = 4});
    std::size_t deleted = 0;
    std::size_t examined = 0;
    std::size_t sweeps = 0;
    for (bool complete = false; !complete && sweeps < 100; ++sweeps) {
        const auto swept = sweep(sweeper);
        EXPECT_LE(swept.examined, 6U);  // the bound, and the page that passes it
        deleted += swept.deleted;
        examined += swept.examined;
        complete = swept.complete;
    }
    EXPECT_EQ(deleted, 15U);
    EXPECT_EQ(examined, 30U);
    EXPECT_GE(sweeps, 5U);
    for (const auto* table : {"a", "b", "c"}) {
        EXPECT_EQ(left(table), (std::set<std::int64_t>{1, 3, 5, 7, 9})) << table;
    }
    // Then from the first table again, where five are left.
    EXPECT_EQ(sweep(sweeper).examined, 5U);
}

TEST_F(Expiry, StopsWhenItIsAskedTo) {
    make_table("t", "expires");
    put("t", 1, Number(kNowSeconds - 1));
    ExpirySweeper sweeper(*store_, tables_);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = sweep(sweeper, stop.get_token());
    EXPECT_EQ(stopped.examined, 0U);
    EXPECT_FALSE(stopped.complete);
    EXPECT_EQ(sweep(sweeper).deleted, 1U);
}

TEST_F(Expiry, PassesOverATableThatIsGone) {
    make_table("a", "expires");
    make_table("b", "expires");
    TableDescription gone{.id = "gone",
                          .name = "aa",
                          .storage = "aa@1",
                          .key = {.partition = {"p", KeyType::kString}, .sort = std::nullopt},
                          .attributes = {}};
    gone.ttl_attribute = "expires";
    tables_.add(std::move(gone));
    put("a", 1, Number(kNowSeconds - 1));
    put("b", 1, Number(kNowSeconds - 1));
    ExpirySweeper sweeper(*store_, tables_);
    const auto swept = sweep(sweeper);
    EXPECT_EQ(swept.deleted, 2U);
    EXPECT_TRUE(swept.complete);
}

// A store in which somebody gives an item more time between the sweeper's look and its delete.
class Prolonged final : public store::TableStore {
  public:
    explicit Prolonged(store::TableStore& store) : store_(store) {}

    Result<void> create_table(const store::TableSchema& schema) override {
        return store_.create_table(schema);
    }
    Result<store::TableSchema> describe_table(std::string_view table) const override {
        return store_.describe_table(table);
    }
    std::vector<store::TableSchema> list_tables() const override { return store_.list_tables(); }
    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        const auto longer =
            store_.write({.table = writes.front().table,
                          .action = store::PutItem{{{"p", "x"},
                                                    {"s", Number(1)},
                                                    {"expires", Number(kNowSeconds + 100)}}},
                          .condition = std::nullopt});
        ASSERT_FALSE(longer.error);
        store_.submit(std::move(writes), atomicity, std::move(done));
    }
    Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        return store_.get(ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        return store_.get_many(refs);
    }
    Result<store::Page> query(const store::Query& query) const override {
        return store_.query(query);
    }
    Result<store::Page> scan(const store::Scan& scan) const override { return store_.scan(scan); }
    store::SequenceNumber last_sequence() const override { return store_.last_sequence(); }
    Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                std::size_t count) const override {
        return store_.read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { store_.observe(std::move(observer)); }

  private:
    store::TableStore& store_;
};

TEST_F(Expiry, LeavesWhatWasGivenMoreTimeMeanwhile) {
    make_table("t", "expires");
    put("t", 1, Number(kNowSeconds - 1));
    put("t", 2, Number(kNowSeconds - 1));
    Prolonged prolonged(*store_);
    ExpirySweeper sweeper(prolonged, tables_);
    const auto swept = sweep(sweeper);
    EXPECT_EQ(swept.deleted, 1U);
    EXPECT_TRUE(swept.complete);
    EXPECT_EQ(left("t"), std::set<std::int64_t>{1});
}

}  // namespace
}  // namespace meridian::dynamo
