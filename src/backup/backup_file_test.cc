#include "backup/backup_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "backup/restore.h"
#include "backup/testing_for_tests.h"
#include "store/rocksdb/damage.h"
#include "store/rocksdb/file_size_limit.h"

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

enum class Store : std::uint8_t { kMemory, kRocksDb };

struct BackupFile : testing::TestWithParam<Store> {
    BackupFile() {
        if (GetParam() == Store::kRocksDb) {
            place.open_durable();
        }
    }
    Result<BackupInfo> back_up(const store::StoreView& view) {
        return write_backup(*place.store, view, {file, "b1", BackupKind::kOnDemand, kStart}, tally);
    }
    BackupInfo back_up() {
        const auto view = place.store->open_view();
        auto info = back_up(**view);
        EXPECT_TRUE(info) << info.error().message;
        return info ? *info : BackupInfo{};
    }

    TestPlace place;
    fs::path file = place.folder.path() / "b1.backup";
    Tally tally;
};
INSTANTIATE_TEST_SUITE_P(Stores, BackupFile, testing::Values(Store::kMemory, Store::kRocksDb),
                         [](const auto& param) {
                             return param.param == Store::kMemory ? "Memory" : "RocksDb";
                         });

TEST_P(BackupFile, RestoredElsewhereHasTheSameHashesAndVersions) {
    for (int i = 0; i < 3000; ++i) {
        make(*place.store, put("item-" + std::to_string(i), i));
        make(*place.store, put_sorted("p", i));
    }
    make(*place.store, erase("item-7"));
    const auto info = back_up();
    EXPECT_EQ(info.trailer.items, 5999U);
    EXPECT_EQ(info.trailer.deletes, 1U);
    EXPECT_EQ(info.header.sequence, 6001U);
    const auto elsewhere = place.empty_store();
    const auto restored = restore_backup(file, *elsewhere, tally);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->items, 5999U);
    EXPECT_EQ(hashes_of(*elsewhere), hashes_of(*place.store));
    for (const auto* id : {"item-7", "item-8"}) {
        const store::ItemRef ref{kPlain.name, {{"id", id}}};
        EXPECT_EQ(*elsewhere->get_version(ref), *place.store->get_version(ref)) << id;
    }
}

TEST_P(BackupFile, IsOneMomentWhateverIsWrittenMeanwhile) {
    for (int i = 0; i < 500; ++i) {
        make(*place.store, put("item-" + std::to_string(i), 0));
    }
    std::atomic<bool> done = false;
    std::atomic<std::int64_t> written = 0;
    std::jthread writer([&] {
        // Both of a pair change together: a moment between them would be seen.
        for (std::int64_t n = 1; !done; ++n) {
            const auto first = "item-" + std::to_string(n % 250);
            const auto second = "item-" + std::to_string(250 + n % 250);
            (void)place.store->write_all({put(first, n), put(second, n)}, store::Atomicity::kAll);
            written = n;
        }
    });
    for (int round = 0; round < 5; ++round) {
        const auto before = written.load();
        while (written == before) {
            std::this_thread::yield();
        }
        const auto view = place.store->open_view();
        ASSERT_TRUE(view);
        const auto wanted = hashes_of(**view, *place.store);
        const auto info = back_up(**view);
        ASSERT_TRUE(info) << info.error().message;
        const auto elsewhere = place.empty_store();
        ASSERT_TRUE(restore_backup(file, *elsewhere, tally));
        EXPECT_EQ(hashes_of(*elsewhere), wanted);
        for (int i = 0; i < 250; ++i) {
            const auto value = [&](int number) {
                return (*elsewhere->get({kPlain.name, {{"id", "item-" + std::to_string(number)}}}))
                    ->at("value");
            };
            ASSERT_EQ(value(i), value(250 + i)) << i;
        }
    }
    done = true;
}

TEST_P(BackupFile, OfAnEmptyStoreIsOneToo) {
    const auto info = back_up();
    EXPECT_EQ(info.trailer.items, 0U);
    const auto elsewhere = place.empty_store();
    ASSERT_TRUE(restore_backup(file, *elsewhere, tally));
    EXPECT_EQ(elsewhere->list_tables(), place.store->list_tables());
}

TEST_P(BackupFile, EveryFlippedByteIsFound) {
    make(*place.store, put("a", 1));
    make(*place.store, put_sorted("b", 2));
    make(*place.store, put("gone", 1));
    make(*place.store, erase("gone"));
    back_up();
    const auto bytes = read_all(file);
    ASSERT_TRUE(verify_backup(open_bytes(bytes, "b1"), tally));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const char flip : {'\x01', '\x80'}) {
            auto damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ flip);
            const auto info = verify_backup(open_bytes(damaged, "b1"), tally);
            ASSERT_FALSE(info) << "byte " << i;
            EXPECT_THAT(info.error().message, HasSubstr("b1 is "));
        }
    }
}

TEST_P(BackupFile, EveryTruncationAndEveryAdditionIsFound) {
    make(*place.store, put("a", 1));
    back_up();
    const auto bytes = read_all(file);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        ASSERT_FALSE(verify_backup(open_bytes(bytes.substr(0, length), "b1"), tally)) << length;
    }
    EXPECT_FALSE(verify_backup(open_bytes(bytes + '\0', "b1"), tally));
    EXPECT_FALSE(verify_backup(open_bytes(bytes + bytes, "b1"), tally));
}

TEST_P(BackupFile, DamageIsNamedByItsPlaceAndRestoresNothingUnsaid) {
    for (int i = 0; i < 40'000; ++i) {
        place.store->submit({put("item-" + std::to_string(i), i)}, store::Atomicity::kEach,
                            [](const auto&) {});
    }
    make(*place.store, put("last", 1));
    const auto info = back_up();
    auto bytes = read_all(file);
    ASSERT_EQ(bytes.size(), info.bytes);
    bytes[bytes.size() / 2] ^= 1;
    write_all(file, bytes);
    const auto elsewhere = place.empty_store();
    const auto restored = restore_backup(file, *elsewhere, tally);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(restored.error().message, HasSubstr("b1.backup is damaged at byte "));
}

TEST_P(BackupFile, AFullDiskLeavesNothing) {
    for (int i = 0; i < 200; ++i) {
        make(*place.store, put("item-" + std::to_string(i), i));
    }
    const auto view = place.store->open_view();
    {
        const store::FileSizeLimit limit(4096);
        const auto info = back_up(**view);
        ASSERT_FALSE(info);
        EXPECT_EQ(info.error().code, ErrorCode::kDiskFull);
        EXPECT_THAT(info.error().message, HasSubstr("make room"));
    }
    fs::path unfinished = file;
    unfinished += kUnfinished;
    EXPECT_FALSE(fs::exists(file) || fs::exists(unfinished));
    EXPECT_TRUE(back_up(**view)) << "and with room again it is made";
}

TEST_P(BackupFile, StoppedInBetweenLeavesNothing) {
    make(*place.store, put("a", 1));
    tally.stop = true;
    const auto view = place.store->open_view();
    const auto info = back_up(**view);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(fs::exists(file));
}

// Else nobody would miss it before it is needed.
TEST_P(BackupFile, RefusesToLeaveOutADamagedItem) {
    make(*place.store, put("a", 1));
    const auto flipped = store::flip_byte(*place.store, {kPlain.name, {{"id", "a"}}}, 20);
    if (GetParam() == Store::kMemory) {
        EXPECT_EQ(flipped.error().code, ErrorCode::kNotSupported);
        return;
    }
    ASSERT_TRUE(flipped);
    const auto view = place.store->open_view();
    const auto info = back_up(**view);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(info.error().message, testing::HasSubstr("repair it first"));
    EXPECT_FALSE(fs::exists(file));
}

TEST_P(BackupFile, InfoIsReadFromItsEnds) {
    make(*place.store, put("a", 1));
    const auto info = back_up();
    const auto read = read_backup_info(file);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->trailer, info.trailer);
    EXPECT_EQ(read->checksum, info.checksum);
    EXPECT_EQ(read->bytes, info.bytes);
    EXPECT_EQ(read->header.sequence, 1U);
    EXPECT_EQ(read->header.at, kStart);
    EXPECT_EQ(verify_backup(*open_file(file), tally)->checksum, info.checksum);
}

TEST(Backup, OfANewerFormatSaysSo) {
    Tally tally;
    const auto info = verify_backup(open_bytes("MeridBk2....", "b1"), tally);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kNotSupported);
    EXPECT_EQ(verify_backup(open_bytes("#!/bin/sh\n", "b1"), tally).error().code,
              ErrorCode::kCorruption);
}

TEST(Restore, RefusesTablesThatAreNotEmpty) {
    TestPlace place;
    const auto file = place.folder.path() / "b1.backup";
    make(*place.store, put("a", 1));
    Tally tally;
    const auto view = place.store->open_view();
    ASSERT_TRUE(
        write_backup(*place.store, **view, {file, "b1", BackupKind::kOnDemand, kStart}, tally));
    const auto elsewhere = place.empty_store();
    ASSERT_TRUE(elsewhere->create_table(kPlain));
    make(*elsewhere, put("mine", 1));
    const auto restored = restore_backup(file, *elsewhere, tally);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(hashes_of(*elsewhere).at("Plain").back(), '1');
}

}  // namespace
}  // namespace meridian::backup
