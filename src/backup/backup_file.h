// A backup: everything that a store has as of one moment, in one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup/contents.h"
#include "backup/new_file.h"
#include "backup/records.h"
#include "backup/tally.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::backup {

struct BackupInfo {
    Header header;
    Trailer trailer;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;  // of the whole file
};

// What a backup is to be.
struct BackupPlan {
    std::filesystem::path file;
    std::string id;
    BackupKind kind = BackupKind::kOnDemand;
    Instant at;
};

// Writes what the view shows, whatever is written meanwhile. The file is there whole and durable
// afterwards, or not at all. kDiskFull, kIo; kCorruption, the store is damaged; kUnavailable,
// stopped, or the view has grown too old.
[[nodiscard]] Result<BackupInfo> write_backup(const store::ReplicaStore& store,
                                              const store::StoreView& view, const BackupPlan& plan,
                                              Tally& tally);

// Role: a backup from its start to its end. Memory: a page. Threads: one at a time.
class BackupReader {
  public:
    // Errors: open_file's, RecordReader's, and kCorruption when it is no backup.
    [[nodiscard]] static Result<BackupReader> open(std::unique_ptr<Input> input);

    [[nodiscard]] const Header& header() const { return header_; }
    // Nothing at the end, where counts and hashes were found to be the trailer's; then info() holds
    // everything. kCorruption.
    [[nodiscard]] Result<std::optional<std::vector<store::VersionedItem>>> next();
    [[nodiscard]] const std::optional<BackupInfo>& info() const { return info_; }

    [[nodiscard]] RecordPosition position() const {
        return {records_.offset(), records_.checksum()};
    }

  private:
    BackupReader(RecordReader records, Header header);
    [[nodiscard]] Result<void> finish(const Trailer& trailer);

    RecordReader records_;
    Header header_;
    Trailer counted_;
    std::optional<BackupInfo> info_;
};

// Some items of one table, as of the backup.
struct TablePage {
    std::vector<item::Item> items;
    std::optional<RecordPosition> next;  // nothing at the end
};
// From a page's `next` on; from the start without. kTableNotFound; kInvalidInput, no page ends
// there; others are BackupReader's.
[[nodiscard]] Result<TablePage> read_table_page(const std::filesystem::path& file,
                                                std::string_view table,
                                                std::optional<RecordPosition> from);

// Reads all of it. Errors: BackupReader's.
[[nodiscard]] Result<BackupInfo> verify_backup(std::unique_ptr<Input> input, Tally& tally);
// Header and trailer only: of a file that was whole when it got its name.
[[nodiscard]] Result<BackupInfo> read_backup_info(const std::filesystem::path& file);

}  // namespace meridian::backup
