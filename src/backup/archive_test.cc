#include "backup/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "backup/restore.h"
#include "backup/testing_for_tests.h"
#include "store/rocksdb/file_size_limit.h"

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

struct ArchiveTest : testing::Test {
    TestPlace place;
    ArchiveOptions options{.folder = place.folder.path() / "continuous",
                           .base_every = hours{24},
                           .kept = std::chrono::days{35},
                           .segment_bytes = 4096};

    void open() {
        archive.reset();
        auto opened = Archive::open(options, *place.store, place.clock);
        ASSERT_TRUE(opened) << opened.error().message;
        archive = *std::move(opened);
    }
    void step() {
        const auto stepped = archive->step();
        ASSERT_TRUE(stepped) << stepped.error().message;
    }
    using Items = std::map<std::string, item::Item>;
    static Items items_in(const store::TableStore& store, const store::TableSchema& schema) {
        Items items;
        for (const auto& item : store.scan({.table = schema.name})->items) {
            items[item::encode_key(schema.key, *item::key_of(schema.key, item))] = item;
        }
        return items;
    }
    // One table of a moment, read by itself.
    static Items table_at(const Point& point, const store::TableSchema& schema) {
        Items items;
        Tally tally;
        const auto read = read_table(
            point, schema.name,
            [&](const std::vector<store::VersionedItem>& changes) {
                for (const auto& [table, key, state] : changes) {
                    EXPECT_EQ(table, schema.name);
                    const auto bytes = item::encode_key(schema.key, key);
                    items.erase(bytes);
                    if (state.image) {
                        items[bytes] = *state.image;
                    }
                }
                return Result<void>();
            },
            tally);
        EXPECT_TRUE(read) << read.error().message;
        return items;
    }
    // The hashes of a moment, put together elsewhere.
    Hashes hashes_at(Instant moment) {
        const auto point = archive->find(moment);
        EXPECT_TRUE(point) << point.error().message;
        const auto elsewhere = place.empty_store();
        Tally tally;
        const auto restored = point ? restore_point(*point, *elsewhere, tally)
                                    : Result<Restored>(std::unexpected(point.error()));
        EXPECT_TRUE(restored) << restored.error().message;
        for (const auto& schema : elsewhere->list_tables()) {
            EXPECT_EQ(table_at(*point, schema), items_in(*elsewhere, schema)) << schema.name;
        }
        return hashes_of(*elsewhere);
    }
    std::vector<Window> windows() {
        const auto status = archive->status();
        EXPECT_TRUE(status);
        return status ? status->windows : std::vector<Window>{};
    }
    std::vector<fs::path> files(std::string_view end) const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(options.folder)) {
            if (entry.path().string().ends_with(end)) {
                found.push_back(entry.path());
            }
        }
        std::ranges::sort(found);
        return found;
    }

    std::unique_ptr<Archive> archive;
};

// The oracle keeps the hashes after every write, with the time that the archive is to say for it.
struct Oracle {
    std::map<Instant, Hashes> at;
    Instant time = Instant::min();

    void note(const store::ReplicaStore& store, Instant now) {
        time = std::max(time, now);
        at[time] = hashes_of(store);
    }
    [[nodiscard]] const Hashes& as_of(Instant moment) const {
        return std::prev(at.upper_bound(moment))->second;
    }
};

class PointInTime : public ArchiveTest, public testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, PointInTime, testing::Range<std::uint64_t>(1, 13));

// Writes at random times, with clocks that step, processes that end, bases in between, and writes
// of another region: then moments, any of them.
TEST_P(PointInTime, EqualsWhatWasThen) {
    SeededRandom random(GetParam());
    options.base_every = hours{1};
    const auto peer = store::open_memory_store(place.clock, "eu-west-1");
    ASSERT_TRUE(peer->create_table(kPlain));
    store::SequenceNumber pulled = 0;
    open();
    step();
    Oracle oracle;
    oracle.note(*place.store, place.clock.now());
    for (int i = 0; i < 300; ++i) {
        const auto id = "item-" + std::to_string(random.next() % 20);
        const auto written = place.store->last_sequence();
        bool stepped = false;
        switch (random.next() % 12) {
            case 0:
                place.clock.step_to(place.clock.now() - seconds{random.next() % 90});
                break;
            case 1:
                open();
                stepped = true;
                break;
            case 2:
                step();
                stepped = true;
                break;
            case 3:
                make(*peer, put(id, static_cast<std::int64_t>(random.next() % 1000)));
                break;
            case 4: {
                const auto own = peer->read_own(pulled, 1000);
                store::RemoteBatch batch{.from = "eu-west-1", .tables = own->tables};
                for (const auto& change : own->changes) {
                    batch.items.push_back(change.item);
                }
                pulled = own->through;
                ASSERT_TRUE(place.store->apply_remote(std::move(batch)));
                break;
            }
            case 5:
                make(*place.store, erase(id));
                break;
            case 6:
                make(*place.store, put_sorted(id, static_cast<std::int64_t>(random.next() % 5)));
                break;
            default:
                make(*place.store, put(id, static_cast<std::int64_t>(random.next() % 1000)));
        }
        // What neither writes nor looks leaves no trace in time.
        if (place.store->last_sequence() > written || stepped) {
            oracle.note(*place.store, place.clock.now());
        }
        place.clock.advance(milliseconds{random.next() % 120'000});
    }
    step();
    const auto all = windows();
    ASSERT_EQ(all.size(), 1U) << "seed " << GetParam();
    const auto earliest = std::max(all.front().earliest(), kStart);
    const auto latest = all.front().latest;
    EXPECT_GT(all.front().bases.size(), 2U);
    for (int i = 0; i < 60; ++i) {
        const auto span = static_cast<std::uint64_t>((latest - earliest).count());
        const auto moment = earliest + milliseconds{random.next() % (span + 1)};
        ASSERT_EQ(hashes_at(moment), oracle.as_of(moment))
            << "seed " << GetParam() << ", " << format_instant(moment);
    }
    EXPECT_EQ(hashes_at(latest), hashes_of(*place.store));
}

TEST_F(ArchiveTest, HasTheLastSecondToo) {
    open();
    step();
    make(*place.store, put("a", 1));
    place.clock.advance(milliseconds{1});
    make(*place.store, put("a", 2));
    const auto with_two = hashes_of(*place.store);
    EXPECT_EQ(hashes_at(place.clock.now()), with_two) << "though nobody has called step()";
    EXPECT_NE(hashes_at(place.clock.now() - milliseconds{1}), with_two);
}

TEST_F(ArchiveTest, RefusesMomentsThatItHasNotAndNamesThoseThatItHas) {
    open();
    step();
    for (const auto moment : {kStart - seconds{1}, kStart + hours{1}}) {
        const auto point = archive->find(moment);
        ASSERT_FALSE(point);
        EXPECT_EQ(point.error().code, ErrorCode::kInvalidInput);
        EXPECT_THAT(point.error().message, HasSubstr(format_instant(kStart) + " to "));
    }
}

TEST_F(ArchiveTest, GoesOnAfterARestart) {
    place.open_durable();
    open();
    step();
    make(*place.store, put("a", 1));
    place.clock.advance(seconds{10});
    step();
    const auto with_one = hashes_of(*place.store);
    archive.reset();
    place.open_durable();
    place.clock.advance(seconds{10});
    make(*place.store, put("a", 2));
    open();
    step();
    ASSERT_EQ(windows().size(), 1U);
    EXPECT_EQ(windows().front().bases.size(), 1U) << "no new one was needed";
    EXPECT_EQ(hashes_at(kStart + seconds{15}), with_one);
    EXPECT_EQ(hashes_at(place.clock.now()), hashes_of(*place.store));
}

// A process may die over any byte of what it writes: what was whole is used, the log has the rest.
TEST_F(ArchiveTest, GoesOnAfterATornRecord) {
    options.segment_bytes = 1'000'000;
    open();
    step();
    for (int i = 0; i < 3; ++i) {
        place.clock.advance(seconds{1});
        make(*place.store, put("a", i));
        step();
    }
    const auto growing = files(std::string(kUnfinished));
    ASSERT_EQ(growing.size(), 1U);
    const auto bytes = read_all(growing.front());
    const auto wanted = hashes_of(*place.store);
    archive.reset();
    for (const auto& file : files(".segment")) {
        fs::remove(file);
    }
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        write_all(growing.front(), bytes.substr(0, length));
        open();
        step();
        ASSERT_EQ(windows().size(), 1U) << length;
        ASSERT_EQ(hashes_at(place.clock.now()), wanted) << length;
        archive.reset();
        for (const auto& file : files(".segment")) {
            fs::remove(file);
        }
    }
}

TEST_F(ArchiveTest, AnUnfinishedBaseIsTakenAway) {
    fs::create_directories(options.folder);
    const auto left = options.folder / ("base-x.backup" + std::string(kUnfinished));
    write_all(left, "MeridBk1");
    open();
    step();
    EXPECT_FALSE(fs::exists(left));
    EXPECT_EQ(windows().size(), 1U);
}

TEST_F(ArchiveTest, AGapInTheLogBeginsANewWindow) {
    place.open_durable(100);
    open();
    step();
    make(*place.store, put("a", 1));
    place.clock.advance(seconds{1});
    step();
    const auto with_one = hashes_of(*place.store);
    place.clock.advance(seconds{1});
    for (int i = 0; i < 20'000; ++i) {
        place.store->submit({put("b", i)}, store::Atomicity::kEach, [](const auto&) {});
    }
    make(*place.store, put("b", -1));
    ASSERT_FALSE(place.store->read_all(1, 1)) << "the log was to be trimmed";
    place.clock.advance(seconds{1});
    step();
    ASSERT_EQ(windows().size(), 2U);
    EXPECT_EQ(hashes_at(kStart + seconds{1}), with_one);
    EXPECT_EQ(hashes_at(place.clock.now()), hashes_of(*place.store));
    EXPECT_FALSE(archive->find(kStart + seconds{2} + milliseconds{1})) << "nobody knows";
}

// A region that lost its tables: what it had before can still be had.
TEST_F(ArchiveTest, AnotherLogBeginsANewWindow) {
    open();
    step();
    make(*place.store, put("a", 1));
    place.clock.advance(seconds{1});
    step();
    const auto before = hashes_of(*place.store);
    archive.reset();
    place.store = store::open_memory_store(place.clock, "us-east-1");
    ASSERT_TRUE(place.store->create_table(kPlain));
    place.clock.advance(seconds{1});
    make(*place.store, put("b", 1));
    open();
    step();
    ASSERT_EQ(windows().size(), 2U);
    EXPECT_EQ(hashes_at(kStart + seconds{1}), before);
    EXPECT_EQ(hashes_at(place.clock.now()), hashes_of(*place.store));
}

TEST_F(ArchiveTest, AMissingOrDamagedSegmentIsSaid) {
    open();
    step();
    for (int i = 0; i < 200; ++i) {
        make(*place.store, put("item-" + std::to_string(i), i));
        place.clock.advance(seconds{1});
        step();
    }
    const auto point = archive->find(place.clock.now());
    ASSERT_TRUE(point);
    ASSERT_GT(point->segments.size(), 3U);
    const auto& victim = point->segments[1];
    auto bytes = read_all(victim);
    bytes[bytes.size() / 2] ^= 4;
    write_all(victim, bytes);
    Tally tally;
    const auto restored = restore_point(*point, *place.empty_store(), tally);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(restored.error().message, HasSubstr("can still be restored"));
    fs::remove(victim);
    EXPECT_EQ(windows().size(), 1U);
    EXPECT_LT(windows().front().segments.back().time, place.clock.now() - seconds{60})
        << "the window ends before what is missing";
    EXPECT_FALSE(restore_point(*point, *place.empty_store(), tally));
}

TEST_F(ArchiveTest, ForgetsWhatNobodyMayAskFor) {
    options.base_every = hours{24};
    options.kept = std::chrono::days{3};
    open();
    for (int hour = 0; hour < 24 * 10; ++hour) {
        make(*place.store, put("item-" + std::to_string(hour % 7), hour));
        step();
        place.clock.advance(hours{1});
    }
    step();
    const auto window = windows().front();
    const auto oldest = place.clock.now() - options.kept;
    EXPECT_LE(window.earliest(), oldest);
    EXPECT_GT(window.earliest(), oldest - std::chrono::days{2});
    EXPECT_LE(files(".backup").size(), 5U);
    EXPECT_LE(files(".segment").size(), 24U * 5);
    hashes_at(oldest);
}

TEST_F(ArchiveTest, AFullDiskIsSaidAndGoneOnFrom) {
    open();
    step();
    make(*place.store, put("a", 1));
    place.clock.advance(seconds{1});
    {
        const store::FileSizeLimit limit(20);
        const auto stepped = archive->step();
        ASSERT_FALSE(stepped);
        EXPECT_EQ(stepped.error().code, ErrorCode::kDiskFull);
        EXPECT_EQ(archive->status()->error->code, ErrorCode::kDiskFull);
    }
    step();
    EXPECT_FALSE(archive->status()->error);
    EXPECT_EQ(windows().size(), 1U);
    EXPECT_EQ(hashes_at(place.clock.now()), hashes_of(*place.store));
}

TEST(ArchiveNames, AreReadAsTheyAreWritten) {
    const BaseFile base{store::LogId{0xAB}, 7, kStart};
    ASSERT_TRUE(parse_base(name_of(base)));
    EXPECT_EQ(parse_base(name_of(base))->sequence, 7U);
    EXPECT_EQ(parse_base(name_of(base))->time, kStart);
    const SegmentFile segment{store::LogId{1}, 7, 9, kStart};
    ASSERT_TRUE(parse_segment(name_of(segment)));
    EXPECT_EQ(parse_segment(name_of(segment))->through, 9U);
    for (const auto* odd : {"", "base-", "base-1-2-3.backup", "changes-x.segment"}) {
        EXPECT_FALSE(parse_base(odd) || parse_segment(odd)) << odd;
    }
}

}  // namespace
}  // namespace meridian::backup
