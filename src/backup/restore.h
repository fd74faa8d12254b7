// Backups and moments of an archive, back in a store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "backup/archive_index.h"
#include "backup/backup_file.h"
#include "backup/tally.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::backup {

struct Restored {
    std::uint64_t items = 0;    // of the backup
    std::uint64_t deletes = 0;  // of the backup
    std::uint64_t changes = 0;  // made after it
};

// Fills an empty store with the backup, versions included: its table hashes are found to be those
// of the backup. Errors: BackupReader's; kInvalidInput, the store is not empty; the store's own.
// Then the store holds a part of it.
[[nodiscard]] Result<Restored> restore_backup(const std::filesystem::path& file,
                                              store::ReplicaStore& into, Tally& tally);

// The same with a moment of an archive. kCorruption also names the last moment that can be had
// instead.
[[nodiscard]] Result<Restored> restore_point(const Point& point, store::ReplicaStore& into,
                                             Tally& tally);

// ---- One table of them, with nothing else put together

// Items of the table, each as it is to be made after those that came before: of the backup first,
// and then what became of them. An error of its own ends the reading.
using TableSink = std::function<Result<void>(std::vector<store::VersionedItem> items)>;

// kTableNotFound, the backup has no such table; BackupReader's; kUnavailable, stopped.
[[nodiscard]] Result<Restored> read_table(const std::filesystem::path& file, std::string_view table,
                                          const TableSink& sink, Tally& tally);
// Not an error: the table has come after the base. Errors: kTableNotFound, there was no such table
// at that moment; restore_point's.
[[nodiscard]] Result<Restored> read_table(const Point& point, std::string_view table,
                                          const TableSink& sink, Tally& tally);

}  // namespace meridian::backup
