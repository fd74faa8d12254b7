#include "store/rocksdb/wal_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/rocksdb/temporary_folder.h"

namespace meridian::store {
namespace {

using Record = std::pair<std::string, bool>;

std::vector<Record> read(std::string_view file) {
    std::vector<Record> records;
    read_wal(file,
             [&](std::string_view record, bool damaged) { records.emplace_back(record, damaged); });
    return records;
}

// What RocksDB itself writes: records of many sizes, some over several blocks.
class WrittenLog : public testing::Test {
  protected:
    static constexpr int kRecords = 60;

    void SetUp() override {
        rocksdb::Options options;
        options.create_if_missing = true;
        rocksdb::DB* opened = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open(options, folder_.path().string(), &opened).ok());
        const std::unique_ptr<rocksdb::DB> db(opened);
        for (int i = 0; i < kRecords; ++i) {
            const std::string value(i % 10 == 9 ? 50'000 : static_cast<std::size_t>(i) * 17, 'v');
            ASSERT_TRUE(db->Put({}, "key" + std::to_string(i), value).ok());
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
            if (entry.path().extension() == ".log") {
                std::ifstream file(entry.path(), std::ios::binary);
                log_.assign(std::istreambuf_iterator<char>(file), {});
            }
        }
        good_ = read(log_);
    }

    TemporaryFolder folder_;
    std::string log_;
    std::vector<Record> good_;
};

TEST_F(WrittenLog, IsReadInFull) {
    ASSERT_EQ(good_.size(), static_cast<std::size_t>(kRecords));
    for (int i = 0; i < kRecords; ++i) {
        const auto& [record, damaged] = good_[static_cast<std::size_t>(i)];
        EXPECT_FALSE(damaged);
        EXPECT_THAT(record, testing::HasSubstr("key" + std::to_string(i)));
    }
}

// All others are whole and in order, and the one is marked.
TEST_F(WrittenLog, WithOneChangedByteLosesNoOtherRecord) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int round = 0; round < 300; ++round) {
        auto log = log_;
        const auto at = random() % log.size();
        log[at] = static_cast<char>(log[at] ^ static_cast<char>(1U << (random() % 8)));
        std::vector<Record> whole;
        std::size_t damaged = 0;
        for (auto& record : read(log)) {
            if (record.second) {
                ++damaged;
            } else {
                whole.push_back(std::move(record));
            }
        }
        SCOPED_TRACE("at " + std::to_string(at));
        ASSERT_GE(whole.size() + 1, good_.size());
        ASSERT_TRUE(whole.size() == good_.size() || damaged > 0);
        auto expected = good_.begin();
        for (const auto& record : whole) {
            expected = std::find(expected, good_.end(), record);
            ASSERT_NE(expected, good_.end());
            ++expected;
        }
    }
}

TEST_F(WrittenLog, ThatWasCutShortEndsInAPartThatIsMarked) {
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{3}, std::size_t{7}, log_.size() / 2, log_.size() - 1}) {
        const auto records = read(std::string_view(log_).substr(0, bytes));
        ASSERT_LE(records.size(), good_.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
            EXPECT_TRUE(records[i].second ? i + 1 == records.size() : records[i] == good_[i]);
        }
    }
}

TEST_F(WrittenLog, IsUndamagedOnlyAsItWasWritten) {
    EXPECT_TRUE(is_undamaged_wal(log_));
    EXPECT_TRUE(is_undamaged_wal(log_ + std::string(4096, '\0')));
    EXPECT_TRUE(is_undamaged_wal(""));
    for (std::size_t at = 0; at < 3000; ++at) {  // lengths, kinds, checksums and bytes
        auto changed = log_;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        EXPECT_FALSE(is_undamaged_wal(changed)) << at;
    }
}

// A loss of power may leave any part of what was not synced.
TEST_F(WrittenLog, IsUndamagedWhereverItWasCutShort) {
    for (std::size_t bytes = 0; bytes < 3000; ++bytes) {
        EXPECT_TRUE(is_undamaged_wal(std::string_view(log_).substr(0, bytes))) << bytes;
    }
    EXPECT_TRUE(is_undamaged_wal(std::string_view(log_).substr(0, log_.size() - 1)));
}

TEST_F(WrittenLog, WithAWrongLengthIsNotTakenForOneThatWasCutShort) {
    const auto first =
        static_cast<unsigned char>(log_[4]) + 256UL * static_cast<unsigned char>(log_[5]);
    for (const auto end : {7 + first, 7 + first + 1, 7 + first + 6, 7 + first + 20}) {
        for (std::size_t bit = 0; bit < 16; ++bit) {
            auto changed = log_.substr(0, end);
            auto& byte = changed[4 + bit / 8];
            byte = static_cast<char>(byte ^ (1 << bit % 8));
            EXPECT_FALSE(is_undamaged_wal(changed)) << end << ' ' << bit;
        }
    }
}

TEST(WriteAheadLog, OfZerosHasNoRecords) {
    EXPECT_THAT(read(std::string(100'000, '\0')), testing::IsEmpty());
}

}  // namespace
}  // namespace meridian::store
