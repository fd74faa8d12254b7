// What a durable store keeps of indexes and of dropped tables: over restarts, from a former format,
// and in damaged folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "item/codec.h"
#include "store/rocksdb/damage.h"
#include "store/rocksdb/damage_note.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/salvage.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kTable = "Table";
const IndexSchema kByColor{"byColor", {{"color", item::KeyType::kString}, {}}};

class IndexTest : public testing::Test {
  protected:
    void SetUp() override {
        open();
        for (const auto* name : {kTable, "Other"}) {
            ASSERT_TRUE(store_->create_table({name, {{"id", item::KeyType::kString}, {}}}));
        }
    }

    void open() {
        close();
        auto opened = open_rocksdb_store({.folder = folder_}, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
    }
    void close() { store_.reset(); }

    static item::Item item_of(const std::string& id, const std::string& color) {
        return {{"id", id}, {"color", color}, {"text", std::string(50, 'x')}};
    }
    void put(const std::string& id, const std::string& color, const char* table = kTable) {
        const auto made = store_->write({table, PutItem{item_of(id, color)}, {}});
        ASSERT_FALSE(made.error) << made.error->message;
    }
    void put_many(int count) {
        for (int i = 0; i < count; i += 500) {
            std::vector<Write> writes;
            for (int j = i; j < std::min(i + 500, count); ++j) {
                writes.push_back(
                    {kTable,
                     PutItem{item_of("id" + std::to_string(j), "color" + std::to_string(j % 3))},
                     {}});
            }
            ASSERT_FALSE(store_->write_all(std::move(writes), Atomicity::kEach).front().error);
        }
    }
    void create_index() {
        ASSERT_TRUE(store_->create_index(kTable, kByColor));
        wait_until_ready();
    }
    [[nodiscard]] IndexStatus status() const { return store_->list_indexes(kTable)->front(); }
    void wait_until_ready() const {
        while (!status().ready) {
            std::this_thread::yield();
        }
    }
    [[nodiscard]] Page of_color(const std::string& color) const {
        auto page = store_->query({.table = kTable, .partition = color, .index = "byColor"});
        EXPECT_TRUE(page) << page.error().message;
        return page ? *std::move(page) : Page{};
    }
    [[nodiscard]] static std::vector<std::string> ids(const Page& page) {
        std::vector<std::string> ids;
        for (const auto& item : page.items) {
            ids.push_back(*item.at("id").as<std::string>());
        }
        std::ranges::sort(ids);
        return ids;
    }
    // All of a table or an index, by id; and that extents say the same.
    [[nodiscard]] std::set<std::string> all_ids(const std::string& index) const {
        std::set<std::string> all;
        std::uint64_t bytes = 0;
        Scan scan{.table = kTable, .index = index};
        do {
            auto page = store_->scan(scan);
            EXPECT_TRUE(page) << page.error().message;
            if (!page) {
                break;
            }
            for (const auto& item : page->items) {
                EXPECT_TRUE(all.insert(*item.at("id").as<std::string>()).second);
                bytes += item::encode(item).size();
            }
            scan.start_after = std::move(page->last_key);
        } while (scan.start_after);
        const auto extent = index.empty() ? *store_->extent(kTable) : status().extent;
        EXPECT_EQ(extent.items, all.size()) << index;
        EXPECT_EQ(extent.bytes, bytes) << index;
        return all;
    }
    void expect_whole_index() const { EXPECT_EQ(all_ids("byColor"), all_ids("")); }

    void change(const std::function<void(OpenDatabase&)>& change) {
        close();
        auto open = open_database(folder_, rocksdb::Env::Default(), OpenFor::kWriting);
        ASSERT_TRUE(open);
        change(*open);
    }
    // How many rows there are of the families in which tables and indexes keep theirs.
    [[nodiscard]] std::size_t rows() {
        std::size_t count = 0;
        change([&](const OpenDatabase& open) {
            for (const auto* family : {&open.items, &open.tombstones, &open.indexes}) {
                const std::unique_ptr<rocksdb::Iterator> row(
                    open.db->NewIterator({}, family->get()));
                for (row->SeekToFirst(); row->Valid(); row->Next()) {
                    ++count;
                }
            }
        });
        return count;
    }

    TemporaryFolder temporary_;
    std::filesystem::path folder_ = temporary_.path() / "data";
    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    std::unique_ptr<ReplicaStore> store_;
};

TEST_F(IndexTest, IsThereAgainAfterARestart) {
    create_index();
    auto keys_only = kByColor;
    keys_only.name = "keys";
    keys_only.projected = Projected::kKeysOnly;
    keys_only.key.sort = item::KeyAttribute{"text", item::KeyType::kString};
    ASSERT_TRUE(store_->create_index(kTable, keys_only));
    put_many(700);
    wait_until_ready();
    const auto listed = *store_->list_indexes(kTable);
    open();
    const auto again = *store_->list_indexes(kTable);
    ASSERT_THAT(again, SizeIs(2));
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(again[i].schema, listed[i].schema);
        EXPECT_EQ(again[i].extent.items, 700U);
    }
    EXPECT_TRUE(status().ready);
    expect_whole_index();
    put("more", "red");
    EXPECT_THAT(ids(of_color("red")), ElementsAre("more"));
}

TEST_F(IndexTest, GoesOnFillingAfterARestart) {
    put_many(20'000);
    ASSERT_TRUE(store_->create_index(kTable, kByColor));
    const auto not_yet = store_->query({.table = kTable, .partition = "x", .index = "byColor"});
    if (!not_yet) {
        EXPECT_EQ(not_yet.error().code, ErrorCode::kUnavailable);
    }
    for (int restarts = 0; restarts < 3; ++restarts) {
        open();
        put("id" + std::to_string(7 * restarts), "rewritten");
        put("new" + std::to_string(restarts), "new");
    }
    wait_until_ready();
    expect_whole_index();
    EXPECT_THAT(ids(of_color("new")), ElementsAre("new0", "new1", "new2"));
    EXPECT_THAT(ids(of_color("rewritten")), ElementsAre("id0", "id14", "id7"));
}

TEST_F(IndexTest, LeavesNothingBehindWhenItIsDropped) {
    put_many(3000);
    create_index();
    EXPECT_EQ(rows(), 6000U);
    open();
    ASSERT_TRUE(store_->drop_index(kTable, "byColor"));
    close();  // perhaps before its rows are deleted
    open();
    EXPECT_THAT(*store_->list_indexes(kTable), IsEmpty());
    for (int tries = 0; tries < 10 && rows() > 3000; ++tries) {
        open();
        put("id1", "x");  // and in between, whatever is to be done
    }
    EXPECT_EQ(rows(), 3000U);
}

TEST_F(IndexTest, ADroppedTableLeavesNothingButItsNameAndItsLog) {
    create_index();
    put_many(2500);
    put("deleted", "red");
    ASSERT_FALSE(store_->write({kTable, DeleteItem{{{"id", "deleted"}}}, {}}).error);
    put("kept", "red", "Other");
    ASSERT_TRUE(store_->drop_table(kTable));
    close();
    open();
    EXPECT_EQ(store_->create_table({kTable, {{"id", item::KeyType::kString}, {}}}).error().code,
              ErrorCode::kTableExists);
    EXPECT_FALSE(store_->describe_table(kTable));
    EXPECT_EQ(store_->read_table_log(kTable, 0, 1)->changes.front().table, kTable);
    for (int tries = 0; tries < 10 && rows() > 1; ++tries) {
        open();
        put("kept", "blue", "Other");
    }
    EXPECT_EQ(rows(), 1U);
    open();
    EXPECT_EQ(store_->extent("Other")->items, 1U);
    EXPECT_FALSE(store_->describe_table(kTable));
    // Numbers are not given again: what the log says of one table is never said of another.
    ASSERT_TRUE(store_->create_table({"Third", {{"id", item::KeyType::kString}, {}}}));
    put("a", "red", "Third");
    EXPECT_EQ(store_->read_table_log(kTable, store_->last_sequence() - 1, 9)->changes.size(), 0U);
}

// As format 2 left it: without a family of entries.
TEST_F(IndexTest, AFolderOfTheFormerFormatIsGoneOnWith) {
    put_many(50);
    change([](OpenDatabase& open) {
        ASSERT_TRUE(open.db->DropColumnFamily(open.indexes.get()).ok());
        open.indexes.reset();
        ASSERT_TRUE(open.db->Put({}, kFormatKey, seal(encode_number(2))).ok());
    });
    open();
    EXPECT_THAT(all_ids(""), SizeIs(50));
    create_index();
    expect_whole_index();
    change([](OpenDatabase& open) {
        std::string format;
        ASSERT_TRUE(open.db->Get({}, kFormatKey, &format).ok());
        EXPECT_EQ(format, seal(encode_number(kFormat)));
    });
}

TEST_F(IndexTest, LeavesADamagedItemOutAndNamesIt) {
    create_index();
    put("a", "red");
    put("b", "red");
    ASSERT_TRUE(flip_byte(*store_, {kTable, {{"id", "a"}}}, 20));
    auto page = of_color("red");
    EXPECT_THAT(ids(page), ElementsAre("b"));
    EXPECT_THAT(page.damaged, ElementsAre(item::Key{{"id", "a"}}));
    const auto limited =
        store_->query({.table = kTable, .partition = "red", .limit = 1, .index = "byColor"});
    ASSERT_TRUE(limited->last_key);
    EXPECT_THAT(*limited->last_key, SizeIs(2)) << "attributes of both keys";
    // Nobody knows any more by which entry it was found.
    put("a", "blue");
    EXPECT_THAT(ids(of_color("red")), ElementsAre("b"));
    EXPECT_THAT(ids(of_color("blue")), ElementsAre("a"));
    EXPECT_EQ(store_->extent(kTable)->items, 2U);
    open();
    expect_whole_index();
}

TEST_F(IndexTest, IsFilledAnewByASalvageAndADroppedTableStaysDropped) {
    ASSERT_TRUE(store_->create_index("Other", kByColor));
    put("a", "red", "Other");
    ASSERT_TRUE(store_->drop_table("Other"));
    create_index();
    put_many(1500);
    close();
    note_damage(folder_, "something");
    const auto salvaged = salvage({.folder = folder_}, clock_);
    ASSERT_TRUE(salvaged) << salvaged.error().message;
    EXPECT_FALSE(salvaged->incomplete) << to_string(*salvaged);
    EXPECT_EQ(salvaged->items, 1500U);
    open();
    wait_until_ready();
    expect_whole_index();
    EXPECT_FALSE(store_->describe_table("Other"));
    EXPECT_EQ(store_->read_table_log("Other", 0, 9)->changes.size(), 1U);
}

TEST_F(IndexTest, TheTrimmedLogSaysWhereItStarts) {
    close();
    auto opened = open_rocksdb_store({.folder = folder_, .log_changes_kept = 100}, clock_);
    ASSERT_TRUE(opened);
    store_ = *std::move(opened);
    EXPECT_EQ(store_->trimmed(), 0U);
    for (int i = 0; i < 300; ++i) {
        put("a", "red");
    }
    const auto trimmed = store_->trimmed();
    EXPECT_GT(trimmed, 100U);
    EXPECT_EQ(store_->read_table_log(kTable, trimmed - 1, 1).error().code, ErrorCode::kLogTrimmed);
    EXPECT_EQ(store_->read_table_log(kTable, trimmed, 1)->changes.front().sequence, trimmed + 1);
}

}  // namespace
}  // namespace meridian::store
