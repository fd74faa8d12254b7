// What a store does when its disk runs full, fails, loses power, or gives back other bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/rocksdb/faulty_disk.h"
#include "store/rocksdb/file_size_limit.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/table_store.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

class FaultsTest : public testing::Test {
  protected:
    static constexpr const char* kTable = "Table";

    void SetUp() override { open(); }

    void open() {
        close();
        auto opened = open_rocksdb_store_on(disk_.env(), {.folder = folder_.path()}, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
        ASSERT_TRUE(store_->create_table({kTable, {{"id", item::KeyType::kString}, {}}}));
        store_->observe([this](std::span<const Change> changes) {
            for (const auto& change : changes) {
                observed_.push_back(change.sequence);
            }
        });
    }
    void close() { store_.reset(); }

    static Write put_of(std::string id, std::int64_t n) {
        return {kTable, PutItem{{{"id", std::move(id)}, {"n", item::Number(n)}}}, {}};
    }
    WriteOutcome put(std::string id, std::int64_t n) const {
        return store_->write(put_of(std::move(id), n));
    }
    // -1: there is no such item.
    [[nodiscard]] std::int64_t n_of(std::string id) const {
        const auto item = store_->get({kTable, {{"id", std::move(id)}}});
        EXPECT_TRUE(item) << item.error().message;
        return item && *item ? (*item)->at("n").as<item::Number>()->to_int64().value() : -1;
    }

    // The log has no gap, and replaying it gives exactly the table. Returns its last number.
    SequenceNumber expect_log_and_table_agree() const {
        std::map<std::string, item::Item> replayed;
        const auto id_of = [](const item::Item& item) { return *item.at("id").as<std::string>(); };
        SequenceNumber at = 0;
        while (at < store_->last_sequence()) {
            const auto page = store_->read_log(at, 10'000);
            if (!page || page->empty() || page->front().sequence != at + 1) {
                ADD_FAILURE() << "no change after " << at;
                return at;
            }
            for (const auto& change : *page) {
                if (change.after) {
                    replayed[id_of(change.key)] = *change.after;
                } else {
                    replayed.erase(id_of(change.key));
                }
            }
            at = page->back().sequence;
        }
        std::size_t items = 0;
        Scan scan{.table = kTable};
        do {
            auto page = store_->scan(scan);
            EXPECT_TRUE(page);
            for (const auto& item : page->items) {
                EXPECT_EQ(item, replayed[id_of(item)]);
            }
            items += page->items.size();
            scan.start_after = std::move(page->last_key);
        } while (scan.start_after);
        EXPECT_EQ(items, replayed.size());
        return at;
    }
    void expect_observed_without_gaps() const {
        for (std::size_t i = 0; i < observed_.size(); ++i) {
            ASSERT_EQ(observed_[i], i + 1);
        }
        EXPECT_EQ(observed_.size(), store_->last_sequence());
    }

    TemporaryFolder folder_;
    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    FaultyDisk disk_;
    std::vector<SequenceNumber> observed_;
    std::unique_ptr<TableStore> store_;
};

class FullDiskTest : public FaultsTest, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Errors, FullDiskTest, testing::Values(ENOSPC, EFBIG, EDQUOT));

TEST_P(FullDiskTest, RefusesWritesServesReadsAndGoesOnOnceThereIsRoom) {
    ASSERT_FALSE(put("kept", 1).error);
    for (int round = 1; round <= 3; ++round) {
        disk_.run_full(GetParam());
        for (int attempt = 0; attempt < 3; ++attempt) {
            const auto refused = put("refused", round);
            ASSERT_TRUE(refused.error);
            EXPECT_EQ(refused.error->code, ErrorCode::kDiskFull) << refused.error->message;
            EXPECT_THAT(refused.error->message, HasSubstr(folder_.path().string()));
            EXPECT_EQ(n_of("refused"), -1);
            EXPECT_EQ(n_of("kept"), round);
        }
        disk_.repair();
        const auto made = put("kept", round + 1);
        ASSERT_FALSE(made.error) << "the first write after there is room: " << made.error->message;
    }
    expect_observed_without_gaps();
    open();
    EXPECT_EQ(n_of("kept"), 4);
    EXPECT_EQ(n_of("refused"), -1);
    EXPECT_EQ(expect_log_and_table_agree(), 4U);
}

// Right after a start RocksDB holds nothing in memory, and could not go on by itself
// (github.com/facebook/rocksdb/issues/12998).
TEST_P(FullDiskTest, RecoversWhenTheFirstWriteOfAllFindsNoRoom) {
    ASSERT_FALSE(put("a", 1).error);
    open();
    disk_.run_full(GetParam());
    EXPECT_EQ(put("a", 2).error->code, ErrorCode::kDiskFull);
    disk_.repair();
    ASSERT_FALSE(put("a", 3).error);
    EXPECT_EQ(n_of("a"), 3);
    open();
    EXPECT_EQ(n_of("a"), 3);
    expect_log_and_table_agree();
}

// What was acknowledged between two failures lies in a log behind a torn one.
TEST_P(FullDiskTest, APowerLossAfterRecoveringLosesNothing) {
    for (int round = 1; round <= 3; ++round) {
        disk_.run_full(GetParam());
        ASSERT_TRUE(put("torn", round).error);
        disk_.repair();
        ASSERT_FALSE(put("kept", round).error);
    }
    disk_.cut_power();
    close();
    disk_.restore_power([](std::uint64_t unsynced) { return unsynced; });
    open();
    EXPECT_EQ(n_of("kept"), 3);
    EXPECT_EQ(n_of("torn"), -1);
    expect_log_and_table_agree();
}

TEST_P(FullDiskTest, CreatingATableFailsAndWorksLater) {
    const TableSchema schema{"Other", {{"id", item::KeyType::kString}, {}}};
    disk_.run_full(GetParam());
    const auto refused = store_->create_table(schema);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kDiskFull);
    EXPECT_FALSE(store_->describe_table("Other"));
    disk_.repair();
    EXPECT_TRUE(store_->create_table(schema));
    ASSERT_FALSE(put("a", 1).error);
    open();
    EXPECT_TRUE(store_->describe_table("Other"));
}

// The log has room, but what it holds cannot be moved into tables any more.
TEST_P(FullDiskTest, AFailingFlushRefusesWritesAndTheFirstWriteWithRoomSucceeds) {
    disk_.run_full(GetParam(), ".sst");
    WriteOutcome outcome;
    int made = 0;
    for (; made < 500; ++made) {
        item::Item large{{"id", std::to_string(made)}, {"x", std::string(200UL * 1024, 'x')}};
        outcome = store_->write({kTable, PutItem{std::move(large)}, {}});
        if (outcome.error) {
            break;
        }
    }
    ASSERT_TRUE(outcome.error) << "nothing was flushed";
    EXPECT_EQ(outcome.error->code, ErrorCode::kDiskFull) << outcome.error->message;
    EXPECT_TRUE(*store_->get({kTable, {{"id", "0"}}}));
    disk_.repair();
    const auto next = put("next", 1);
    EXPECT_FALSE(next.error) << next.error->message;
    open();
    EXPECT_EQ(expect_log_and_table_agree(), static_cast<SequenceNumber>(made) + 1);
}

// The kernel's own refusals, on real files.
TEST_F(FaultsTest, AFileSizeLimitIsAFullDisk) {
    ASSERT_FALSE(put("kept", 1).error);
    {
        const FileSizeLimit limit(0);
        EXPECT_EQ(put("refused", 1).error->code, ErrorCode::kDiskFull);
        EXPECT_EQ(n_of("kept"), 1);
        EXPECT_EQ(n_of("refused"), -1);
        EXPECT_EQ(put("refused", 2).error->code, ErrorCode::kDiskFull);
    }
    ASSERT_FALSE(put("kept", 2).error);
    open();
    EXPECT_EQ(n_of("kept"), 2);
    EXPECT_EQ(n_of("refused"), -1);
    expect_log_and_table_agree();
}

TEST_F(FaultsTest, AWholeGroupFailsOrNone) {
    disk_.run_full(ENOSPC);
    std::vector<Write> writes;
    writes.reserve(50);
    for (int i = 0; i < 50; ++i) {
        writes.push_back(put_of(std::to_string(i), i));
    }
    for (const auto& outcome : store_->write_all(std::move(writes), Atomicity::kAll)) {
        EXPECT_EQ(outcome.error->code, ErrorCode::kDiskFull);
        EXPECT_EQ(outcome.sequence, 0U);
        EXPECT_FALSE(outcome.after);
    }
    EXPECT_TRUE(store_->scan({.table = kTable})->items.empty());
    EXPECT_EQ(store_->last_sequence(), 0U);
    EXPECT_TRUE(observed_.empty());
}

// The record was written, its sync failed, and opening the database again settles that it stays.
TEST_F(FaultsTest, AFailedSyncThatIsMendedIsNoFailure) {
    ASSERT_FALSE(put("a", 1).error);
    disk_.fail_log_syncs(1);
    const auto made = put("a", 2);
    ASSERT_FALSE(made.error) << made.error->message;
    EXPECT_EQ(made.sequence, 2U);
    EXPECT_EQ(n_of("a"), 2);
    ASSERT_FALSE(put("a", 3).error);
    expect_observed_without_gaps();
    open();
    EXPECT_EQ(n_of("a"), 3);
    expect_log_and_table_agree();
}

// When nothing can settle it, the outcome is unknown, and is known to observers later.
TEST_F(FaultsTest, AFailedSyncThatCannotBeMendedIsAnUnknownOutcome) {
    ASSERT_FALSE(put("a", 1).error);
    disk_.fail_log_syncs(1000);
    disk_.run_full(EIO, "PROBE");
    const auto unknown = put("a", 2);
    ASSERT_TRUE(unknown.error);
    EXPECT_EQ(unknown.error->code, ErrorCode::kIo);
    EXPECT_EQ(n_of("a"), 1) << "reading goes on";
    EXPECT_TRUE(put("a", 3).error);
    disk_.repair();
    ASSERT_FALSE(put("b", 4).error);
    expect_observed_without_gaps();
    open();
    expect_log_and_table_agree();
}

TEST_F(FaultsTest, ReadsGoOnWhileTheDatabaseIsMended) {
    ASSERT_FALSE(put("a", 1).error);
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> readers;
    readers.reserve(3);
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!done) {
                wrong += n_of("a") == 1 ? 0 : 1;
            }
        });
    }
    for (int round = 0; round < 5; ++round) {
        disk_.run_full(ENOSPC);
        EXPECT_TRUE(put("b", round).error);
        disk_.repair();
        EXPECT_FALSE(put("b", round).error);
    }
    done = true;
    readers.clear();
    EXPECT_EQ(wrong, 0);
}

// Unsynced bytes vanish, or a random part of them is left: acknowledged writes stay, pairs are
// whole.
TEST_F(FaultsTest, PowerLossUnderLoadLosesNothingAcknowledged) {
    constexpr int kRounds = 10;
    constexpr int kWriters = 4;
    const auto seed = std::random_device{}();
    RecordProperty("seed", std::to_string(seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<std::int64_t> acknowledged(kWriters, -1);
    std::vector<std::int64_t> tried(kWriters, -1);
    for (int round = 0; round < kRounds; ++round) {
        std::vector<std::jthread> writers;
        writers.reserve(kWriters);
        std::atomic<int> writes_left = 20 + static_cast<int>(random() % 200);
        for (std::size_t w = 0; w < kWriters; ++w) {
            writers.emplace_back([&, w] {
                for (;;) {
                    const auto n = ++tried[w];
                    const auto outcomes =
                        store_->write_all({put_of("left" + std::to_string(w), n),
                                           put_of("right" + std::to_string(w), n)},
                                          Atomicity::kAll);
                    if (outcomes[0].error) {
                        return;
                    }
                    acknowledged[w] = n;
                    if (--writes_left == 0) {
                        disk_.cut_power();
                    }
                }
            });
        }
        writers.clear();
        close();
        disk_.restore_power([&](std::uint64_t unsynced) { return random() % (unsynced + 1); });
        ASSERT_NO_FATAL_FAILURE(open());
        for (std::size_t w = 0; w < kWriters; ++w) {
            const auto left = n_of("left" + std::to_string(w));
            EXPECT_EQ(left, n_of("right" + std::to_string(w)));
            EXPECT_GE(left, acknowledged[w]);
            EXPECT_LE(left, tried[w]);
        }
        expect_log_and_table_agree();
    }
}

class DamageTest : public FaultsTest {
  protected:
    // The newest file with that ending.
    [[nodiscard]] std::filesystem::path file_like(const std::string& ending) const {
        std::filesystem::path newest;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
            if (entry.path().extension() == ending && entry.file_size() > 0 &&
                entry.path() > newest) {
                newest = entry.path();
            }
        }
        EXPECT_FALSE(newest.empty()) << ending;
        return newest;
    }
    static void flip_byte(const std::filesystem::path& path, std::uintmax_t at) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const char byte = static_cast<char>(file.get() ^ 0x40);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte);
        ASSERT_TRUE(file.good());
    }
    void expect_damage_is_seen() {
        auto opened = open_rocksdb_store_on(disk_.env(), {.folder = folder_.path()}, clock_);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
        EXPECT_THAT(opened.error().message, HasSubstr(folder_.path().string()));
        EXPECT_THAT(opened.error().message, HasSubstr("backup"));
    }
    void put_some() {
        for (int i = 0; i < 50; ++i) {
            ASSERT_FALSE(put(std::to_string(i), i).error);
        }
    }
};

// RocksDB would open, and silently leave out all that was acknowledged after the damage.
TEST_F(DamageTest, ADamagedLogDoesNotPassForATornOne) {
    put_some();
    close();
    const auto log = file_like(".log");
    flip_byte(log, std::filesystem::file_size(log) / 2);
    expect_damage_is_seen();
}

TEST_F(DamageTest, ATruncatedLogIsSeen) {
    put_some();
    close();
    const auto log = file_like(".log");
    std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
    expect_damage_is_seen();
}

TEST_F(DamageTest, AMissingLogIsSeen) {
    put_some();
    close();
    std::filesystem::remove(file_like(".log"));
    expect_damage_is_seen();
}

TEST_F(DamageTest, ADamagedManifestIsSeen) {
    put_some();
    close();
    std::filesystem::path manifest;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
        if (entry.path().filename().string().starts_with("MANIFEST")) {
            manifest = entry.path();
        }
    }
    flip_byte(manifest, std::filesystem::file_size(manifest) / 2);
    expect_damage_is_seen();
}

TEST_F(DamageTest, ADamagedTableFileIsSeenWhenItIsRead) {
    put_some();
    open();  // moves the log into tables
    close();
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
        if (entry.path().extension() == ".sst") {
            flip_byte(entry.path(), 20);  // in the first block of data
        }
    }
    auto opened = open_rocksdb_store_on(disk_.env(), {.folder = folder_.path()}, clock_);
    if (!opened) {
        EXPECT_EQ(opened.error().code, ErrorCode::kCorruption) << opened.error().message;
        return;
    }
    const auto page = (*opened)->scan({.table = kTable});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(page.error().message, HasSubstr(folder_.path().string()));
}

TEST_F(DamageTest, ALostMarkIsMadeAnew) {
    put_some();
    close();
    const auto mark = folder_.path() / "ACKNOWLEDGED";
    flip_byte(mark, 8);
    open();
    EXPECT_EQ(n_of("49"), 49);
    ASSERT_FALSE(put("a", 1).error);
    close();
    std::filesystem::remove(mark);
    open();
    EXPECT_EQ(n_of("a"), 1);
}

}  // namespace
}  // namespace meridian::store
