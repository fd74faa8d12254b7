#include "dynamo/kept_backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meridian::dynamo {

BackupStatus status_of(const backup::Backups& backups, const std::string& engine) {
    if (backups.file_of(engine)) {
        return BackupStatus::kAvailable;
    }
    const auto job = backups.making().find(engine);
    const bool is_coming = job && (job->state == backup::JobState::kQueued ||
                                   job->state == backup::JobState::kRunning);
    if (is_coming) {
        return BackupStatus::kCreating;
    }
    // It may have come between the two looks.
    return backups.file_of(engine) ? BackupStatus::kAvailable : BackupStatus::kGone;
}

std::string_view to_string(BackupStatus status) {
    switch (status) {
        case BackupStatus::kCreating:
            return "CREATING";
        case BackupStatus::kAvailable:
            return "AVAILABLE";
        case BackupStatus::kGone:
            break;
    }
    return "DELETED";
}

std::unexpected<Failure> no_backups() {
    return refuse("ContinuousBackupsUnavailableException",
                  "Backups are not kept in this region: its folder for them cannot be used");
}

std::unexpected<Failure> backup_not_found(std::string_view arn) {
    return refuse("BackupNotFoundException", fmt::format("Backup not found: {}", arn));
}

std::unexpected<Failure> source_not_found(std::string_view name) {
    return refuse("TableNotFoundException", fmt::format("Table not found: {}", name));
}

Outcome<TablePtr> find_for_backup(const World& world, std::string_view name_or_arn) {
    auto table = world.tables.find(name_or_arn);
    if (table == nullptr) {
        return source_not_found(name_or_arn);
    }
    return table;
}

Outcome<KeptBackup> find_backup(World& world, std::string_view arn) {
    if (world.backups == nullptr) {
        return backup_not_found(arn);
    }
    const auto records = BackupRecords::open(world.store);
    if (!records) {
        return passed_on(records.error());
    }
    auto record = records->find(backup_in_arn(arn, world.region));
    if (!record) {
        return passed_on(std::move(record).error());
    }
    if (!*record || backup_arn(world.region, **record) != arn) {
        return backup_not_found(arn);
    }
    const auto status = status_of(*world.backups, (*record)->engine);
    if (status == BackupStatus::kGone) {
        return backup_not_found(arn);
    }
    return KeptBackup{**std::move(record), status};
}

Outcome<std::optional<RecoveryRange>> recovery_range(const World& world,
                                                     const TableDescription& table) {
    if (world.backups == nullptr) {
        return std::nullopt;
    }
    const auto archive = world.backups->archive();
    if (!archive) {
        return passed_on(archive.error());
    }
    // What an older window has, stands before a gap.
    if (!*archive || (*archive)->windows.empty()) {
        return std::nullopt;
    }
    const auto& window = (*archive)->windows.back();
    const auto latest = std::min(window.latest, world.clock.now());
    const auto earliest =
        std::max({window.earliest(), table.created, latest - table.recovery_days});
    return earliest <= latest ? std::optional(RecoveryRange{earliest, latest}) : std::nullopt;
}

}  // namespace meridian::dynamo
