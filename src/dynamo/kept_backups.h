// What operations on backups share: whether a backup is there, and what the service says when not.
#pragma once

#include <string>
#include <string_view>

#include "backup/backups.h"
#include "dynamo/backup_records.h"
#include "dynamo/failure.h"
#include "dynamo/operation.h"

namespace meridian::dynamo {

enum class BackupStatus : std::uint8_t { kCreating, kAvailable, kGone };
// Of the engine's backup. kGone: it was deleted there, or could not be made.
[[nodiscard]] BackupStatus status_of(const backup::Backups& backups, const std::string& engine);
[[nodiscard]] std::string_view to_string(BackupStatus status);

// ---- Refusals

// ContinuousBackupsUnavailableException: this region keeps no backups.
[[nodiscard]] std::unexpected<Failure> no_backups();
[[nodiscard]] std::unexpected<Failure> backup_not_found(std::string_view arn);
[[nodiscard]] std::unexpected<Failure> source_not_found(std::string_view name);

// A table of this region by name or ARN. TableNotFoundException.
[[nodiscard]] Outcome<TablePtr> find_for_backup(const World& world, std::string_view name_or_arn);

struct KeptBackup {
    BackupRecord record;
    BackupStatus status = BackupStatus::kCreating;  // never kGone
};
// BackupNotFoundException, also when the engine hasn't it any more.
[[nodiscard]] Outcome<KeptBackup> find_backup(World& world, std::string_view arn);

// ---- Moments

struct RecoveryRange {
    Instant earliest;
    Instant latest;
};
// Which moments of the table can be had; nothing: none yet, or there is no archive.
[[nodiscard]] Outcome<std::optional<RecoveryRange>> recovery_range(const World& world,
                                                                   const TableDescription& table);

}  // namespace meridian::dynamo
