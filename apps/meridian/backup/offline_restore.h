// A backup, or a moment of an archive, as the tables of a region that isn't running.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "backup/restore.h"
#include "base/instant.h"
#include "base/result.h"

namespace meridian::app {

struct OfflineRestore {
    std::string source;             // a file, or a backup's id in `data`; empty: the archive
    bool latest = false;            // of the archive
    std::optional<Instant> to;      // of the archive
    std::filesystem::path data;     // where the backups are: DATA/backups/*/
    std::filesystem::path into;     // a data folder; its part of the region must be empty
    std::string region;             // whose tables they become
    std::filesystem::path backups;  // where they are, if elsewhere
};

// Afterwards `meridian serve --data INTO --region REGION` serves them. Until all is there and has
// been compared, the tables stand in INTO/REGION.unfinished, which the next restore removes.
[[nodiscard]] Result<backup::Restored> restore_offline(const OfflineRestore& what,
                                                       backup::Tally& tally);

}  // namespace meridian::app
