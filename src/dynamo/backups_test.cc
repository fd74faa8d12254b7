// Backups and restores over the protocol, with a catalog and the engine's backups behind it.

#include "backup/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "dynamo/backup_operations.h"
#include "dynamo/backup_records.h"
#include "dynamo/restore_operations.h"
#include "dynamo/service.h"
#include "dynamo/table_restores.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/wait_for.h"

namespace meridian::dynamo {
namespace {

using boost::json::object;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kStart{std::chrono::milliseconds{1'795'986'000'123}};
const std::string kTableArn = "arn:aws:dynamodb:us-east-1:000000000000:table/";

TableDescription orders(Random& random) {
    const item::KeyAttribute pk{"pk", item::KeyType::kString};
    const item::KeyAttribute by{"by", item::KeyType::kString};
    TableDescription table;
    table.id = "00000000-0000-4000-8000-00000000000" + std::to_string(random.next() % 10);
    table.name = "Orders";
    table.storage = storage_of(table.name, table.id);
    table.key = {pk, std::nullopt};
    table.attributes = {by, pk};
    table.indexes = {{.kind = IndexKind::kGlobal,
                      .schema = {.name = "byIndex", .key = {by, std::nullopt}},
                      .throughput = {3, 4}}};
    table.regions = {"us-east-1"};
    table.throughput = {5, 6};
    table.streams = {{StreamView::kKeysOnly, "2026-11-29T21:00:00.123", true}};
    table.ttl_attribute = "expires";
    table.tags = {{"team", "blue"}};
    table.created = kStart;
    return table;
}

// A region with backups, and what clients ask of it.
struct BackupsTest : testing::Test {
    store::TemporaryFolder folder;
    ManualClock clock{kStart};
    SeededRandom random{7};
    std::unique_ptr<store::ReplicaStore> store;
    std::unique_ptr<TableCatalog> tables;
    std::unique_ptr<World> world;
    std::unique_ptr<backup::Backups> backups;
    std::unique_ptr<Service> service;
    bool continuous = true;
    std::string storage;

    void SetUp() override { open(); }
    void TearDown() override { close(); }

    void close() {
        service.reset();
        if (backups != nullptr) {
            backups->stop_restores();
        }
        world.reset();
        backups.reset();
        tables.reset();
        store.reset();
    }
    // The same folder, and nothing but what is durable in it.
    void open() {
        close();
        store = store::open_rocksdb_store(
                    {.folder = folder.path() / "store", .region = "us-east-1"}, clock)
                    .value();
        tables =
            TableCatalog::open({.region = "us-east-1", .own = {}}, *store, clock, random).value();
        backups =
            backup::Backups::open({.folder = folder.path() / "backups", .continuous = continuous},
                                  *store, clock, random,
                                  [](const std::filesystem::path&) {
                                      return Result<std::unique_ptr<store::ReplicaStore>>(fail(
                                          ErrorCode::kNotSupported, "no scratch store is needed"));
                                  })
                .value();
        world = std::make_unique<World>(World{.region = "us-east-1",
                                              .regions = {"us-east-1"},
                                              .store = *store,
                                              .tables = *tables,
                                              .backups = backups.get(),
                                              .clock = clock,
                                              .random = random});
        service = std::make_unique<Service>(*world, [](Service::Job job) {
            job();
            return true;
        });
    }
    void make_table() {
        const auto made = tables->change("Orders", [&](const TablePtr& now) {
            EXPECT_EQ(now, nullptr);
            return Outcome<TableDescription>(orders(random));
        });
        ASSERT_TRUE(made) << made.error().message;
        storage = (*made)->storage;
    }
    void put(const std::string& pk, const std::string& value) const {
        const auto outcome =
            store->write({storage, store::PutItem{{{"pk", pk}, {"by", value}}}, std::nullopt});
        ASSERT_FALSE(outcome.error) << outcome.error->message;
    }
    void erase(const std::string& pk) const {
        ASSERT_FALSE(store->write({storage, store::DeleteItem{{{"pk", pk}}}, std::nullopt}).error);
    }
    // "pk=by" of all items of a client's table.
    [[nodiscard]] std::vector<std::string> items_of(const std::string& name) const {
        std::vector<std::string> items;
        const auto table = tables->find(name);
        for (const auto& item : store->scan({.table = table->storage})->items) {
            items.push_back(*item.at("pk").as<std::string>() + "=" +
                            *item.at("by").as<std::string>());
        }
        std::ranges::sort(items);
        return items;
    }

    // ---- Calls

    [[nodiscard]] Answer call(std::string_view operation, const object& parameters) const {
        return store::wait_for<Answer>([&](std::move_only_function<void(Answer)> done) {
            service->handle("DynamoDB_20120810." + std::string(operation),
                            boost::json::serialize(parameters), std::move(done));
        });
    }
    [[nodiscard]] object ok(std::string_view operation, const object& parameters) const {
        const auto answer = call(operation, parameters);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return boost::json::parse(answer.body).as_object();
    }
    [[nodiscard]] std::string error(std::string_view operation, const object& parameters) const {
        const auto answer = call(operation, parameters);
        EXPECT_EQ(answer.status, 400) << answer.body;
        return answer.error_type + ": " +
               std::string(boost::json::parse(answer.body).at("message").as_string());
    }
    // A backup that is done; its ARN.
    [[nodiscard]] std::string make_backup(std::string_view name = "nightly") const {
        const auto details = ok("CreateBackup", {{"TableName", "Orders"}, {"BackupName", name}})
                                 .at("BackupDetails")
                                 .as_object();
        EXPECT_EQ(details.at("BackupStatus"), "CREATING");
        for (const auto& job : backups->making().list()) {
            backups->making().wait(job.id);
        }
        return std::string(details.at("BackupArn").as_string());
    }
    void wait_for_restores() const {
        for (const auto& job : backups->restoring().list()) {
            EXPECT_EQ(backups->restoring().wait(job.id).error, "");
        }
    }
    [[nodiscard]] std::vector<std::string> listed(object parameters) const {
        std::vector<std::string> names;
        const auto answer = ok("ListBackups", parameters);
        for (const auto& summary : answer.at("BackupSummaries").as_array()) {
            names.emplace_back(summary.at("BackupName").as_string());
        }
        return names;
    }
};

// ---- Backups

TEST_F(BackupsTest, AreMadeDescribedListedAndDeleted) {
    make_table();
    put("a", "1");
    const auto arn = make_backup();
    EXPECT_THAT(arn, testing::MatchesRegex(kTableArn + "Orders/backup/01795986000123-[0-9a-f]+"));
    const auto description =
        ok("DescribeBackup", {{"BackupArn", arn}}).at("BackupDescription").as_object();
    const auto& details = description.at("BackupDetails").as_object();
    EXPECT_EQ(details.at("BackupArn").as_string(), arn);
    EXPECT_EQ(details.at("BackupName"), "nightly");
    EXPECT_EQ(details.at("BackupStatus"), "AVAILABLE");
    EXPECT_EQ(details.at("BackupType"), "USER");
    EXPECT_EQ(details.at("BackupCreationDateTime"), 1795986000.123);
    EXPECT_GT(details.at("BackupSizeBytes").as_int64(), 0);
    const auto& source = description.at("SourceTableDetails").as_object();
    EXPECT_EQ(source.at("TableName"), "Orders");
    EXPECT_EQ(source.at("TableArn").as_string(), kTableArn + "Orders");
    EXPECT_EQ(source.at("ItemCount"), 1);
    EXPECT_EQ(source.at("BillingMode"), "PROVISIONED");
    EXPECT_EQ(boost::json::serialize(description.at("SourceTableFeatureDetails")),
              R"({"GlobalSecondaryIndexes":[{"IndexName":"byIndex","KeySchema":[)"
              R"({"AttributeName":"by","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},)"
              R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}}],)"
              R"("StreamDescription":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},)"
              R"("TimeToLiveDescription":{"AttributeName":"expires",)"
              R"("TimeToLiveStatus":"ENABLED"}})");
    EXPECT_THAT(listed({{"TableName", "Orders"}}), ElementsAre("nightly"));

    const auto deleted = ok("DeleteBackup", {{"BackupArn", arn}});
    EXPECT_EQ(deleted.at("BackupDescription").at("BackupDetails").at("BackupStatus"), "DELETED");
    EXPECT_THAT(listed({}), IsEmpty());
    EXPECT_THAT(*backups->list(), IsEmpty()) << "the engine's has gone with it";
    for (const auto* operation : {"DescribeBackup", "DeleteBackup"}) {
        EXPECT_EQ(error(operation, {{"BackupArn", arn}}),
                  "BackupNotFoundException: Backup not found: " + arn);
    }
}

TEST_F(BackupsTest, AreListedInPagesAndByTime) {
    make_table();
    for (const auto* name : {"one", "two", "three"}) {
        (void)make_backup(name);
        clock.advance(seconds{10});
    }
    EXPECT_THAT(listed({{"TableName", "Orders"}}), ElementsAre("one", "two", "three"));
    EXPECT_THAT(listed({{"TableName", kTableArn + "Orders"}, {"BackupType", "USER"}}),
                ElementsAre("one", "two", "three"));
    EXPECT_THAT(listed({{"TableName", "Others"}}), IsEmpty());
    EXPECT_THAT(listed({{"BackupType", "SYSTEM"}}), IsEmpty());
    EXPECT_THAT(
        listed({{"TimeRangeLowerBound", 1795986010.0}, {"TimeRangeUpperBound", 1795986020.0}}),
        ElementsAre("two"));
    const auto page = ok("ListBackups", {{"Limit", 2}});
    EXPECT_EQ(page.at("BackupSummaries").as_array().size(), 2U);
    EXPECT_THAT(listed({{"ExclusiveStartBackupArn", page.at("LastEvaluatedBackupArn")}}),
                ElementsAre("three"));
}

TEST_F(BackupsTest, OutliveTheirTableAndTheProcess) {
    make_table();
    const auto arn = make_backup();
    ASSERT_TRUE(tables->change("Orders", [](const TablePtr& now) {
        auto gone = *now;
        gone.deleted = true;
        return Outcome<TableDescription>(gone);
    }));
    open();
    EXPECT_EQ(ok("DescribeBackup", {{"BackupArn", arn}})
                  .at("BackupDescription")
                  .at("BackupDetails")
                  .at("BackupStatus"),
              "AVAILABLE");
    EXPECT_THAT(listed({{"TableName", "Orders"}}), ElementsAre("nightly"));
}

TEST_F(BackupsTest, AreRefusedWhereThereIsNothingToBackUp) {
    EXPECT_EQ(error("CreateBackup", {{"TableName", "None"}, {"BackupName", "nightly"}}),
              "TableNotFoundException: Table not found: None");
    const auto arn = kTableArn + "Orders/backup/01795986000123-00000000";
    for (const auto& unknown : {arn, std::string(40, 'x'),
                                std::string("arn:aws:dynamodb:eu-west-1:000000000000:table/Orders/"
                                            "backup/01795986000123-00000000")}) {
        EXPECT_EQ(error("DescribeBackup", {{"BackupArn", unknown}}),
                  "BackupNotFoundException: Backup not found: " + unknown);
    }
    make_table();
    world->backups = nullptr;
    EXPECT_EQ(error("CreateBackup", {{"TableName", "Orders"}, {"BackupName", "nightly"}}),
              "ContinuousBackupsUnavailableException: Backups are not kept in this region: its "
              "folder for them cannot be used");
    EXPECT_THAT(listed({}), IsEmpty());
}

// ---- Restores

TEST_F(BackupsTest, FillANewTable) {
    make_table();
    put("a", "1");
    put("b", "1");
    const auto arn = make_backup();
    put("a", "2");
    clock.advance(seconds{60});
    const auto answer =
        ok("RestoreTableFromBackup", {{"TargetTableName", "Again"}, {"BackupArn", arn}});
    const auto& table = answer.at("TableDescription").as_object();
    EXPECT_EQ(table.at("TableName"), "Again");
    EXPECT_EQ(table.at("TableStatus"), "CREATING");
    EXPECT_EQ(boost::json::serialize(table.at("RestoreSummary")),
              R"({"RestoreDateTime":1.795986000123E9,"RestoreInProgress":true,)"
              R"("SourceBackupArn":")" +
                  arn + R"(","SourceTableArn":")" + kTableArn + R"(Orders"})");
    wait_for_restores();
    EXPECT_THAT(items_of("Again"), ElementsAre("a=1", "b=1"));
    const auto restored = tables->find("Again");
    EXPECT_FALSE(restored->is_being_restored());
    EXPECT_EQ(restored->indexes, tables->find("Orders")->indexes);
    EXPECT_EQ(restored->throughput, (Throughput{5, 6}));
    EXPECT_TRUE(restored->streams.empty());
    EXPECT_TRUE(restored->tags.empty());
    EXPECT_FALSE(restored->ttl_attribute);
    EXPECT_EQ(error("RestoreTableFromBackup", {{"TargetTableName", "Again"}, {"BackupArn", arn}}),
              "TableAlreadyExistsException: Table already exists: Again");
}

TEST_F(BackupsTest, FillATableThatIsOtherwise) {
    make_table();
    put("a", "1");
    const auto arn = make_backup();
    (void)ok("RestoreTableFromBackup", {{"TargetTableName", "Again"},
                                        {"BackupArn", arn},
                                        {"BillingModeOverride", "PAY_PER_REQUEST"},
                                        {"GlobalSecondaryIndexOverride", boost::json::array{}}});
    wait_for_restores();
    const auto restored = tables->find("Again");
    EXPECT_EQ(restored->billing, BillingMode::kPayPerRequest);
    EXPECT_TRUE(restored->indexes.empty());
    EXPECT_EQ(restored->attributes.size(), 1U) << "no key names the other one";
    EXPECT_THAT(items_of("Again"), ElementsAre("a=1"));
}

// A process died between the answer and the end of the filling.
TEST_F(BackupsTest, FillTheTableAfterARestart) {
    make_table();
    put("a", "1");
    const auto arn = make_backup();
    const auto engine = backups->list()->front().id;
    auto half = orders(random);
    half.id = "00000000-0000-4000-8000-000000000099";
    half.name = "Half";
    half.storage = storage_of(half.name, half.id);
    half.streams.clear();
    half.further[std::string(kRestoreSummary)] = item::Map{{"RestoreInProgress", true}};
    ASSERT_TRUE(
        tables->change("Half", [&](const TablePtr&) { return Outcome<TableDescription>(half); }));
    ASSERT_TRUE(BackupRecords::open(*store)->add(RestoreRecord{
        .storage = half.storage, .name = "Half", .source = storage, .engine = engine}));
    open();
    EXPECT_TRUE(tables->find("Half")->is_being_restored());
    EXPECT_EQ(error("DeleteBackup", {{"BackupArn", arn}}),
              "BackupInUseException: Backup is being restored: " + arn);
    ASSERT_TRUE(resume_restores(*world));
    wait_for_restores();
    EXPECT_FALSE(tables->find("Half")->is_being_restored());
    EXPECT_THAT(items_of("Half"), ElementsAre("a=1"));
    EXPECT_THAT(*BackupRecords::open(*store)->list_restores(), IsEmpty());
    (void)ok("DeleteBackup", {{"BackupArn", arn}});
}

// ---- Continuous backups

TEST_F(BackupsTest, PointInTimeRecoveryIsSwitchedOnAndOff) {
    make_table();
    backups->tick();
    const auto describe = [&] {
        return boost::json::serialize(ok("DescribeContinuousBackups", {{"TableName", "Orders"}}));
    };
    const std::string off =
        R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
        R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})";
    EXPECT_EQ(describe(), off);
    const auto update = [&](bool enabled) {
        return ok("UpdateContinuousBackups", {{"TableName", "Orders"},
                                              {"PointInTimeRecoverySpecification",
                                               object{{"PointInTimeRecoveryEnabled", enabled}}}});
    };
    const auto on = update(true).at("ContinuousBackupsDescription").as_object();
    const auto& recovery = on.at("PointInTimeRecoveryDescription").as_object();
    EXPECT_EQ(recovery.at("PointInTimeRecoveryStatus"), "ENABLED");
    EXPECT_EQ(recovery.at("RecoveryPeriodInDays"), 35);
    EXPECT_EQ(recovery.at("EarliestRestorableDateTime"), 1795986000.123);
    (void)update(false);
    EXPECT_EQ(describe(), off);
    EXPECT_EQ(error("DescribeContinuousBackups", {{"TableName", "None"}}),
              "TableNotFoundException: Table not found: None");
}

TEST_F(BackupsTest, AnyMomentFillsANewTable) {
    make_table();
    backups->tick();
    put("a", "1");
    clock.advance(seconds{10});
    put("a", "2");
    put("b", "2");
    clock.advance(seconds{10});
    erase("a");
    clock.advance(seconds{10});
    const auto restore = [&](object parameters, const std::string& target) {
        parameters["TargetTableName"] = target;
        parameters["SourceTableName"] = "Orders";
        return parameters;
    };
    EXPECT_EQ(
        error("RestoreTableToPointInTime", restore({{"UseLatestRestorableTime", true}}, "Then")),
        "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for "
        "table 'Orders'");
    (void)ok("UpdateContinuousBackups",
             {{"TableName", "Orders"},
              {"PointInTimeRecoverySpecification", object{{"PointInTimeRecoveryEnabled", true}}}});
    const auto answer =
        ok("RestoreTableToPointInTime", restore({{"RestoreDateTime", 1795986015.0}}, "Then"));
    EXPECT_EQ(boost::json::serialize(answer.at("TableDescription").at("RestoreSummary")),
              R"({"RestoreDateTime":1795986015,"RestoreInProgress":true,"SourceTableArn":")" +
                  kTableArn + R"(Orders"})");
    (void)ok("RestoreTableToPointInTime", restore({{"UseLatestRestorableTime", true}}, "Now"));
    wait_for_restores();
    EXPECT_THAT(items_of("Then"), ElementsAre("a=2", "b=2"));
    EXPECT_THAT(items_of("Now"), ElementsAre("b=2"));

    const std::string invalid =
        "InvalidRestoreTimeException: An invalid restore time was specified. RestoreDateTime must "
        "be between EarliestRestorableDateTime and LatestRestorableDateTime.";
    for (const double moment : {1795985999.0, 1795999999.0, 1e15}) {
        EXPECT_EQ(
            error("RestoreTableToPointInTime", restore({{"RestoreDateTime", moment}}, "Never")),
            invalid);
    }
    EXPECT_EQ(
        error("RestoreTableToPointInTime", restore({{"UseLatestRestorableTime", true}}, "Then")),
        "TableAlreadyExistsException: Table already exists: Then");
    EXPECT_EQ(error("RestoreTableToPointInTime", {{"TargetTableName", "Other"},
                                                  {"SourceTableName", "None"},
                                                  {"UseLatestRestorableTime", true}}),
              "TableNotFoundException: Table not found: None");
}

TEST_F(BackupsTest, AnEmptyTableIsRestoredEmpty) {
    backups->tick();
    make_table();
    clock.advance(seconds{1});
    backups->tick();
    (void)ok("UpdateContinuousBackups",
             {{"TableName", "Orders"},
              {"PointInTimeRecoverySpecification", object{{"PointInTimeRecoveryEnabled", true}}}});
    (void)ok("RestoreTableToPointInTime", {{"TargetTableName", "Empty"},
                                           {"SourceTableName", "Orders"},
                                           {"UseLatestRestorableTime", true}});
    wait_for_restores();
    EXPECT_THAT(items_of("Empty"), IsEmpty());
    EXPECT_FALSE(tables->find("Empty")->is_being_restored());
}

}  // namespace
}  // namespace meridian::dynamo
