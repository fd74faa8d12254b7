// Folders with damaged files: what is lost of them, and what comes back.
#include "store/rocksdb/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "item/json.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/damage.h"
#include "store/rocksdb/faulty_disk.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kTable = "Table";
const TableSchema kSchema{kTable, {{"id", item::KeyType::kString}, {}}};
const TableSchema kOther{"Other",
                         {{"id", item::KeyType::kString}, {{"n", item::KeyType::kNumber}}}};

item::Key key_of(std::string id) {
    return {{"id", std::move(id)}};
}

item::Item item_of(std::string id, std::int64_t n) {
    return {{"id", std::move(id)}, {"n", item::Number(n)}, {"text", std::string(100, 'x')}};
}

// Everything that regions compare, and the log.
struct Contents {
    std::map<std::string, std::pair<Stamp, Image>> rows;  // by table and key
    std::map<SequenceNumber, Image> changes;
};

Contents contents_of(const ReplicaStore& store) {
    Contents contents;
    const auto view = store.open_view();
    std::optional<std::string> position = "";
    while (position) {
        auto page = (*view)->page(*position);
        EXPECT_TRUE(page) << page.error().message;
        if (!page) {
            break;
        }
        EXPECT_THAT(page->damaged, IsEmpty());
        for (auto& item : page->items) {
            contents.rows[item.table + item::to_plain_json(item.key)] = {
                item.state.version.stamp, std::move(item.state.image)};
        }
        position = page->next;
    }
    for (SequenceNumber at = 0; at < store.last_sequence();) {
        const auto page = store.read_log(at, 1000);
        if (!page) {
            EXPECT_EQ(page.error().code, ErrorCode::kLogTrimmed);
            ++at;
            continue;
        }
        for (const auto& change : *page) {
            contents.changes.emplace(change.sequence, change.after);
        }
        at = page->back().sequence;
    }
    return contents;
}

void flip_byte_of(const fs::path& path, std::uintmax_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    ASSERT_TRUE(file.good()) << path;
}

class SalvageTest : public testing::Test {
  protected:
    void SetUp() override {
        open();
        ASSERT_TRUE(store_->create_table(kSchema));
        ASSERT_TRUE(store_->create_table(kOther));
    }

    [[nodiscard]] RocksDbOptions options() const { return {.folder = folder_, .region = "here"}; }
    [[nodiscard]] Result<std::unique_ptr<ReplicaStore>> try_open() {
        return open_rocksdb_store_on(disk_.env(), options(), clock_);
    }
    void open() {
        close();
        auto opened = try_open();
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
    }
    void close() { store_.reset(); }
    [[nodiscard]] Result<Salvaged> salvage_it() {
        close();
        return salvage_on(disk_.env(), options(), clock_);
    }
    // Opens the folder, after a salvage where that is asked for.
    std::optional<Salvaged> open_somehow() {
        close();
        auto opened = try_open();
        if (opened) {
            store_ = *std::move(opened);
            return std::nullopt;
        }
        EXPECT_EQ(opened.error().code, ErrorCode::kCorruption) << opened.error().message;
        auto salvaged = salvage_on(disk_.env(), options(), clock_);
        if (!salvaged) {
            ADD_FAILURE() << salvaged.error().message;
            return std::nullopt;
        }
        open();
        return *std::move(salvaged);
    }

    void put(const std::string& id, std::int64_t n) {
        const auto made = store_->write({kTable, PutItem{item_of(id, n)}, {}});
        ASSERT_FALSE(made.error) << made.error->message;
    }
    void erase(const std::string& id) {
        ASSERT_FALSE(store_->write({kTable, DeleteItem{key_of(id)}, {}}).error);
    }
    void apply_of_peer(const std::string& id, SequenceNumber sequence) {
        RemoteBatch batch{.from = "peer"};
        batch.items.push_back(
            {kTable, key_of(id), {item_of(id, 7), {{HybridTime{sequence + 100}, "peer"}, {}}}});
        batch.part = LogPart{LogId{5}, sequence - 1, sequence};
        ASSERT_TRUE(store_->apply_remote(std::move(batch)));
    }
    // Items of both tables, deletes, another region's, and one that lost.
    void fill(int count) {
        for (int i = 0; i < count; ++i) {
            put(std::to_string(i), i);
        }
        for (int i = 0; i < count / 5; ++i) {
            erase(std::to_string(5 * i));
            put(std::to_string(5 * i + 1), 1000 + i);
        }
        ASSERT_FALSE(store_->write({"Other", PutItem{item_of("o", 1)}, {}}).error);
        apply_of_peer("of-peer", 1);
        apply_of_peer("2", 2);
        put("last", 1);
    }
    [[nodiscard]] std::vector<fs::path> files_like(const std::string& part) const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.is_regular_file() && entry.file_size() > 0 &&
                entry.path().filename().string().contains(part)) {
                files.push_back(entry.path());
            }
        }
        std::ranges::sort(files);
        return files;
    }
    // The table files that hold rows of the family.
    [[nodiscard]] std::vector<fs::path> tables_of(std::string_view family) {
        close();
        auto open = open_database(folder_, disk_.env(), OpenFor::kReading);
        EXPECT_TRUE(open);
        std::vector<rocksdb::LiveFileMetaData> all;
        open->db->GetLiveFilesMetaData(&all);
        std::vector<fs::path> files;
        for (const auto& file : all) {
            if (file.column_family_name == family) {
                files.push_back(folder_ / file.relative_filename);
            }
        }
        EXPECT_FALSE(files.empty()) << family;
        return files;
    }
    void change(const std::function<void(const OpenDatabase&)>& change) {
        close();
        auto open = open_database(folder_, disk_.env(), OpenFor::kWriting);
        ASSERT_TRUE(open);
        change(*open);
    }
    void trim_log(SequenceNumber up_to) {
        change([&](const OpenDatabase& open) {
            rocksdb::WriteBatch batch;
            batch.DeleteRange(open.log.get(), encode_number(0), encode_number(up_to + 1));
            batch.Put(open.catalog.get(), kTrimmedKey, seal(encode_number(up_to)));
            ASSERT_TRUE(open.db->Write({}, &batch).ok());
        });
    }

    TemporaryFolder temporary_;
    const fs::path folder_ = temporary_.path() / "here";
    ManualClock clock_{Instant{std::chrono::seconds{1'700'000'000}}};
    FaultyDisk disk_;
    std::unique_ptr<ReplicaStore> store_;
};

// ---- One byte, anywhere

struct Where {
    const char* name;
    bool flushed;       // into table files, before the damage
    std::string files;  // a part of their names
    int places;
};

class OneByte : public SalvageTest, public testing::WithParamInterface<Where> {};
INSTANTIATE_TEST_SUITE_P(Files, OneByte,
                         testing::Values(Where{"Tables", true, ".sst", 8},
                                         Where{"WriteAheadLog", false, ".log", 40},
                                         Where{"Manifest", true, "MANIFEST", 6},
                                         Where{"ManifestBeforeAFlush", false, "MANIFEST", 6},
                                         Where{"Current", true, "CURRENT", 3},
                                         Where{"Mark", true, "ACKNOWLEDGED", 4},
                                         Where{"Copy", true, "CATALOG", 4}),
                         [](const auto& where) { return where.param.name; });

// No peer is asked. What of the log was in the damaged bytes may be lost; then that is said.
TEST_P(OneByte, CostsNothingThatSomethingElseStillHas) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    fill(60);
    if (GetParam().flushed) {
        open();
    }
    const auto good = contents_of(*store_);
    const auto log_id = store_->log_id();
    close();
    const auto image = temporary_.path() / "image";
    fs::copy(folder_, image, fs::copy_options::recursive);
    std::size_t costly = 0;
    std::size_t tried = 0;
    for (const auto& file : files_like(GetParam().files)) {
        for (int place = 0; place < GetParam().places; ++place) {
            close();
            fs::remove_all(folder_);
            fs::copy(image, folder_, fs::copy_options::recursive);
            const auto size = fs::file_size(file);
            const auto at = place == 0   ? size - 1
                            : place == 1 ? size - std::min<std::uintmax_t>(size, 30)
                                         : random() % size;
            SCOPED_TRACE(file.filename().string() + " at " + std::to_string(at));
            flip_byte_of(file, at);
            const auto salvaged = open_somehow();
            ASSERT_TRUE(store_);
            ++tried;
            const auto found = contents_of(*store_);
            const bool all = found.rows == good.rows;
            if (salvaged && salvaged->incomplete) {
                EXPECT_TRUE(all || GetParam().files == ".log") << to_string(*salvaged);
                EXPECT_GE(found.rows.size() + 1, good.rows.size());
                EXPECT_EQ(*store_->cursor("peer"), Cursor{});
                costly += all ? 0 : 1;
            } else {
                EXPECT_TRUE(all);
                EXPECT_LE(store_->cursor("peer")->sequence, 2U);
            }
            if (!salvaged || !salvaged->new_log) {
                EXPECT_TRUE(found.changes == good.changes);
                EXPECT_EQ(store_->log_id(), log_id);
            } else {
                EXPECT_NE(store_->log_id(), log_id);
            }
            EXPECT_GE(store_->last_sequence(), good.changes.rbegin()->first);
            EXPECT_THAT(store_->list_tables(), SizeIs(2));
            put("next", 1);
            ASSERT_FALSE(HasFailure());
        }
    }
    EXPECT_GE(tried, static_cast<std::size_t>(GetParam().places));
    EXPECT_LE(costly * 10, tried) << "of a damaged record most can be read";
}

// Where the pieces of a MANIFEST start (wal_reader.h).
std::vector<std::uintmax_t> pieces_of(const fs::path& manifest) {
    std::ifstream file(manifest, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::vector<std::uintmax_t> starts;
    for (std::size_t at = 0; at + 7 <= bytes.size();) {
        starts.push_back(at);
        const auto low = static_cast<unsigned char>(bytes[at + 4]);
        const auto high = static_cast<unsigned char>(bytes[at + 5]);
        at += 7UL + low + 256UL * high;
    }
    return starts;
}

// A wrong length is all that tells such a list from one whose last record never reached the disk;
// RocksDB opens both, without the families and files that the rest names.
TEST_F(SalvageTest, AListOfFilesThatSeemsToBreakOffCostsNothing) {
    for (const bool flushed : {false, true}) {
        close();
        fs::remove_all(folder_);
        SetUp();
        fill(60);
        if (flushed) {
            open();
        }
        const auto good = contents_of(*store_);
        close();
        const auto image = temporary_.path() / (flushed ? "flushed" : "written");
        fs::copy(folder_, image, fs::copy_options::recursive);
        const auto manifest = files_like("MANIFEST").back();
        const auto pieces = pieces_of(manifest);
        ASSERT_GE(pieces.size(), 6U);
        for (const auto start : pieces) {
            SCOPED_TRACE(manifest.filename().string() + " at " + std::to_string(start));
            close();
            fs::remove_all(folder_);
            fs::copy(image, folder_, fs::copy_options::recursive);
            flip_byte_of(manifest, start + 5);
            const auto salvaged = open_somehow();
            ASSERT_TRUE(store_);
            ASSERT_TRUE(salvaged);
            EXPECT_FALSE(salvaged->incomplete) << to_string(*salvaged);
            const auto found = contents_of(*store_);
            EXPECT_TRUE(found.rows == good.rows);
            EXPECT_TRUE(found.changes == good.changes);
        }
    }
}

// What a loss of power leaves of a record that was being written is no damage.
TEST_F(SalvageTest, AListOfFilesThatWasCutShortNeedsNoSalvage) {
    fill(60);
    open();
    const auto good = contents_of(*store_);
    close();
    const auto manifest = files_like("MANIFEST").back();
    const auto pieces = pieces_of(manifest);
    const auto image = temporary_.path() / "image";
    fs::copy(folder_, image, fs::copy_options::recursive);
    for (const std::size_t left : {1UL, 4UL, 6UL, 7UL, 8UL, 20UL}) {
        SCOPED_TRACE(left);
        close();
        fs::remove_all(folder_);
        fs::copy(image, folder_, fs::copy_options::recursive);
        std::ifstream source(image / manifest.filename(), std::ios::binary);
        std::string record(left, '\0');
        source.seekg(static_cast<std::streamoff>(pieces[0]));
        source.read(record.data(), static_cast<std::streamsize>(record.size()));
        std::ofstream(manifest, std::ios::binary | std::ios::app) << record;
        ASSERT_FALSE(open_somehow());
        ASSERT_TRUE(store_);
        EXPECT_TRUE(contents_of(*store_).changes == good.changes);
    }
}

// ---- What else may be damaged

TEST_F(SalvageTest, AMissingFileIsNoNewFolder) {
    fill(20);
    open();
    const auto good = contents_of(*store_);
    for (const auto* name : {"CURRENT", "MANIFEST"}) {
        close();
        for (const auto& file : files_like(name)) {
            fs::remove(file);
        }
        const auto salvaged = open_somehow();
        ASSERT_TRUE(salvaged) << name;
        EXPECT_FALSE(salvaged->incomplete);
        EXPECT_TRUE(contents_of(*store_).rows == good.rows) << name;
        EXPECT_TRUE(contents_of(*store_).changes == good.changes) << name;
    }
}

// RocksDB reads a log as far as it can, and deletes it.
TEST_F(SalvageTest, TheRestOfADamagedLogIsReadAlsoAfterAFailedOpening) {
    fill(40);
    const auto good = contents_of(*store_);
    close();
    const auto log = files_like(".log").back();
    flip_byte_of(log, fs::file_size(log) / 3);
    ASSERT_EQ(try_open().error().code, ErrorCode::kCorruption);
    ASSERT_EQ(try_open().error().code, ErrorCode::kCorruption);
    const auto salvaged = salvage_it();
    ASSERT_TRUE(salvaged) << salvaged.error().message;
    open();
    EXPECT_TRUE(contents_of(*store_).rows == good.rows) << to_string(*salvaged);
}

// The change log that was trimmed can't tell of everything: peers must.
TEST_F(SalvageTest, WhatIsMissingComesBackFromAPeer) {
    fill(60);
    auto peer = open_memory_store(clock_, "peer");
    ASSERT_TRUE(peer->create_table(kSchema));
    const auto bring = [](const ReplicaStore& from, ReplicaStore& to) {
        RemoteBatch batch{.from = from.region()};
        const auto view = *from.open_view();
        auto page = *view->page("");
        ASSERT_FALSE(page.next);
        batch.tables = std::move(page.tables);
        batch.items = std::move(page.items);
        batch.complete = Cursor{from.log_id(), view->sequence()};
        const auto applied = to.apply_remote(std::move(batch));
        ASSERT_TRUE(applied) << applied.error().message;
    };
    bring(*store_, *peer);
    const auto good = contents_of(*store_);
    const auto log_id = store_->log_id();
    trim_log(store_->last_sequence() - 5);
    const auto tables = tables_of(kItemsFamily);
    for (const auto& file : tables) {
        flip_byte_of(file, 100);  // in its first block
    }
    const auto salvaged = open_somehow();
    ASSERT_TRUE(salvaged);
    EXPECT_TRUE(salvaged->incomplete);
    EXPECT_FALSE(salvaged->new_log);
    EXPECT_THAT(salvaged->holes, testing::Contains(HasSubstr("items of Table")));
    EXPECT_THAT(to_string(*salvaged), HasSubstr("restore a backup"));
    EXPECT_EQ(store_->log_id(), log_id);
    EXPECT_EQ(*store_->cursor("peer"), Cursor{});
    EXPECT_LT(contents_of(*store_).rows.size(), good.rows.size());
    bring(*peer, *store_);
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
}

TEST_F(SalvageTest, AGapInTheLogBeginsANewOne) {
    fill(60);
    const auto good = contents_of(*store_);
    const auto log_id = store_->log_id();
    const auto last = store_->last_sequence();
    change([&](const OpenDatabase& open) {
        std::string sealed;
        ASSERT_TRUE(open.db->Get({}, open.log.get(), encode_number(9), &sealed).ok());
        sealed.back() = static_cast<char>(sealed.back() ^ 1);
        ASSERT_TRUE(open.db->Put({}, open.log.get(), encode_number(9), sealed).ok());
    });
    open();
    // Until then nobody is stuck before it.
    EXPECT_THAT(store_->read_own(0, 1000)->changes, SizeIs(8));
    EXPECT_EQ(store_->read_own(8, 1000).error().code, ErrorCode::kLogTrimmed);
    EXPECT_EQ(store_->read_log(8, 1000).error().code, ErrorCode::kLogTrimmed);
    EXPECT_TRUE(store_->read_own(9, 1000));
    const auto salvaged = salvage_it();
    ASSERT_TRUE(salvaged);
    EXPECT_TRUE(salvaged->new_log);
    EXPECT_FALSE(salvaged->incomplete);
    EXPECT_THAT(salvaged->holes, testing::ElementsAre("changes 9 to 9 of the change log"));
    open();
    EXPECT_NE(store_->log_id(), log_id);
    EXPECT_EQ(store_->last_sequence(), last);
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
    EXPECT_EQ(store_->read_own(0, 10).error().code, ErrorCode::kLogTrimmed);
    EXPECT_EQ(store_->read_own(9, 10)->changes.front().sequence, 10U);
    EXPECT_EQ(*store_->cursor("peer"), (Cursor{LogId{5}, 2}));
}

TEST_F(SalvageTest, AnItemWithDamagedBytesComesBackFromTheLog) {
    fill(20);
    const auto good = contents_of(*store_);
    open();  // so that it stands in a table file, and not in the write-ahead log too
    ASSERT_TRUE(flip_byte(*store_, {kTable, key_of("3")}, 40));
    open();
    const auto salvaged = salvage_it();
    ASSERT_TRUE(salvaged);
    EXPECT_EQ(salvaged->from_log, 1U);
    open();
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
}

// Without its names no row means anything; the folder starts empty, for peers to fill.
TEST_F(SalvageTest, WithoutTheCatalogAndItsCopyEverythingMustComeBack) {
    fill(20);
    open();
    const auto last = store_->last_sequence();
    for (const auto& file : tables_of(rocksdb::kDefaultColumnFamilyName)) {
        fs::remove(file);
    }
    fs::remove(folder_ / "CATALOG");
    const auto salvaged = open_somehow();
    ASSERT_TRUE(salvaged);
    EXPECT_TRUE(salvaged->incomplete);
    EXPECT_TRUE(salvaged->new_log);
    EXPECT_EQ(salvaged->items, 0U);
    EXPECT_GE(store_->last_sequence(), last) << "numbers are never used again";
    ASSERT_TRUE(store_->create_table(kSchema));
    put("again", 1);
}

// ---- The folders

TEST_F(SalvageTest, TheDamagedFolderIsKeptAndOldOnesAreTold) {
    fill(5);
    const auto good = contents_of(*store_);
    std::vector<fs::path> kept;
    for (int i = 0; i < 4; ++i) {
        clock_.advance(std::chrono::seconds{1});
        const auto salvaged = salvage_it();
        ASSERT_TRUE(salvaged);
        EXPECT_FALSE(salvaged->incomplete);
        EXPECT_TRUE(fs::exists(salvaged->kept / "CURRENT"));
        EXPECT_THAT(salvaged->older, SizeIs(std::max(0, i - 1)));
        kept.push_back(salvaged->kept);
    }
    const auto last = salvage_it();
    EXPECT_THAT(last->older, testing::ElementsAre(kept[0], kept[1], kept[2]));
    EXPECT_FALSE(fs::exists(temporary_.path() / "here.salvage"));
    open();
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
}

TEST_F(SalvageTest, WhatOthersKeepInTheFolderStaysThere) {
    fill(5);
    close();
    std::ofstream(folder_ / "access.log") << "a line";
    std::ofstream(folder_ / "peers") << "there";
    fs::create_directories(folder_ / "more");
    std::ofstream(folder_ / "more" / "deep") << "deep";
    open();
    EXPECT_TRUE(fs::exists(folder_ / "access.log"));
    const auto salvaged = salvage_it();
    ASSERT_TRUE(salvaged);
    EXPECT_FALSE(salvaged->incomplete);
    for (const auto* name : {"access.log", "peers", "more/deep"}) {
        EXPECT_GT(fs::file_size(folder_ / name), 0U) << name;
    }
    open();
}

TEST_F(SalvageTest, OneThatDiedInTheMiddleIsBegunAgain) {
    fill(20);
    const auto good = contents_of(*store_);
    close();
    const auto work = temporary_.path() / "here.salvage";
    fs::create_directories(work / "new");
    fs::copy(folder_, work / "old");
    std::ofstream(work / "new" / "CURRENT") << "half";
    ASSERT_TRUE(salvage_it());
    EXPECT_FALSE(fs::exists(work));
    fs::create_directories(work / "old");  // one that died after it was done
    open();
    EXPECT_FALSE(fs::exists(work));
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
}

TEST_F(SalvageTest, AFullDiskChangesNothing) {
    fill(20);
    const auto good = contents_of(*store_);
    close();
    disk_.run_full(ENOSPC);
    const auto salvaged = salvage_it();
    ASSERT_FALSE(salvaged);
    EXPECT_EQ(salvaged.error().code, ErrorCode::kDiskFull) << salvaged.error().message;
    disk_.repair();
    EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(temporary_.path()), {}), SizeIs(1));
    open();
    EXPECT_TRUE(contents_of(*store_).rows == good.rows);
}

TEST_F(SalvageTest, AFolderThatIsOpenIsLeftAlone) {
    fill(5);
    const auto salvaged = salvage_on(disk_.env(), options(), clock_);
    ASSERT_FALSE(salvaged);
    EXPECT_EQ(salvaged.error().code, ErrorCode::kLocked) << salvaged.error().message;
    put("goes on", 1);
}

TEST_F(SalvageTest, AnotherRegionsFolderIsRefused) {
    fill(5);
    close();
    auto other = options();
    other.region = "there";
    EXPECT_EQ(salvage_on(disk_.env(), other, clock_).error().code, ErrorCode::kConfiguration);
    other.folder = temporary_.path() / "nowhere";
    EXPECT_EQ(salvage_on(disk_.env(), other, clock_).error().code, ErrorCode::kInvalidInput);
    open();
}

// ---- Damage that shows while the store runs

TEST_F(SalvageTest, DamageThatARunningStoreMeetsIsSalvagedAtTheNextStart) {
    fill(60);
    open();
    const auto good = contents_of(*store_);
    const auto files = tables_of(kLogFamily);
    open();
    for (const auto& file : files) {
        flip_byte_of(file, 50);
    }
    EXPECT_EQ(store_->read_own(0, 10).error().code, ErrorCode::kLogTrimmed);
    EXPECT_TRUE(store_->damage());
    EXPECT_TRUE(*store_->get({kTable, key_of("3")}));
    put("goes on", 1);
    close();
    EXPECT_EQ(try_open().error().code, ErrorCode::kCorruption);
    const auto salvaged = open_somehow();
    ASSERT_TRUE(salvaged);
    EXPECT_TRUE(salvaged->new_log);
    auto found = contents_of(*store_).rows;
    EXPECT_EQ(found.erase("Table{\"id\":\"goes on\"}"), 1U);
    EXPECT_TRUE(found == good.rows);
}

}  // namespace
}  // namespace meridian::store
