#include "dynamo/backup_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "dynamo/kept_backups.h"
#include "dynamo/object_text.h"
#include "dynamo/table_view.h"
#include "item/json.h"

namespace meridian::dynamo {
namespace {

using boost::json::object;

// ---- Parameters

constexpr Shape kTable{.length_min = 1,
                       .length_max = 1024,
                       .pattern = kNamePattern,
                       .matches = &is_name,
                       .or_arn = true};
constexpr Shape kBackupArn = text({37, 1024});
constexpr std::array kCreateMembers{Member{"TableName", &kTable, Need::kRequired},
                                    Member{"BackupName", &kNewName, Need::kRequired}};
constexpr Shape kCreate = structure("CreateBackupInput", kCreateMembers);
constexpr std::array kOneMembers{Member{"BackupArn", &kBackupArn, Need::kRequired}};
constexpr Shape kOne = structure("DescribeBackupInput", kOneMembers);

constexpr std::int64_t kBackupsMax = 100;
constexpr Shape kLimit = integer(1, kBackupsMax);
constexpr std::array<std::string_view, 4> kTypes{"USER", "SYSTEM", "AWS_BACKUP", "ALL"};
constexpr Shape kType = one_of(kTypes);
constexpr std::array kListMembers{Member{"TableName", &kTable},
                                  Member{"Limit", &kLimit},
                                  Member{"TimeRangeLowerBound", &kNumber},
                                  Member{"TimeRangeUpperBound", &kNumber},
                                  Member{"ExclusiveStartBackupArn", &kBackupArn},
                                  Member{"BackupType", &kType}};
constexpr Shape kList = structure("ListBackupsInput", kListMembers);

constexpr std::array kTableMembers{Member{"TableName", &kTable, Need::kRequired}};
constexpr Shape kContinuous = structure("DescribeContinuousBackupsInput", kTableMembers);
constexpr Shape kDays = integer(1, kRecoveryDaysMax.count());
constexpr std::array kRecoveryMembers{Member{"PointInTimeRecoveryEnabled", &kFlag, Need::kRequired},
                                      Member{"RecoveryPeriodInDays", &kDays}};
constexpr Shape kRecovery = structure("PointInTimeRecoverySpecification", kRecoveryMembers);
constexpr std::array kUpdateMembers{
    Member{"TableName", &kTable, Need::kRequired},
    Member{"PointInTimeRecoverySpecification", &kRecovery, Need::kRequired}};
constexpr Shape kUpdate = structure("UpdateContinuousBackupsInput", kUpdateMembers);

// ---- Answers

std::int64_t count(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}

// BackupDetails. While a backup is being made the service says that it has no bytes.
std::string details_text(const World& world, const BackupRecord& record, BackupStatus status) {
    return ObjectText()
        .text("BackupArn", backup_arn(world.region, record))
        .time("BackupCreationDateTime", record.created)
        .text("BackupName", record.name)
        .number("BackupSizeBytes",
                status == BackupStatus::kCreating ? 0 : count(record.extent.bytes))
        .text("BackupStatus", to_string(status))
        .text("BackupType", "USER")
        .str();
}

std::string throughput_text(const Throughput& throughput) {
    return ObjectText()
        .number("ReadCapacityUnits", throughput.read_units)
        .number("WriteCapacityUnits", throughput.write_units)
        .str();
}

// LocalSecondaryIndexInfo, GlobalSecondaryIndexInfo.
std::string index_text(const IndexDescription& index) {
    ObjectText text;
    text.text("IndexName", index.schema.name)
        .json("KeySchema", key_text(index.schema.key))
        .json("Projection", projection_text(index.schema));
    if (index.kind == IndexKind::kGlobal) {
        text.json("ProvisionedThroughput", throughput_text(index.throughput));
    }
    return text.str();
}

std::string source_text(const World& world, const BackupRecord& record) {
    const auto& table = record.table;
    ObjectText text;
    text.text("BillingMode",
              table.billing == BillingMode::kPayPerRequest ? "PAY_PER_REQUEST" : "PROVISIONED")
        .number("ItemCount", count(record.extent.items))
        .json("KeySchema", key_text(table.key));
    if (const auto* limits = item::find(table.further, "OnDemandThroughput")) {
        text.json("OnDemandThroughput", item::to_plain_json(*limits));
    }
    return text.json("ProvisionedThroughput", throughput_text(table.throughput))
        .text("TableArn", table_arn(world.region, table.name))
        .time("TableCreationDateTime", table.created)
        .text("TableId", table.id)
        .text("TableName", table.name)
        .number("TableSizeBytes", count(record.extent.bytes))
        .str();
}

// SourceTableFeatureDetails: what the table had beyond its key.
std::string features_text(const TableDescription& table) {
    ObjectText text;
    for (const auto& [kind, name] : {std::pair(IndexKind::kGlobal, "GlobalSecondaryIndexes"),
                                     std::pair(IndexKind::kLocal, "LocalSecondaryIndexes")}) {
        std::vector<std::string> indexes;
        for (const auto& index : table.indexes) {
            if (index.kind == kind) {
                indexes.push_back(index_text(index));
            }
        }
        if (!indexes.empty()) {
            text.json(name, array_text(indexes));
        }
    }
    if (const auto* encryption = item::find(table.further, "SSEDescription")) {
        text.json("SSEDescription", item::to_plain_json(*encryption));
    }
    if (const auto* stream = table.stream()) {
        text.json("StreamDescription", ObjectText()
                                           .flag("StreamEnabled", true)
                                           .text("StreamViewType", view_name(stream->view))
                                           .str());
    }
    if (table.ttl_attribute) {
        text.json("TimeToLiveDescription", ObjectText()
                                               .text("AttributeName", *table.ttl_attribute)
                                               .text("TimeToLiveStatus", "ENABLED")
                                               .str());
    }
    return text.str();
}

std::string description_text(const World& world, const BackupRecord& record, BackupStatus status) {
    return ObjectText()
        .json("BackupDescription",
              ObjectText()
                  .json("BackupDetails", details_text(world, record, status))
                  .json("SourceTableDetails", source_text(world, record))
                  .json("SourceTableFeatureDetails", features_text(record.table))
                  .str())
        .str();
}

// ---- CreateBackup

Outcome<std::string> create_backup(World& world, const object& parameters) {
    const auto name_or_arn = *text_of(parameters, "TableName");
    const auto table = find_for_backup(world, name_or_arn);
    if (!table) {
        return std::unexpected(table.error());
    }
    if (world.backups == nullptr) {
        return no_backups();
    }
    if ((*table)->is_being_restored()) {
        return refuse("TableInUseException",
                      fmt::format("Table is being created: {}", (*table)->name));
    }
    auto records = BackupRecords::open(world.store);
    if (!records) {
        return passed_on(std::move(records).error());
    }
    const auto extent = world.store.extent((*table)->storage);
    const auto now = world.clock.now();
    const auto job = world.backups->create();
    if (!job && job.error().code == ErrorCode::kOverloaded) {
        return limit_exceeded("Too many backups are being created; try again when one is done");
    }
    if (!job) {
        return passed_on(job.error());
    }
    const BackupRecord record{.id = new_backup_id(now, world.random),
                              .name = std::string(*text_of(parameters, "BackupName")),
                              .engine = job->id,
                              .created = now,
                              .extent = extent.value_or(store::Extent{}),
                              .table = **table};
    if (auto added = records->add(record); !added) {
        return passed_on(std::move(added).error());
    }
    return ObjectText()
        .json("BackupDetails", details_text(world, record, BackupStatus::kCreating))
        .str();
}

// ---- DescribeBackup, DeleteBackup

Outcome<std::string> describe_backup(World& world, const object& parameters) {
    const auto found = find_backup(world, *text_of(parameters, "BackupArn"));
    if (!found) {
        return std::unexpected(found.error());
    }
    return description_text(world, found->record, found->status);
}

Outcome<std::string> delete_backup(World& world, const object& parameters) {
    const auto arn = *text_of(parameters, "BackupArn");
    const auto found = find_backup(world, arn);
    if (!found) {
        return std::unexpected(found.error());
    }
    auto records = BackupRecords::open(world.store);
    const auto restores =
        records ? records->list_restores() : std::unexpected(std::move(records).error());
    if (!restores) {
        return passed_on(restores.error());
    }
    const bool is_used = std::ranges::find(*restores, found->record.engine,
                                           &RestoreRecord::engine) != restores->end();
    if (is_used || found->status == BackupStatus::kCreating) {
        return refuse("BackupInUseException",
                      fmt::format("Backup is being {}: {}", is_used ? "restored" : "created", arn));
    }
    const auto removed = records->remove(found->record.id);
    if (!removed) {
        return passed_on(removed.error());
    }
    if (!*removed) {
        return backup_not_found(arn);
    }
    // Without its record the file is of no use; whoever lists the region's backups still sees it.
    if (const auto gone = world.backups->remove(found->record.engine); !gone) {
        log(LogLevel::kWarn, "dynamo", "{}", gone.error().message);
    }
    return description_text(world, found->record, BackupStatus::kGone);
}

// ---- ListBackups

// Which backups a request asks for.
struct BackupFilter {
    std::string table = {};  // empty: any
    std::optional<double> from = {};
    std::optional<double> before = {};
    std::string after_id = {};
    bool none = false;

    [[nodiscard]] bool takes(const BackupRecord& record) const {
        const auto second =
            std::chrono::duration<double>(record.created.time_since_epoch()).count();
        return !none && (table.empty() || record.table.name == table) && record.id > after_id &&
               (!from || second >= *from) && (!before || second < *before);
    }
};

Outcome<BackupFilter> filter_of(const World& world, const object& parameters) {
    BackupFilter filter{.from = number_of(parameters, "TimeRangeLowerBound"),
                        .before = number_of(parameters, "TimeRangeUpperBound")};
    if (const auto name = text_of(parameters, "TableName")) {
        filter.table = name->starts_with("arn:") ? table_in_arn(*name, world.region) : *name;
        filter.none = filter.table.empty();
    }
    if (const auto arn = text_of(parameters, "ExclusiveStartBackupArn")) {
        filter.after_id = backup_in_arn(*arn, world.region);
        if (filter.after_id.empty()) {
            return validation(fmt::format("Invalid ExclusiveStartBackupArn: {}", *arn));
        }
    }
    const auto type = text_of(parameters, "BackupType").value_or("ALL");
    filter.none = filter.none || (type != "ALL" && type != "USER");
    return filter;
}

std::string summary_text(const World& world, const KeptBackup& backup) {
    const auto& [record, status] = backup;
    return ObjectText()
        .text("BackupArn", backup_arn(world.region, record))
        .time("BackupCreationDateTime", record.created)
        .text("BackupName", record.name)
        .number("BackupSizeBytes",
                status == BackupStatus::kCreating ? 0 : count(record.extent.bytes))
        .text("BackupStatus", to_string(status))
        .text("BackupType", "USER")
        .text("TableArn", table_arn(world.region, record.table.name))
        .text("TableId", record.table.id)
        .text("TableName", record.table.name)
        .str();
}

Outcome<std::string> list_backups(World& world, const object& parameters) {
    const auto filter = filter_of(world, parameters);
    if (!filter) {
        return std::unexpected(filter.error());
    }
    if (world.backups == nullptr) {
        return R"({"BackupSummaries":[]})";
    }
    const auto opened = BackupRecords::open(world.store);
    const auto records = opened ? opened->list() : std::unexpected(opened.error());
    if (!records) {
        return passed_on(records.error());
    }
    const auto limit =
        static_cast<std::size_t>(integer_of(parameters, "Limit").value_or(kBackupsMax));
    std::vector<std::string> summaries;
    std::string last;
    bool more = false;
    for (const auto& record : *records) {
        const auto status =
            filter->takes(record) ? status_of(*world.backups, record.engine) : BackupStatus::kGone;
        if (status == BackupStatus::kGone) {
            continue;
        }
        if (summaries.size() == limit) {
            more = true;
            break;
        }
        summaries.push_back(summary_text(world, {record, status}));
        last = backup_arn(world.region, record);
    }
    ObjectText text;
    text.json("BackupSummaries", array_text(summaries));
    if (more) {
        text.text("LastEvaluatedBackupArn", last);
    }
    return text.str();
}

// ---- Continuous backups

Outcome<std::string> continuous_text(const World& world, const TableDescription& table) {
    const auto range = recovery_range(world, table);
    if (!range) {
        return std::unexpected(range.error());
    }
    ObjectText recovery;
    if (table.point_in_time_recovery && *range) {
        recovery.time("EarliestRestorableDateTime", (*range)->earliest)
            .time("LatestRestorableDateTime", (*range)->latest);
    }
    recovery.text("PointInTimeRecoveryStatus",
                  table.point_in_time_recovery ? "ENABLED" : "DISABLED");
    if (table.point_in_time_recovery) {
        recovery.number("RecoveryPeriodInDays", table.recovery_days.count());
    }
    return ObjectText()
        .json("ContinuousBackupsDescription",
              ObjectText()
                  .text("ContinuousBackupsStatus", *range ? "ENABLED" : "DISABLED")
                  .json("PointInTimeRecoveryDescription", recovery.str())
                  .str())
        .str();
}

Outcome<std::string> describe_continuous(World& world, const object& parameters) {
    const auto table = find_for_backup(world, *text_of(parameters, "TableName"));
    return table ? continuous_text(world, **table) : std::unexpected(table.error());
}

Outcome<std::string> update_continuous(World& world, const object& parameters) {
    const auto& specification = *object_of(parameters, "PointInTimeRecoverySpecification");
    const bool enabled = *flag_of(specification, "PointInTimeRecoveryEnabled");
    const auto days = integer_of(specification, "RecoveryPeriodInDays");
    if (days && !enabled) {
        return validation(
            "RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true");
    }
    const auto found = find_for_backup(world, *text_of(parameters, "TableName"));
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto archive = world.backups == nullptr
                             ? Result<std::optional<backup::ArchiveStatus>>(std::nullopt)
                             : world.backups->archive();
    if (enabled && (!archive || !*archive)) {
        return no_backups();
    }
    const auto table =
        world.tables.change((*found)->name, [&](const TablePtr& now) -> Outcome<TableDescription> {
            if (now == nullptr) {
                return source_not_found((*found)->name);
            }
            auto changed = *now;
            changed.point_in_time_recovery = enabled;
            changed.recovery_days = std::chrono::days{days.value_or(kRecoveryDaysMax.count())};
            return changed;
        });
    return table ? continuous_text(world, **table) : std::unexpected(table.error());
}

constexpr std::array kOperations{
    Operation{.name = "CreateBackup",
              .parameters = &kCreate,
              .pace = Pace::kWaits,
              .run = &answering<create_backup>},
    Operation{.name = "DescribeBackup",
              .parameters = &kOne,
              .pace = Pace::kWaits,
              .run = &answering<describe_backup>},
    Operation{.name = "DeleteBackup",
              .parameters = &kOne,
              .pace = Pace::kWaits,
              .run = &answering<delete_backup>},
    Operation{.name = "ListBackups",
              .parameters = &kList,
              .pace = Pace::kWaits,
              .run = &answering<list_backups>},
    Operation{.name = "DescribeContinuousBackups",
              .parameters = &kContinuous,
              .pace = Pace::kWaits,
              .run = &answering<describe_continuous>},
    Operation{.name = "UpdateContinuousBackups",
              .parameters = &kUpdate,
              .pace = Pace::kWaits,
              .run = &answering<update_continuous>},
};

}  // namespace

std::span<const Operation> backup_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
