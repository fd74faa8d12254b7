// What a durable store keeps of replication: over restarts, from former formats, on failing and
// damaged disks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "item/codec.h"
#include "store/rocksdb/damage.h"
#include "store/rocksdb/faulty_disk.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

const Table kTable{1, {"Table", {{"id", item::KeyType::kString}, {}}}};

item::Item item_of(const std::string& id, std::int64_t n) {
    return {{"id", id}, {"n", item::Number(n)}};
}
item::Key key_of(const std::string& id) {
    return {{"id", id}};
}
RemoteBatch batch_of(std::vector<VersionedItem> items) {
    return {.from = "peer", .tables = {kTable.schema}, .items = std::move(items)};
}
VersionedItem remote(const std::string& id, std::int64_t n, std::uint64_t time) {
    return {"Table", key_of(id), {item_of(id, n), {{HybridTime{time}, "peer"}, {}}}};
}

class RocksDbReplica : public testing::Test {
  protected:
    void SetUp() override { open(); }

    void open() {
        close();
        auto opened = open_rocksdb_store_on(disk_.env(), options_, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
        ASSERT_TRUE(store_->create_table(kTable.schema));
    }
    void close() { store_.reset(); }

    WriteOutcome put(const std::string& id, std::int64_t n) const {
        return store_->write({"Table", PutItem{item_of(id, n)}, {}});
    }
    WriteOutcome erase(const std::string& id) const {
        return store_->write({"Table", DeleteItem{key_of(id)}, {}});
    }
    [[nodiscard]] VersionedImage state_of(const std::string& id) const {
        auto state = store_->get_version({"Table", key_of(id)});
        EXPECT_TRUE(state) << state.error().message;
        return state ? *std::move(state) : VersionedImage{};
    }
    [[nodiscard]] std::vector<Conflict> conflicts() const {
        return store_->conflicts("", 1000)->conflicts;
    }

    // Changes the database behind the store's back. REQUIRES: it is closed.
    template <typename Change>
    void change(Change what) {
        auto open = open_database(options_.folder, rocksdb::Env::Default(), OpenFor::kWriting);
        ASSERT_TRUE(open);
        what(*open);
    }

    TemporaryFolder folder_;
    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    FaultyDisk disk_;
    RocksDbOptions options_{.folder = folder_.path() / "store", .region = "here"};
    std::unique_ptr<ReplicaStore> store_;
};

TEST_F(RocksDbReplica, FindsWhereItStoodAfterAnOrderlyEnd) {
    put("x", 1);
    put("gone", 1);
    erase("gone");
    put("lost", 1);
    const auto last = state_of("lost").version.stamp;
    auto batch = batch_of({remote("lost", 2, last.time.bits + 5), remote("far", 3, 77)});
    batch.part = LogPart{LogId{5}, 0, 9};
    ASSERT_EQ(store_->apply_remote(batch)->conflicts, 1U);
    const auto log = store_->log_id();
    std::map<std::string, VersionedImage> states;
    for (const char* id : {"x", "gone", "lost", "far"}) {
        states[id] = state_of(id);
    }
    const auto own = store_->read_own(0, 100)->changes.size();
    clock_.step_to(clock_.now() - std::chrono::minutes{10});
    open();
    for (const auto& [id, state] : states) {
        EXPECT_EQ(state_of(id), state) << id;
    }
    EXPECT_EQ(store_->log_id(), log);
    EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{5}, 9}));
    EXPECT_EQ(store_->read_own(0, 100)->changes.size(), own);
    ASSERT_EQ(conflicts().size(), 1U);
    EXPECT_EQ(conflicts()[0].lost.version.stamp, last);
    put("new", 1);
    EXPECT_GT(state_of("new").version.stamp.time.bits, last.time.bits + 5)
        << "the clock goes on, though it was set back";
    put("gone", 2);
    EXPECT_TRUE(includes(state_of("gone").version, states["gone"].version.stamp));
}

TEST_F(RocksDbReplica, AMarkOutlivesAnEndWithASteppedClock) {
    clock_.advance(std::chrono::minutes{10});
    const auto mark = *store_->mark();
    clock_.step_to(clock_.now() - std::chrono::minutes{10});
    open();
    put("x", 1);
    EXPECT_GT(state_of("x").version.stamp.time, mark.time);
}

TEST_F(RocksDbReplica, RemembersWhatItForgot) {
    put("x", 1);
    erase("x");
    const auto deleted = state_of("x").version.stamp;
    ASSERT_EQ(*store_->collect_tombstones(deleted.time), 1U);
    open();
    put("x", 2);
    EXPECT_TRUE(includes(state_of("x").version, {deleted.time, "anywhere"}));
}

TEST_F(RocksDbReplica, AFolderBelongsToOneRegion) {
    close();
    options_.region = "there";
    const auto refused = open_rocksdb_store(options_, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(refused.error().message, HasSubstr("here"));
    EXPECT_THAT(refused.error().message, HasSubstr("there"));
    options_.region = "no region";
    EXPECT_EQ(open_rocksdb_store(options_, clock_).error().code, ErrorCode::kInvalidInput);
    options_.region = "here";
    open();
}

// ---- Format 1

// A database as the former version left it: no versions, three column families.
void make_former(const std::filesystem::path& folder, const std::vector<item::Item>& items) {
    rocksdb::Options options;
    options.create_if_missing = true;
    std::filesystem::create_directories(folder);
    rocksdb::DB* raw = nullptr;
    CHECK(rocksdb::DB::Open(options, folder.string(), &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    std::map<std::string_view, std::unique_ptr<rocksdb::ColumnFamilyHandle>> families;
    for (const auto name : {kItemsFamily, kLogFamily}) {
        rocksdb::ColumnFamilyHandle* family = nullptr;
        CHECK(db->CreateColumnFamily({}, std::string(name), &family).ok());
        families[name].reset(family);
    }
    CHECK(db->Put({}, kFormatKey, seal(encode_number(1))).ok());
    CHECK(db->Put({}, std::string(kTablePrefix) + "Table", seal_table(kTable)).ok());
    SequenceNumber sequence = 0;
    for (const auto& item : items) {
        const auto row = row_key(kTable, {{"id", item.at("id")}});
        const auto encoded = item::encode(item);
        std::string change;
        append_number(1'700'000'000'000, 8, change);
        append_text(row, change);
        change += std::string(1, '\0') + '\1';
        append_text(encoded, change);
        CHECK(db->Put({}, families[kItemsFamily].get(), row, seal(encoded)).ok());
        CHECK(
            db->Put({}, families[kLogFamily].get(), encode_number(++sequence), seal(change)).ok());
    }
}

class FormerFolder : public RocksDbReplica {
  protected:
    void SetUp() override {
        make_former(options_.folder, {item_of("same", 1), item_of("edited", 2)});
        open();
    }
};

TEST_F(FormerFolder, IsGoneOnWith) {
    EXPECT_EQ(*store_->get({"Table", key_of("same")}), item_of("same", 1));
    EXPECT_EQ(store_->last_sequence(), 2U);
    const auto log = store_->read_log(0, 10);
    ASSERT_EQ(log->size(), 2U);
    EXPECT_EQ(log->at(1).after, item_of("edited", 2));
    EXPECT_EQ(store_->scan({.table = "Table"})->items.size(), 2U);
    EXPECT_EQ(state_of("same").version.stamp, unversioned_stamp(item::encode(item_of("same", 1))));
    const auto former = state_of("edited").version.stamp;
    EXPECT_EQ(put("edited", 3).before, item_of("edited", 2));
    EXPECT_TRUE(includes(state_of("edited").version, former));
    open();
    EXPECT_EQ(*store_->get({"Table", key_of("edited")}), item_of("edited", 3));
    EXPECT_EQ(store_->read_log(0, 10)->size(), 3U);
}

// Its changes have no order among regions; what became of them is in a view.
TEST_F(FormerFolder, ItsOldChangesAreNotReadAsOwn) {
    const auto refused = store_->read_own(1, 10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLogTrimmed);
    EXPECT_EQ(store_->read_own(2, 10)->through, 2U);
    put("new", 1);
    open();
    EXPECT_FALSE(store_->read_own(1, 10));
    EXPECT_EQ(store_->read_own(2, 10)->changes.size(), 1U);
}

TEST_F(FormerFolder, RegionsWithTheSameFormerItemsHaveNoConflicts) {
    const TemporaryFolder elsewhere;
    make_former(elsewhere.path() / "store",
                {item_of("same", 1), item_of("edited", 2), item_of("only there", 1)});
    auto other =
        *open_rocksdb_store({.folder = elsewhere.path() / "store", .region = "there"}, clock_);
    put("edited", 3);
    const auto exchange = [&](ReplicaStore& from, ReplicaStore& to) {
        const auto view = *from.open_view();
        auto page = *view->page("");
        ASSERT_FALSE(page.next);
        const auto applied = to.apply_remote({.from = from.region(),
                                              .tables = page.tables,
                                              .items = std::move(page.items),
                                              .complete = Cursor{from.log_id(), view->sequence()}});
        ASSERT_TRUE(applied) << applied.error().message;
        EXPECT_EQ(applied->conflicts, 0U);
    };
    exchange(*store_, *other);
    exchange(*other, *store_);
    EXPECT_EQ(*other->get({"Table", key_of("edited")}), item_of("edited", 3));
    EXPECT_EQ(*(*store_->open_view())->table_hash("Table"),
              *(*other->open_view())->table_hash("Table"));
    EXPECT_EQ((*store_->open_view())->table_hash("Table")->items, 3U);
}

TEST_F(FormerFolder, FormerItemsThatDifferEndAlikeAndTheLostOneIsAConflict) {
    const TemporaryFolder elsewhere;
    make_former(elsewhere.path() / "store", {item_of("same", 77)});
    auto other =
        *open_rocksdb_store({.folder = elsewhere.path() / "store", .region = "there"}, clock_);
    const auto pass = [](ReplicaStore& from, ReplicaStore& to) {
        auto page = *(*from.open_view())->page("");
        ASSERT_TRUE(
            to.apply_remote({.from = from.region(), .tables = page.tables, .items = page.items}));
    };
    for (int i = 0; i < 2; ++i) {
        pass(*store_, *other);
        pass(*other, *store_);
    }
    const auto kept = *store_->get({"Table", key_of("same")});
    EXPECT_EQ(*other->get({"Table", key_of("same")}), kept);
    const auto lost = kept == item_of("same", 1) ? item_of("same", 77) : item_of("same", 1);
    auto found = conflicts();
    std::ranges::move(other->conflicts("", 10)->conflicts, std::back_inserter(found));
    ASSERT_FALSE(found.empty());
    for (const auto& conflict : found) {
        EXPECT_EQ(conflict.lost.image, lost);
        EXPECT_EQ(conflict.kept.image, kept);
    }
}

// ---- Views

TEST_F(RocksDbReplica, AViewIsKeptForAnHour) {
    put("x", 1);
    const auto view = *store_->open_view();
    clock_.advance(std::chrono::minutes{59});
    put("x", 2);
    EXPECT_EQ(view->page("")->items.at(0).state.image, item_of("x", 1));
    clock_.advance(std::chrono::minutes{1});
    put("x", 3);
    EXPECT_EQ(view->page("").error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(view->table_hash("Table").error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE((*store_->open_view())->page(""));
}

TEST_F(RocksDbReplica, SomeViewsMayBeOpenAtATime) {
    std::vector<std::unique_ptr<StoreView>> views;
    while (auto view = store_->open_view()) {
        views.push_back(*std::move(view));
        ASSERT_LE(views.size(), 100U);
    }
    EXPECT_GE(views.size(), 8U);
    EXPECT_EQ(store_->open_view().error().code, ErrorCode::kOverloaded);
    views.pop_back();
    EXPECT_TRUE(store_->open_view());
}

TEST_F(RocksDbReplica, AMendingOfTheDiskEndsViews) {
    put("x", 1);
    auto view = *store_->open_view();
    disk_.run_full(ENOSPC);
    EXPECT_TRUE(put("x", 2).error);
    EXPECT_TRUE(view->page("")) << "reads go on";
    disk_.repair();
    ASSERT_FALSE(put("x", 3).error);
    EXPECT_EQ(view->page("").error().code, ErrorCode::kUnavailable);
    view = *store_->open_view();
    EXPECT_EQ(view->page("")->items.at(0).state.image, item_of("x", 3));
}

// Many rows are visited in steps, between which the database may be mended.
TEST_F(RocksDbReplica, AViewOfManyRowsHasEachOnce) {
    constexpr int kItems = 10'000;
    std::vector<Write> puts;
    puts.reserve(kItems);
    for (int i = 0; i < kItems; ++i) {
        puts.push_back({"Table", PutItem{item_of(std::to_string(i), i)}, {}});
    }
    std::ignore = store_->write_all(std::move(puts), Atomicity::kEach);
    const auto view = *store_->open_view();
    EXPECT_EQ(view->table_hash("Table")->items, static_cast<std::uint64_t>(kItems));
    std::set<item::Key> keys;
    std::optional<std::string> position = "";
    std::size_t items = 0;
    while (position) {
        const auto page = *view->page(*position);
        items += page.items.size();
        position = page.next;
    }
    EXPECT_EQ(items, static_cast<std::size_t>(kItems));
}

// ---- Damage

class DamagedItem : public RocksDbReplica {
  protected:
    void SetUp() override {
        RocksDbReplica::SetUp();
        for (int i = 0; i < 100; ++i) {
            put(std::to_string(i), i);
        }
        good_ = state_of("42");
        hash_ = *(*store_->open_view())->table_hash("Table");
        ASSERT_TRUE(flip_byte(*store_, {"Table", key_of("42")}, 30));
        open();
    }
    [[nodiscard]] ContentHash hash() const { return *(*store_->open_view())->table_hash("Table"); }
    // Those that a verification names.
    [[nodiscard]] std::vector<item::Key> named() const {
        const auto view = *store_->open_view();
        std::vector<item::Key> damaged;
        for (const auto& item : view->item_hashes("Table", "", "", 1000)->items) {
            if (item.damaged) {
                damaged.push_back(item.key);
            }
        }
        return damaged;
    }

    VersionedImage good_;
    ContentHash hash_;
};

TEST_F(DamagedItem, IsNamedAndEverythingElseIsServed) {
    const auto got = store_->get({"Table", key_of("42")});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(got.error().message, testing::HasSubstr("of Table"));
    EXPECT_THAT(got.error().message, testing::HasSubstr("\"42\""));
    EXPECT_TRUE(*store_->get({"Table", key_of("41")}));
    const auto scanned = store_->scan({.table = "Table"});
    EXPECT_EQ(scanned->items.size(), 99U);
    EXPECT_EQ(scanned->damaged, std::vector{key_of("42")});
    const auto queried = store_->query({.table = "Table", .partition = "42"});
    EXPECT_TRUE(queried->items.empty());
    EXPECT_EQ(queried->damaged, std::vector{key_of("42")});
    const auto view = *store_->open_view();
    const auto page = view->page("");
    EXPECT_EQ(page->items.size(), 99U);
    ASSERT_EQ(page->damaged.size(), 1U);
    EXPECT_EQ(page->damaged[0].key, key_of("42"));
    EXPECT_NE(hash(), hash_);
    EXPECT_EQ(named(), std::vector{key_of("42")});
}

// A scan that stops at a limit goes on behind it.
TEST_F(DamagedItem, IsAPlaceWhereAPageMayEnd) {
    Scan scan{.table = "Table", .limit = 1};
    std::size_t items = 0;
    std::size_t damaged = 0;
    do {
        const auto page = store_->scan(scan);
        ASSERT_TRUE(page);
        items += page->items.size();
        damaged += page->damaged.size();
        scan.start_after = page->last_key;
    } while (scan.start_after);
    EXPECT_EQ(items, 99U);
    EXPECT_EQ(damaged, 1U);
}

TEST_F(DamagedItem, IsMendedByAPeersVersion) {
    auto batch = batch_of({{"Table", key_of("42"), good_}});
    batch.mend = true;
    EXPECT_EQ(store_->apply_remote(batch)->won, 1U);
    EXPECT_EQ(state_of("42"), good_);
    EXPECT_EQ(hash(), hash_);
    EXPECT_TRUE(named().empty());
}

// What a peer wrote meanwhile must not wait for a repair; an observer hears of a delete too.
TEST_F(DamagedItem, IsReplacedByWhatArrives) {
    std::vector<Image> seen;
    store_->observe([&](std::span<const Change> changes) {
        for (const auto& change : changes) {
            seen.push_back(change.after);
        }
    });
    auto batch = batch_of({remote("42", 7, 5)});
    batch.items[0].state.image = {};
    batch.part = LogPart{LogId{1}, 0, 1};
    const auto applied = store_->apply_remote(batch);
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->won, 1U);
    EXPECT_FALSE(*store_->get({"Table", key_of("42")}));
    EXPECT_EQ(seen, std::vector<Image>{Image()});
    EXPECT_TRUE(named().empty());
}

// Their outcome doesn't depend on what was there; with a peer that has it still, they win.
TEST_F(DamagedItem, IsReplacedByAPutOrADelete) {
    EXPECT_FALSE(store_->write({"Table", PutItem{item_of("42", 5)}, {}}).error);
    EXPECT_EQ(state_of("42").image, item_of("42", 5));
    EXPECT_GT(state_of("42").version.stamp, good_.version.stamp);
    const auto back = store_->apply_remote(batch_of({remote("42", 7, 5)}));
    EXPECT_EQ(back->conflicts, 0U) << "whatever was there, the put has seen it";
    ASSERT_TRUE(flip_byte(*store_, {"Table", key_of("42")}, 0));
    const auto deleted = store_->write({"Table", DeleteItem{key_of("42")}, {}});
    EXPECT_FALSE(deleted.error);
    EXPECT_NE(deleted.sequence, 0U);
    EXPECT_FALSE(*store_->get({"Table", key_of("42")}));
    EXPECT_TRUE(state_of("42").version);
    EXPECT_TRUE(named().empty());
    open();
    EXPECT_FALSE(*store_->get({"Table", key_of("42")}));
}

TEST_F(DamagedItem, RefusesWhatDependsOnIt) {
    const expression::Condition none = expression::AttributeNotExists{expression::Path("id")};
    const auto refused = store_->write({"Table", PutItem{item_of("42", 5)}, none});
    EXPECT_EQ(refused.error->code, ErrorCode::kCorruption);
    EXPECT_EQ(store_->write({"Table", UpdateItem{key_of("42"), {}}, {}}).error->code,
              ErrorCode::kCorruption);
    EXPECT_EQ(store_->write({"Table", CheckItem{key_of("42")}, {}}).error->code,
              ErrorCode::kCorruption);
}

TEST_F(DamagedItem, TakesAByteThatThereIs) {
    EXPECT_EQ(flip_byte(*store_, {"Table", key_of("42")}, 10'000).error().code,
              ErrorCode::kInvalidInput);
    EXPECT_EQ(flip_byte(*store_, {"Table", key_of("none")}, 0).error().code,
              ErrorCode::kInvalidInput);
}

// Each byte counts.
TEST_F(DamagedItem, IsFoundWhicheverByteItIs) {
    const auto row = row_key(kTable, key_of("7"));
    std::size_t bytes = 0;
    close();
    change([&](const OpenDatabase& open) {
        std::string sealed;
        ASSERT_TRUE(open.db->Get({}, open.items.get(), row, &sealed).ok());
        bytes = sealed.size();
    });
    open();
    for (std::size_t byte = 0; byte < bytes; ++byte) {
        ASSERT_TRUE(flip_byte(*store_, {"Table", key_of("7")}, byte));
        EXPECT_EQ(store_->get({"Table", key_of("7")}).error().code, ErrorCode::kCorruption);
        ASSERT_TRUE(flip_byte(*store_, {"Table", key_of("7")}, byte));
        EXPECT_TRUE(*store_->get({"Table", key_of("7")}));
    }
}

// Of a delete only its time is lost: it still is one, and is forgotten one day.
TEST_F(RocksDbReplica, ADamagedDeleteCountsAsAnOldOne) {
    put("x", 1);
    ASSERT_FALSE(store_->write({"Table", DeleteItem{key_of("x")}, {}}).error);
    const auto last = state_of("x").version.stamp.time;
    close();
    change([&](const OpenDatabase& open) {
        ASSERT_TRUE(
            open.db->Put({}, open.tombstones.get(), row_key(kTable, key_of("x")), "damaged").ok());
    });
    open();
    EXPECT_FALSE(*store_->get({"Table", key_of("x")}));
    const auto view = *store_->open_view();
    EXPECT_EQ(view->page("")->items.size(), 1U);
    EXPECT_EQ(*store_->collect_tombstones(last), 1U);
    EXPECT_FALSE(state_of("x").version);
    put("x", 2);
    EXPECT_EQ(state_of("x").image, item_of("x", 2));
}

TEST_F(RocksDbReplica, ADamagedCursorOrConflictStopsNobody) {
    put("x", 1);
    auto batch = batch_of({remote("x", 2, 5)});
    batch.part = LogPart{LogId{1}, 0, 2};
    ASSERT_TRUE(store_->apply_remote(batch));
    ASSERT_EQ(store_->conflicts("", 10)->conflicts.size(), 1U);
    close();
    change([&](const OpenDatabase& open) {
        ASSERT_TRUE(open.db->Put({}, open.catalog.get(), "cursor/peer", "damaged").ok());
        const std::unique_ptr<rocksdb::Iterator> row(
            open.db->NewIterator({}, open.conflicts.get()));
        row->SeekToFirst();
        ASSERT_TRUE(open.db->Put({}, open.conflicts.get(), row->key(), "damaged").ok());
    });
    open();
    EXPECT_EQ(*store_->cursor("peer"), Cursor{});
    EXPECT_TRUE(store_->conflicts("", 10)->conflicts.empty());
}

TEST_F(RocksDbReplica, AnItemThatWasChangedWithItsChecksumIsFoundAndMended) {
    put("x", 1);
    const auto good = state_of("x");
    const auto before = *(*store_->open_view())->table_hash("Table");
    close();
    change([&](const OpenDatabase& open) {
        const auto row = row_key(kTable, key_of("x"));
        std::string sealed;
        ASSERT_TRUE(open.db->Get({}, open.items.get(), row, &sealed).ok());
        const auto other = seal(item::encode(item_of("x", 2)), unseal_all(sealed)->metadata);
        ASSERT_TRUE(open.db->Put({}, open.items.get(), row, other).ok());
    });
    open();
    EXPECT_NE(*(*store_->open_view())->table_hash("Table"), before);
    auto batch = batch_of({{"Table", key_of("x"), good}});
    EXPECT_EQ(store_->apply_remote(batch)->known, 1U);
    batch.mend = true;
    EXPECT_EQ(store_->apply_remote(batch)->won, 1U);
    EXPECT_EQ(*(*store_->open_view())->table_hash("Table"), before);
}

// ---- Failing disks, full queues

TEST_F(RocksDbReplica, AFullDiskRefusesABatchWithItsCursor) {
    auto batch = batch_of({remote("x", 1, 5), remote("y", 1, 5)});
    batch.part = LogPart{LogId{1}, 0, 2};
    disk_.run_full(ENOSPC);
    EXPECT_EQ(store_->apply_remote(batch).error().code, ErrorCode::kDiskFull);
    EXPECT_EQ(*store_->cursor("peer"), Cursor{});
    EXPECT_FALSE(state_of("x").version);
    disk_.repair();
    EXPECT_EQ(store_->apply_remote(batch)->won, 2U);
    EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{1}, 2}));
    open();
    EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{1}, 2}));
    EXPECT_EQ(state_of("y").image, item_of("y", 1));
}

TEST_F(RocksDbReplica, AFailedSyncThatIsMendedAppliesABatchOnce) {
    ASSERT_EQ(store_->apply_remote(batch_of({remote("x", 1, 5)}))->won, 1U);
    for (std::uint64_t step = 0; step < 3; ++step) {
        auto batch = batch_of({remote("x", 2, 6 + step)});
        batch.part = LogPart{LogId{1}, step, step + 1};
        disk_.fail_log_syncs(1);
        const auto applied = store_->apply_remote(batch);
        ASSERT_TRUE(applied) << applied.error().message;
        EXPECT_EQ(applied->won, 1U);
        EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{1}, step + 1}));
    }
    EXPECT_EQ(store_->last_sequence(), 4U);
    // Only the cursor moves, or only versions do: then the batch has no change in the log.
    disk_.fail_log_syncs(1);
    ASSERT_TRUE(store_->apply_remote({.from = "peer", .part = LogPart{LogId{1}, 3, 9}}));
    disk_.fail_log_syncs(1);
    ASSERT_TRUE(store_->apply_remote(
        batch_of({{"Table", key_of("z"), {{}, {{HybridTime{5}, "peer"}, {}}}}})));
    open();
    EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{1}, 9}));
    EXPECT_TRUE(state_of("z").version);
}

// A region that could not be learnt keeps its number for itself: it may have been learnt after all.
TEST_F(RocksDbReplica, RegionsHaveDifferentNumbersWhateverFails) {
    for (int i = 0; i < 5; ++i) {
        const auto name = "peer-" + std::to_string(i);
        VersionedItem item{"Table", key_of(name), {item_of(name, i), {{HybridTime{5}, name}, {}}}};
        const RemoteBatch batch{.from = name, .tables = {}, .items = {std::move(item)}};
        disk_.run_full(ENOSPC);
        EXPECT_FALSE(store_->apply_remote(batch));
        disk_.repair();
        if (i % 2 == 1) {
            EXPECT_TRUE(store_->apply_remote(batch));
        }
    }
    open();
    for (const int i : {1, 3}) {
        const auto name = "peer-" + std::to_string(i);
        EXPECT_EQ(state_of(name).version.stamp, (Stamp{HybridTime{5}, name}));
    }
}

TEST_F(RocksDbReplica, AFullQueueRefusesABatch) {
    options_.queue_writes_max = 4;
    open();
    std::promise<void> inside;
    std::promise<void> release;
    store_->observe([&, released = release.get_future().share(),
                     first = true](std::span<const Change>) mutable {
        if (std::exchange(first, false)) {
            inside.set_value();
            released.wait();
        }
    });
    std::promise<Result<Applied>> told;
    store_->submit_remote(batch_of({remote("w", 1, 5)}), [](Result<Applied>) {});
    inside.get_future().wait();
    const auto batch = batch_of({remote("x", 1, 5), remote("y", 1, 5)});
    store_->submit_remote(batch, [&](Result<Applied> done) { told.set_value(std::move(done)); });
    const auto refused = store_->apply_remote(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
    release.set_value();
    EXPECT_EQ(told.get_future().get()->won, 2U);
    EXPECT_TRUE(store_->apply_remote(batch)) << "there is room again";
}

TEST_F(RocksDbReplica, ClosingTellsWhoSentABatch) {
    std::atomic<int> told = 0;
    for (int i = 0; i < 100; ++i) {
        store_->submit_remote(batch_of({remote(std::to_string(i), i, 5)}),
                              [&](Result<Applied>) { ++told; });
    }
    close();
    EXPECT_EQ(told, 100);
}

// Trimmed changes are gone for peers too, and own ones are found among many of others.
TEST_F(RocksDbReplica, OwnChangesAreTrimmedWithTheLog) {
    options_.log_changes_kept = 20;
    open();
    for (int i = 1; i <= 100; ++i) {
        if (i % 10 == 0) {
            put("x", i);
        } else {
            ASSERT_TRUE(
                store_->apply_remote(batch_of({remote("y", i, static_cast<std::uint64_t>(i))})));
        }
    }
    EXPECT_EQ(store_->read_own(0, 100).error().code, ErrorCode::kLogTrimmed);
    const auto own = store_->read_own(80, 100);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->changes.size(), 2U);
    EXPECT_EQ(own->changes[0].sequence, 90U);
    EXPECT_EQ(own->through, 100U);
}

}  // namespace
}  // namespace meridian::store
