#include "dynamo/restore_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"
#include "dynamo/create_table.h"
#include "dynamo/kept_backups.h"
#include "dynamo/object_text.h"
#include "dynamo/table_parts.h"
#include "dynamo/table_restores.h"
#include "dynamo/table_shapes.h"
#include "dynamo/table_view.h"

namespace meridian::dynamo {
namespace {

using boost::json::object;

constexpr Shape kTableArn = text({1, 1024});
constexpr Shape kBackupArn = text({37, 1024});

// ---- What the new table has otherwise than the old one

// The indexes of a kind that the override names; it may leave some out, and add none.
Outcome<void> override_indexes(const object& parameters, std::string_view name, IndexKind kind,
                               TableDescription& table) {
    const auto* list = array_of(parameters, name);
    if (list == nullptr) {
        return {};
    }
    std::vector<IndexDescription> kept;
    for (const auto& element : *list) {
        auto wanted = index_in(element.as_object(), kind, table.attributes);
        if (!wanted) {
            return std::unexpected(std::move(wanted).error());
        }
        const auto* known = table.index(wanted->schema.name);
        if (known == nullptr || known->kind != kind || known->schema != wanted->schema) {
            return invalid(fmt::format("{}: the source table has no such index: {}", name,
                                       wanted->schema.name));
        }
        auto index = *known;
        index.throughput = throughput_in(element.as_object()).value_or(index.throughput);
        kept.push_back(std::move(index));
    }
    std::erase_if(table.indexes, [kind](const auto& index) { return index.kind == kind; });
    std::ranges::move(kept, std::back_inserter(table.indexes));
    return {};
}

Outcome<void> override_capacity(const object& parameters, TableDescription& table) {
    if (const auto mode = text_of(parameters, "BillingModeOverride")) {
        table.billing =
            *mode == "PAY_PER_REQUEST" ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
        table.throughput = {};
        table.further.erase("BillingModeSummary");
        if (table.billing == BillingMode::kPayPerRequest) {
            table.further["BillingModeSummary"] = billing_summary(table.billing, table.created);
        }
    }
    if (const auto* units = object_of(parameters, "ProvisionedThroughputOverride")) {
        table.throughput = {*integer_of(*units, "ReadCapacityUnits"),
                            *integer_of(*units, "WriteCapacityUnits")};
    }
    const bool has_units = table.throughput != Throughput{};
    if (table.billing == BillingMode::kPayPerRequest && has_units) {
        return invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
            "PAY_PER_REQUEST");
    }
    if (table.billing == BillingMode::kProvisioned && !has_units) {
        return invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
            "PROVISIONED");
    }
    return has_units ? check_bounds(table.throughput) : Outcome<void>();
}

// Attributes of indexes that are no longer there are defined no longer.
void forget_attributes(TableDescription& table) {
    std::set<std::string> used;
    const auto use = [&used](const item::KeySchema& key) {
        used.insert(key.partition.name);
        if (key.sort) {
            used.insert(key.sort->name);
        }
    };
    use(table.key);
    for (const auto& index : table.indexes) {
        use(index.schema.key);
    }
    std::erase_if(table.attributes,
                  [&used](const auto& attribute) { return !used.contains(attribute.name); });
}

// The new table. As in the service its streams, tags, TTL, protection and point-in-time recovery
// are not the old one's.
Outcome<TableDescription> restored_table(World& world, const TableDescription& source,
                                         const object& parameters) {
    TableDescription table;
    table.id = new_uuid(world.random);
    table.name = *text_of(parameters, "TargetTableName");
    table.storage = storage_of(table.name, table.id);
    table.key = source.key;
    table.attributes = source.attributes;
    table.indexes = source.indexes;
    table.regions = {world.region};
    table.billing = source.billing;
    table.throughput = source.throughput;
    table.table_class = source.table_class;
    table.created = world.clock.now();
    for (const auto* name : {"BillingModeSummary", "OnDemandThroughput", "SSEDescription"}) {
        if (const auto* value = item::find(source.further, name)) {
            table.further[name] = *value;
        }
    }
    for (auto overridden :
         {override_indexes(parameters, "GlobalSecondaryIndexOverride", IndexKind::kGlobal, table),
          override_indexes(parameters, "LocalSecondaryIndexOverride", IndexKind::kLocal, table),
          override_capacity(parameters, table)}) {
        if (!overridden) {
            return std::unexpected(std::move(overridden).error());
        }
    }
    forget_attributes(table);
    return table;
}

Outcome<std::string> answer_restoring(World& world, const Outcome<TablePtr>& table) {
    if (!table) {
        return std::unexpected(table.error());
    }
    return ObjectText()
        .json("TableDescription", table_text(world, **table, {.status = "CREATING"}))
        .str();
}

std::unexpected<Failure> table_exists(std::string_view name) {
    return refuse("TableAlreadyExistsException", fmt::format("Table already exists: {}", name));
}

// ---- RestoreTableFromBackup

Outcome<std::string> restore_from_backup(World& world, const object& parameters) {
    const auto arn = *text_of(parameters, "BackupArn");
    const auto target = *text_of(parameters, "TargetTableName");
    const auto backup = find_backup(world, arn);
    if (!backup) {
        return std::unexpected(backup.error());
    }
    if (backup->status == BackupStatus::kCreating) {
        return refuse("BackupInUseException", fmt::format("Backup is being created: {}", arn));
    }
    if (world.tables.find(target) != nullptr) {
        return table_exists(target);
    }
    const auto& source = backup->record.table;
    auto table = restored_table(world, source, parameters);
    if (!table) {
        return std::unexpected(std::move(table).error());
    }
    const RestoreRecord record{.storage = table->storage,
                               .name = table->name,
                               .source = source.storage,
                               .engine = backup->record.engine};
    return answer_restoring(world, begin_restore(world, *std::move(table),
                                                 {.backup_arn = std::string(arn),
                                                  .table_arn = table_arn(world.region, source.name),
                                                  .moment = backup->record.created},
                                                 record));
}

// ---- RestoreTableToPointInTime

// The moment that a request means, of those that there are.
Outcome<Instant> moment_of(const World& world, const TableDescription& source,
                           const object& parameters) {
    const bool latest = flag_of(parameters, "UseLatestRestorableTime").value_or(false);
    const auto wanted = number_of(parameters, "RestoreDateTime");
    if (latest == wanted.has_value()) {
        return validation(
            "Exactly one of RestoreDateTime and UseLatestRestorableTime must be specified");
    }
    const auto range = recovery_range(world, source);
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto now = world.clock.now();
    if (latest && *range) {
        return now;  // what has happened since is archived before it is read
    }
    // A double may be far beyond what a time can be.
    const auto within = [&](Instant moment) {
        return moment >= (*range)->earliest && moment <= now;
    };
    constexpr double kSecondsMax = 253'402'300'799;
    if (*range && wanted && std::abs(*wanted) <= kSecondsMax) {
        const Instant moment{std::chrono::milliseconds{std::llround(*wanted * 1000)}};
        if (within(moment)) {
            return moment;
        }
    }
    return refuse("InvalidRestoreTimeException",
                  "An invalid restore time was specified. RestoreDateTime must be between "
                  "EarliestRestorableDateTime and LatestRestorableDateTime.");
}

Outcome<std::string> restore_to_point(World& world, const object& parameters) {
    const auto arn = text_of(parameters, "SourceTableArn");
    const auto name = text_of(parameters, "SourceTableName");
    const auto target = *text_of(parameters, "TargetTableName");
    if (arn.has_value() == name.has_value()) {
        return validation("Exactly one of SourceTableArn and SourceTableName must be specified");
    }
    const auto source = find_for_backup(world, arn ? *arn : *name);
    if (!source) {
        return std::unexpected(source.error());
    }
    if (world.tables.find(target) != nullptr) {
        return table_exists(target);
    }
    if (!(*source)->point_in_time_recovery || world.backups == nullptr) {
        return refuse(
            "PointInTimeRecoveryUnavailableException",
            fmt::format("Point in time recovery is not enabled for table '{}'", (*source)->name));
    }
    const auto moment = moment_of(world, **source, parameters);
    if (!moment) {
        return std::unexpected(moment.error());
    }
    auto table = restored_table(world, **source, parameters);
    if (!table) {
        return std::unexpected(std::move(table).error());
    }
    const RestoreRecord record{.storage = table->storage,
                               .name = table->name,
                               .source = (*source)->storage,
                               .moment = *moment};
    return answer_restoring(
        world,
        begin_restore(world, *std::move(table),
                      {.table_arn = table_arn(world.region, (*source)->name), .moment = *moment},
                      record));
}

// ---- Parameters

// The shape of a member of CreateTable's.
const Shape& shape_of(std::string_view name) {
    const auto* found = std::ranges::find(kCreateTable.members, name, &Member::name).base();
    CHECK(found != kCreateTable.members.data() + kCreateTable.members.size());
    return *found->shape;
}

// What both operations may say otherwise of the new table.
std::vector<Member> with_overrides(std::vector<Member> members) {
    members.push_back({"TargetTableName", &kNewName, Need::kRequired});
    members.push_back({"BillingModeOverride", &shape_of("BillingMode")});
    members.push_back({"GlobalSecondaryIndexOverride", &shape_of("GlobalSecondaryIndexes")});
    members.push_back({"LocalSecondaryIndexOverride", &shape_of("LocalSecondaryIndexes")});
    members.push_back({"ProvisionedThroughputOverride", &shape_of("ProvisionedThroughput")});
    members.push_back({"OnDemandThroughputOverride", &shape_of("OnDemandThroughput")});
    members.push_back({"SSESpecificationOverride", &shape_of("SSESpecification")});
    return members;
}

}  // namespace

std::span<const Operation> restore_operations() {
    static const auto kBackupMembers =
        with_overrides({{"BackupArn", &kBackupArn, Need::kRequired}});
    static const auto kPointMembers = with_overrides({{"SourceTableArn", &kTableArn},
                                                      {"SourceTableName", &kNewName},
                                                      {"UseLatestRestorableTime", &kFlag},
                                                      {"RestoreDateTime", &kNumber}});
    static const Shape kBackup = structure("RestoreTableFromBackupInput", kBackupMembers);
    static const Shape kPoint = structure("RestoreTableToPointInTimeInput", kPointMembers);
    static const std::array kOperations{
        Operation{.name = "RestoreTableFromBackup",
                  .parameters = &kBackup,
                  .pace = Pace::kWaits,
                  .run = &answering<restore_from_backup>},
        Operation{.name = "RestoreTableToPointInTime",
                  .parameters = &kPoint,
                  .pace = Pace::kWaits,
                  .run = &answering<restore_to_point>},
    };
    return kOperations;
}

}  // namespace meridian::dynamo
