#include "backup/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "backup/testing_for_tests.h"
#include "item/json.h"

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

// Writes tables as they are, except that "Sorted" is only added to.
class PlainTables final : public LiveTables {
  public:
    explicit PlainTables(store::TableStore& store) : store_(store) {}
    TableRule rule(std::string_view table) const override {
        return table == kSorted.name ? TableRule::kAddOnly : TableRule::kWhole;
    }
    bool same(std::string_view, const item::Item& a, const item::Item& b) const override {
        return a == b;
    }
    Result<void> write(const std::string& table, std::vector<Difference> differences) override {
        for (auto& [key, then, now] : differences) {
            store::Write write{table, store::DeleteItem{key}, {}};
            if (then) {
                write.action = store::PutItem{*then};
            }
            EXPECT_FALSE(store_.write(std::move(write)).error);
        }
        return {};
    }

  private:
    store::TableStore& store_;
};

struct BackupsTest : testing::Test {
    TestPlace place;
    BackupOptions options{.folder = place.folder.path() / "backups", .continuous = false};
    std::unique_ptr<Backups> backups;

    void open() {
        backups.reset();
        auto opened = Backups::open(
            options, *place.store, place.clock, place.random, [this](const fs::path&) {
                return Result<std::unique_ptr<store::ReplicaStore>>(place.empty_store());
            });
        ASSERT_TRUE(opened) << opened.error().message;
        backups = *std::move(opened);
    }
    std::string make_one(BackupKind kind = BackupKind::kOnDemand) {
        const auto job = backups->create(kind);
        EXPECT_TRUE(job) << job.error().message;
        EXPECT_EQ(backups->making().wait(job->id).error, "");
        return job->id;
    }
    Job restore(RestoreRequest request) {
        const auto job =
            backups->restore(std::move(request), std::make_unique<PlainTables>(*place.store));
        EXPECT_TRUE(job) << job.error().message;
        return job ? backups->restoring().wait(job->id) : Job{};
    }
    std::vector<std::string> ids() {
        std::vector<std::string> all;
        for (const auto& entry : *backups->list()) {
            all.push_back(entry.id);
        }
        return all;
    }
    // "added changed deleted same" of a table.
    static std::string counts(const Job& job, const std::string& table) {
        for (const auto& value : *job.result.at("tables").as<item::List>()) {
            const auto& map = *value.as<item::Map>();
            if (*map.at("table").as<std::string>() == table) {
                std::string text;
                for (const auto* name : {"added", "changed", "deleted", "same"}) {
                    text += (text.empty() ? "" : " ") +
                            std::to_string(*map.at(name).as<item::Number>()->to_int64());
                }
                return text;
            }
        }
        return "-";
    }
};

TEST_F(BackupsTest, IsMadeListedVerifiedAndDeleted) {
    make(*place.store, put("a", 1));
    open();
    const auto id = make_one();
    place.clock.advance(seconds{1});
    const auto second = make_one();
    EXPECT_LT(id, second);
    EXPECT_THAT(ids(), ElementsAre(id, second));
    EXPECT_FALSE(backups->find(id)->verified);
    const auto job = backups->verify(id);
    ASSERT_TRUE(job);
    EXPECT_EQ(backups->making().wait(job->id).state, JobState::kCompleted);
    ASSERT_TRUE(backups->find(id)->verified);
    EXPECT_EQ(backups->find(id)->verified->damage, "");
    ASSERT_TRUE(backups->remove(id));
    EXPECT_THAT(ids(), ElementsAre(second));
}

TEST_F(BackupsTest, NamesThatAreNoneReachNoFile) {
    open();
    write_all(place.folder.path() / "secret.backup", "x");
    for (const auto* odd : {"", "../secret", "nobody", ".", "a/b", "continuous"}) {
        EXPECT_FALSE(backups->remove(odd)) << odd;
        EXPECT_FALSE(backups->file_of(odd)) << odd;
        EXPECT_FALSE(backups->verify(odd)) << odd;
    }
    EXPECT_TRUE(fs::exists(place.folder.path() / "secret.backup"));
}

TEST_F(BackupsTest, DamageIsFoundAndRemembered) {
    make(*place.store, put("a", 1));
    open();
    const auto id = make_one();
    const auto file = *backups->file_of(id);
    auto bytes = read_all(file);
    bytes[bytes.size() / 2] ^= 1;
    write_all(file, bytes);
    const auto job = backups->verify(id);
    EXPECT_THAT(backups->making().wait(job->id).error, HasSubstr("is damaged at byte"));
    EXPECT_NE(backups->find(id)->verified->damage, "");
    open();
    EXPECT_NE(backups->find(id)->verified->damage, "") << "over a restart too";
}

TEST_F(BackupsTest, ARestoreWritesWhatDiffersAndNothingElse) {
    for (int i = 0; i < 10; ++i) {
        make(*place.store, put("item-" + std::to_string(i), i));
    }
    make(*place.store, put_sorted("kept", 1));
    open();
    const auto id = make_one();
    make(*place.store, put("item-3", 99));
    make(*place.store, erase("item-4"));
    make(*place.store, put("new", 1));
    make(*place.store, put_sorted("kept", 2));
    make(*place.store,
         {kSorted.name, store::DeleteItem{{{"id", "kept"}, {"n", item::Number(1)}}}, {}});
    const auto before = place.store->last_sequence();

    const auto would = restore({.id = id, .to = {}, .what = {.dry_run = true}});
    EXPECT_EQ(counts(would, "Plain"), "1 1 1 8");
    EXPECT_EQ(counts(would, "Sorted"), "1 0 0 0") << "which is only added to";
    EXPECT_EQ(place.store->last_sequence(), before);

    const auto done = restore({.id = id, .to = {}, .what = {}});
    EXPECT_EQ(counts(done, "Plain"), "1 1 1 8");
    EXPECT_EQ(place.store->last_sequence(), before + 4);
    EXPECT_EQ((*place.store->get({kPlain.name, {{"id", "item-3"}}}))->at("value"),
              item::Value(item::Number(3)));
    EXPECT_FALSE(*place.store->get({kPlain.name, {{"id", "new"}}}));
    EXPECT_TRUE(*place.store->get({kSorted.name, {{"id", "kept"}, {"n", item::Number(2)}}}));

    const auto again = restore({.id = id, .to = {}, .what = {}});
    EXPECT_EQ(counts(again, "Plain"), "0 0 0 10");
    EXPECT_EQ(place.store->last_sequence(), before + 4);
    EXPECT_FALSE(fs::exists(options.folder / "scratch"));
}

TEST_F(BackupsTest, ARestoreOfSomeTablesLeavesTheOthers) {
    make(*place.store, put("a", 1));
    make(*place.store, put_sorted("s", 1));
    open();
    const auto id = make_one();
    make(*place.store, put("a", 2));
    make(*place.store,
         {kSorted.name, store::DeleteItem{{{"id", "s"}, {"n", item::Number(1)}}}, {}});
    const auto done = restore({.id = id, .to = {}, .what = {.tables = {"Sorted"}}});
    EXPECT_EQ(counts(done, "Sorted"), "1 0 0 0");
    EXPECT_EQ(counts(done, "Plain"), "-");
    EXPECT_EQ((*place.store->get({kPlain.name, {{"id", "a"}}}))->at("value"),
              item::Value(item::Number(2)));
    EXPECT_THAT(restore({.id = id, .to = {}, .what = {.tables = {"Nothing"}}}).error,
                HasSubstr("no table Nothing"));
}

TEST_F(BackupsTest, ATableThatIsGoneIsMadeAgain) {
    make(*place.store, put("a", 1));
    open();
    const auto id = make_one();
    place.store = store::open_memory_store(place.clock, "us-east-1");
    open();
    EXPECT_EQ(counts(restore({.id = id, .to = {}, .what = {.dry_run = true}}), "Plain"), "1 0 0 0");
    EXPECT_TRUE(place.store->list_tables().empty());
    EXPECT_EQ(counts(restore({.id = id, .to = {}, .what = {}}), "Plain"), "1 0 0 0");
    EXPECT_TRUE(*place.store->get({kPlain.name, {{"id", "a"}}}));
}

TEST_F(BackupsTest, AnyInstantIsBroughtBack) {
    options.continuous = true;
    open();
    backups->tick();
    make(*place.store, put("a", 1));
    place.clock.advance(seconds{1});
    make(*place.store, put("a", 2));
    place.clock.advance(seconds{1});
    make(*place.store, erase("a"));
    place.clock.advance(seconds{1});
    const auto done =
        restore({.id = {}, .to = kStart + std::chrono::milliseconds{1500}, .what = {}});
    EXPECT_EQ(done.error, "");
    EXPECT_EQ((*place.store->get({kPlain.name, {{"id", "a"}}}))->at("value"),
              item::Value(item::Number(2)));
    ASSERT_EQ((*backups->archive())->windows.size(), 1U);
    const auto too_early = backups->restore({.id = {}, .to = kStart - seconds{1}, .what = {}},
                                            std::make_unique<PlainTables>(*place.store));
    ASSERT_FALSE(too_early);
    EXPECT_THAT(too_early.error().message, HasSubstr("is not in what the archive keeps"));
    const auto job = backups->verify("continuous");
    EXPECT_EQ(backups->making().wait(job->id).error, "");
}

TEST_F(BackupsTest, OnAScheduleWithRetention) {
    options.every = hours{1};
    options.keep = 3;
    open();
    const auto mine = make_one();
    const auto tick = [&] {
        backups->tick();
        for (const auto& job : backups->making().list()) {
            backups->making().wait(job.id);
        }
        backups->tick();
    };
    for (int hour = 0; hour < 6; ++hour) {
        tick();
        place.clock.advance(std::chrono::minutes{30});
        tick();
        place.clock.advance(std::chrono::minutes{30});
    }
    const auto all = ids();
    EXPECT_EQ(all.size(), 4U) << "one an hour, three kept, and the one on demand";
    EXPECT_EQ(all.front(), mine);
    EXPECT_EQ(backups->find(all.back())->info->header.at, place.clock.now() - hours{1});
    // With the clock set back it goes on.
    place.clock.step_to(place.clock.now() - hours{24});
    tick();
    EXPECT_EQ(backups->making().list().back().state, JobState::kCompleted);
}

TEST_F(BackupsTest, RetentionDoesNotCountWhatIsDamaged) {
    options.every = hours{1};
    options.keep = 1;
    open();
    const auto good = make_one(BackupKind::kScheduled);
    place.clock.advance(std::chrono::minutes{10});
    const auto bad = make_one(BackupKind::kScheduled);
    auto bytes = read_all(*backups->file_of(bad));
    bytes[bytes.size() / 2] ^= 1;
    write_all(*backups->file_of(bad), bytes);
    backups->making().wait(backups->verify(bad)->id);
    backups->tick();
    EXPECT_THAT(ids(), ElementsAre(good, bad)) << "the damaged one is not the one that is kept";
}

TEST_F(BackupsTest, WhatAProcessDiedOverHasFailed) {
    const auto jobs = options.folder / "jobs" / "backups";
    fs::create_directories(jobs);
    fs::create_directories(options.folder / "scratch" / "x");
    write_all(options.folder / "b1.backup.unfinished", "MeridBk1");
    write_all(jobs / "b1.job",
              R"({"id":"b1","kind":"backup","subject":"b1","state":"running","error":"",)"
              R"("created":"2026-02-26T15:00:00.000Z","items":5,"bytes":0,"itemsTotal":0,)"
              R"("result":{}})");
    write_all(jobs / "odd.job", "not a job");
    open();
    const auto job = backups->making().find("b1");
    ASSERT_TRUE(job);
    EXPECT_EQ(job->state, JobState::kFailed);
    EXPECT_THAT(job->error, HasSubstr("Interrupted"));
    EXPECT_TRUE(ids().empty());
    EXPECT_FALSE(fs::exists(options.folder / "b1.backup.unfinished"));
    EXPECT_FALSE(fs::exists(options.folder / "scratch"));
}

TEST_F(BackupsTest, ReadsOneTableOfABackupAndOfAMoment) {
    options.continuous = true;
    open();
    make(*place.store, put("a", 1));
    make(*place.store, put_sorted("a", 7));
    const auto id = make_one();
    backups->tick();
    place.clock.advance(seconds{10});
    make(*place.store, put("a", 2));
    place.clock.advance(seconds{10});
    make(*place.store, erase("a"));

    std::vector<std::string> seen;
    const auto read = [&](const TableSource& source) {
        seen.clear();
        Tally tally;
        return backups->read_table(
            source,
            [&](const std::vector<store::VersionedItem>& items) {
                for (const auto& item : items) {
                    seen.push_back(item.state.image
                                       ? item::to_plain_json(item::Value(*item.state.image))
                                       : "deleted");
                }
                return Result<void>();
            },
            tally);
    };
    const std::string one = R"({"id":"a","value":1})";
    const std::string two = R"({"id":"a","value":2})";
    ASSERT_TRUE(read({.id = id, .table = kPlain.name}));
    EXPECT_THAT(seen, ElementsAre(one));
    ASSERT_TRUE(read({.to = kStart + seconds{15}, .table = kPlain.name}));
    EXPECT_THAT(seen, ElementsAre(one, two));
    ASSERT_TRUE(read({.to = place.clock.now(), .table = kPlain.name}));
    EXPECT_THAT(seen, ElementsAre(one, two, "deleted"));
    EXPECT_EQ(read({.id = id, .table = "None"}).error().code, ErrorCode::kTableNotFound);
    EXPECT_EQ(read({.to = kStart, .table = "None"}).error().code, ErrorCode::kTableNotFound);
    EXPECT_EQ(read({.id = "none", .table = "Plain"}).error().code, ErrorCode::kInvalidInput);
}

TEST(Jobs, RunOneAfterTheOtherAndHaveABound) {
    TestPlace place;
    auto jobs = *Jobs::open(place.folder.path() / "jobs", place.clock);
    std::promise<void> go;
    auto gone = go.get_future().share();
    std::atomic<int> running = 0;
    const auto work = [&](Tally&) -> Result<item::Map> {
        EXPECT_EQ(++running, 1);
        gone.wait();
        --running;
        return item::Map{};
    };
    std::vector<std::string> ids;
    Result<Job> last;
    for (std::size_t i = 0; i < Jobs::kWaitingMax + 2 && (ids.empty() || last); ++i) {
        last = jobs->submit(
            {.id = "job-" + std::to_string(100 + i), .kind = "backup", .subject = {}}, work);
        if (last) {
            ids.push_back(last->id);
        }
    }
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, ErrorCode::kOverloaded);
    EXPECT_GE(ids.size(), Jobs::kWaitingMax);
    go.set_value();
    for (const auto& id : ids) {
        EXPECT_EQ(jobs->wait(id).state, JobState::kCompleted);
    }
}

TEST(Jobs, StopWithTheirOwner) {
    TestPlace place;
    const auto folder = place.folder.path() / "jobs";
    {
        auto jobs = *Jobs::open(folder, place.clock);
        std::promise<void> started;
        ASSERT_TRUE(jobs->submit({.id = "a", .kind = "backup", .subject = {}},
                                 [&](Tally& tally) -> Result<item::Map> {
                                     started.set_value();
                                     while (!tally.stop) {
                                         std::this_thread::yield();
                                     }
                                     return fail(ErrorCode::kUnavailable, "stopped");
                                 }));
        ASSERT_TRUE(jobs->submit({.id = "b", .kind = "backup", .subject = {}},
                                 [](Tally&) -> Result<item::Map> { return item::Map{}; }));
        started.get_future().wait();
        jobs->stop();
        const auto late = jobs->submit({.id = "c", .kind = "backup", .subject = {}},
                                       [](Tally&) -> Result<item::Map> { return item::Map{}; });
        ASSERT_FALSE(late);
        EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
    }
    auto jobs = *Jobs::open(folder, place.clock);
    EXPECT_EQ(jobs->find("a")->error, "stopped");
    EXPECT_THAT(jobs->find("b")->error, HasSubstr("Interrupted"));
}

}  // namespace
}  // namespace meridian::backup
