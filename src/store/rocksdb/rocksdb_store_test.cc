#include "store/rocksdb/rocksdb_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/embedded_contract.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

std::shared_ptr<ReplicaStore> make_for_contract(const Clock& clock, const std::string& region) {
    auto folder = std::make_shared<TemporaryFolder>();
    auto store = open_rocksdb_store({.folder = folder->path(), .region = region}, clock);
    CHECK(store);
    // The store goes before its folder.
    return {store->release(), [folder](ReplicaStore* closed) { delete closed; }};
}

constexpr auto kStore = embedded<make_for_contract>(30);
INSTANTIATE_TEST_SUITE_P(RocksDb, StoreContract, testing::Values(kStore));
INSTANTIATE_TEST_SUITE_P(RocksDb, StoreReads, testing::Values(kStore));
INSTANTIATE_TEST_SUITE_P(RocksDb, StoreIndexes, testing::Values(kStore));
constexpr ReplicaStoreMaker kMaker{make_for_contract, 30};
INSTANTIATE_TEST_SUITE_P(RocksDb, EmbeddedStore, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(RocksDb, EmbeddedIndexes, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(RocksDb, ReplicaContract, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(RocksDb, ReplicaHistories, testing::Values(kMaker));

class RocksDbStoreTest : public testing::Test {
  protected:
    static constexpr const char* kTable = "Table";

    void SetUp() override { open(); }

    void open() {
        close();
        auto opened = open_rocksdb_store(options_, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
        ASSERT_TRUE(store_->create_table({kTable, {{"id", item::KeyType::kString}, {}}}));
    }
    void close() { store_.reset(); }
    [[nodiscard]] Error opening_error() {
        auto opened = open_rocksdb_store(options_, clock_);
        EXPECT_FALSE(opened);
        return opened ? Error{} : opened.error();
    }

    static Write put_of(std::string id, std::int64_t n) {
        return {kTable, PutItem{{{"id", std::move(id)}, {"n", item::Number(n)}}}, {}};
    }
    [[nodiscard]] std::optional<item::Item> get(std::string id) const {
        auto item = store_->get({kTable, {{"id", std::move(id)}}});
        EXPECT_TRUE(item) << item.error().message;
        return item ? *std::move(item) : std::nullopt;
    }
    void put_many(int count, std::size_t filler_bytes) const {
        for (int i = 0; i < count; ++i) {
            item::Item item{{"id", std::to_string(i)}, {"x", std::string(filler_bytes, 'x')}};
            ASSERT_FALSE(store_->write({kTable, PutItem{std::move(item)}, {}}).error);
        }
    }

    TemporaryFolder folder_;
    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    RocksDbOptions options_{.folder = folder_.path() / "made" / "on demand"};
    std::unique_ptr<TableStore> store_;
};

TEST_F(RocksDbStoreTest, FindsEverythingAgainAfterAnOrderlyEnd) {
    ASSERT_TRUE(store_->create_table(
        {"Other",
         {{"n", item::KeyType::kNumber}, item::KeyAttribute{"b", item::KeyType::kBinary}}}));
    const auto tables = store_->list_tables();
    ASSERT_FALSE(store_->write(put_of("a", 1)).error);
    ASSERT_FALSE(store_->write(put_of("b", 2)).error);
    ASSERT_FALSE(store_->write({kTable, DeleteItem{{{"id", "a"}}}, {}}).error);
    const auto log = *store_->read_log(0, 10);
    open();
    EXPECT_EQ(store_->list_tables(), tables);
    EXPECT_EQ(get("a"), std::nullopt);
    EXPECT_EQ(get("b")->at("n"), item::Value(item::Number(2)));
    EXPECT_EQ(store_->last_sequence(), 3U);
    const auto again = *store_->read_log(0, 10);
    ASSERT_EQ(again.size(), log.size());
    for (std::size_t i = 0; i < log.size(); ++i) {
        EXPECT_EQ(again[i].key, log[i].key);
        EXPECT_EQ(again[i].at, log[i].at);
        EXPECT_EQ(again[i].before, log[i].before);
        EXPECT_EQ(again[i].after, log[i].after);
    }
    EXPECT_EQ(store_->write(put_of("c", 3)).sequence, 4U) << "numbers go on";
}

TEST_F(RocksDbStoreTest, ASecondOpeningInThisProcessIsRefusedAndHarmsNothing) {
    const auto error = opening_error();
    EXPECT_EQ(error.code, ErrorCode::kLocked);
    EXPECT_THAT(error.message, HasSubstr(options_.folder.string()));
    EXPECT_THAT(error.message, HasSubstr("this process"));
    EXPECT_FALSE(store_->write(put_of("a", 1)).error);
    EXPECT_EQ(opening_error().code, ErrorCode::kLocked) << "still locked";
}

TEST_F(RocksDbStoreTest, AFolderThatCannotBeMadeIsNamed) {
    close();
    options_.folder = "/proc/no such folder";
    const auto error = opening_error();
    EXPECT_EQ(error.code, ErrorCode::kIo);
    EXPECT_THAT(error.message, HasSubstr("/proc/no such folder"));
    options_.folder = "/dev/null/below a file";
    EXPECT_EQ(opening_error().code, ErrorCode::kIo);
}

TEST_F(RocksDbStoreTest, AFolderOfANewerFormatIsRefusedAndLeftAsItIs) {
    close();
    {
        auto newer = open_database(options_.folder, rocksdb::Env::Default(), OpenFor::kWriting);
        ASSERT_TRUE(newer);
        ASSERT_TRUE(newer->db->Put({}, kFormatKey, seal(encode_number(kFormat + 1))).ok());
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto error = opening_error();
        EXPECT_EQ(error.code, ErrorCode::kNotSupported);
        EXPECT_THAT(error.message, HasSubstr(options_.folder.string()));
        EXPECT_THAT(error.message, HasSubstr("format 4"));
    }
}

TEST_F(RocksDbStoreTest, AFolderWithAColumnFamilyOfALaterVersionIsRefused) {
    close();
    {
        auto newer = open_database(options_.folder, rocksdb::Env::Default(), OpenFor::kWriting);
        ASSERT_TRUE(newer);
        rocksdb::ColumnFamilyHandle* family = nullptr;
        ASSERT_TRUE(newer->db->CreateColumnFamily({}, "tomorrow", &family).ok());
        delete family;
    }
    const auto error = opening_error();
    EXPECT_EQ(error.code, ErrorCode::kNotSupported);
    EXPECT_THAT(error.message, HasSubstr("newer Meridian"));
}

TEST_F(RocksDbStoreTest, TrimsTheLogAndRemembersThatItDid) {
    options_.log_changes_kept = 20;
    open();
    for (int i = 1; i <= 100; ++i) {
        ASSERT_FALSE(store_->write(put_of("a", i)).error);
    }
    const auto expect_trimmed = [this] {
        const auto old = store_->read_log(0, 10);
        ASSERT_FALSE(old);
        EXPECT_EQ(old.error().code, ErrorCode::kLogTrimmed);
        EXPECT_THAT(old.error().message, HasSubstr("log starts at"));
        const auto kept = store_->read_log(80, 1000);
        ASSERT_TRUE(kept) << kept.error().message;
        ASSERT_EQ(kept->size(), 20U);
        EXPECT_EQ(kept->front().sequence, 81U);
        // Not more than is kept and what one step of trimming takes.
        EXPECT_FALSE(store_->read_log(100 - 20 - 3, 1000));
    };
    expect_trimmed();
    open();
    expect_trimmed();
    EXPECT_EQ(store_->write(put_of("a", 101)).sequence, 101U);
}

TEST_F(RocksDbStoreTest, NumbersAreNotReusedWhenTheLogIsEmpty) {
    options_.log_changes_kept = 0;
    open();
    for (int i = 1; i <= 10; ++i) {
        EXPECT_EQ(store_->write(put_of("a", i)).sequence, static_cast<SequenceNumber>(i));
        open();
    }
    EXPECT_EQ(store_->last_sequence(), 10U);
}

TEST_F(RocksDbStoreTest, ItemsSurviveBeingMovedIntoFiles) {
    put_many(300, 200UL * 1024);  // several memtables
    open();
    for (const int i : {0, 150, 299}) {
        EXPECT_EQ(get(std::to_string(i))->at("x").as<std::string>()->size(), 200U * 1024) << i;
    }
    EXPECT_EQ(store_->last_sequence(), 300U);
    EXPECT_EQ(get("300"), std::nullopt);
}

TEST_F(RocksDbStoreTest, AFullQueueRefusesAtOnceAndDoesNothing) {
    options_.queue_writes_max = 4;
    open();
    // The writer is held inside an observer, so that the queue fills.
    std::promise<void> inside;
    std::promise<void> release;
    store_->observe([&, released = release.get_future().share(),
                     first = true](std::span<const Change>) mutable {
        if (std::exchange(first, false)) {
            inside.set_value();
            released.wait();
        }
    });
    std::vector<std::future<WriteOutcome>> outcomes;
    const auto submit = [&](std::string id) {
        auto told = std::make_shared<std::promise<WriteOutcome>>();
        outcomes.push_back(told->get_future());
        std::vector<Write> writes;
        writes.push_back(put_of(std::move(id), 1));
        store_->submit(std::move(writes), Atomicity::kEach,
                       [told](std::vector<WriteOutcome> made) { told->set_value(made.at(0)); });
    };
    submit("first");
    inside.get_future().wait();
    for (const char* id : {"2", "3", "4", "5", "6"}) {
        submit(id);
    }
    const auto refused = outcomes[4].get();
    EXPECT_EQ(refused.error->code, ErrorCode::kOverloaded);
    EXPECT_EQ(outcomes[5].get().error->code, ErrorCode::kOverloaded);
    release.set_value();
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(outcomes[static_cast<std::size_t>(i)].get().error) << i;
    }
    EXPECT_EQ(get("5"), std::nullopt);
    EXPECT_FALSE(store_->write(put_of("5", 1)).error) << "there is room again";
}

TEST_F(RocksDbStoreTest, ADrillFillsTheDiskAndFreesItAgain) {
    std::atomic<bool> is_full = false;
    options_.disk_is_full = [&is_full] { return is_full.load(); };
    open();
    ASSERT_FALSE(store_->write(put_of("kept", 1)).error);
    for (int round = 0; round < 3; ++round) {
        is_full = true;
        const auto refused = store_->write(put_of("refused", round));
        ASSERT_TRUE(refused.error);
        EXPECT_EQ(refused.error->code, ErrorCode::kDiskFull) << refused.error->message;
        EXPECT_FALSE(get("refused"));
        EXPECT_TRUE(get("kept"));
        is_full = false;
        ASSERT_FALSE(store_->write(put_of("made", round)).error);
    }
    open();
    EXPECT_FALSE(get("refused"));
    EXPECT_TRUE(get("made"));
    close();  // before what it asks
}

TEST_F(RocksDbStoreTest, ClosingTellsEveryWriter) {
    constexpr int kWrites = 500;
    std::atomic<int> told = 0;
    std::atomic<int> made = 0;
    for (int i = 0; i < kWrites; ++i) {
        std::vector<Write> writes;
        writes.push_back(put_of(std::to_string(i), i));
        store_->submit(std::move(writes), Atomicity::kEach,
                       [&](std::vector<WriteOutcome> outcomes) {
                           ++told;
                           made += outcomes.at(0).error ? 0 : 1;
                       });
    }
    close();
    EXPECT_EQ(told, kWrites);
    open();
    EXPECT_EQ(store_->last_sequence(), static_cast<SequenceNumber>(made));
}

}  // namespace
}  // namespace meridian::store
