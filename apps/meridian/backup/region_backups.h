// Where a region's backups are, and what makes them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backup/backup_settings.h"
#include "backup/backups.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::app {

// DATA/backups/REGION: beside the region's folder, so that they outlive it.
[[nodiscard]] std::filesystem::path backup_folder(const std::filesystem::path& configured,
                                                  const std::filesystem::path& data,
                                                  const std::string& region);

// Opens them, and starts to archive. The store, clock and random must outlive them. Errors:
// Backups::open's.
[[nodiscard]] Result<std::unique_ptr<backup::Backups>> open_region_backups(
    const BackupSettings& wanted, const std::filesystem::path& data, store::ReplicaStore& store,
    const Clock& clock, Random& random);

}  // namespace meridian::app
