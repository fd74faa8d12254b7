// The backups of a region: made on demand and on a schedule, kept, verified, restored; and its
// archive.
//
//   FOLDER/ID.backup       a backup
//   FOLDER/continuous/     the archive (archive_index.h)
//   FOLDER/jobs/           what is being done, and what was done
//   FOLDER/scratch/        what a restore is about to be compared with; removed afterwards
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backup/archive.h"
#include "backup/backup_file.h"
#include "backup/jobs.h"
#include "backup/live.h"
#include "backup/restore.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::backup {

struct BackupOptions {
    std::filesystem::path folder;
    std::optional<std::chrono::milliseconds> every = {};  // a backup on a schedule; nothing: none
    std::size_t keep = 7;                                 // of those, at least one
    bool continuous = true;
    std::chrono::milliseconds base_every = std::chrono::hours{24};
    std::chrono::milliseconds window = std::chrono::days{35};
};

// Where a restore puts together what was: a store of its own in an empty folder.
using ScratchMaker = std::function<Result<std::unique_ptr<store::ReplicaStore>>(
    const std::filesystem::path& folder)>;

// What a verification has found.
struct Verified {
    Instant at;
    std::string damage;  // empty: none
};

struct BackupEntry {
    std::string id;
    std::optional<BackupInfo> info;  // nothing: `error` says why
    std::string error;
    std::optional<Verified> verified;  // the newest time
};

struct RestoreRequest {
    std::string id = {};             // a backup, or
    std::optional<Instant> to = {};  // a moment of the archive
    LiveRestore what = {};
};

// One table as it was.
struct TableSource {
    std::string id = {};             // in a backup, or
    std::optional<Instant> to = {};  // at a moment of the archive
    std::string table;
};

// Role: composition of the above. Ownership: all that it is made with must outlive it. Threads:
// any.
class Backups {
  public:
    // Takes away what a former process left half done. kDiskFull, kIo; kInvalidInput, an option.
    [[nodiscard]] static Result<std::unique_ptr<Backups>> open(BackupOptions options,
                                                               store::ReplicaStore& store,
                                                               const Clock& clock, Random& random,
                                                               ScratchMaker scratch);
    ~Backups();
    Backups(const Backups&) = delete;
    Backups& operator=(const Backups&) = delete;

    // A thread that calls tick() again and again.
    void start(std::chrono::milliseconds every);
    // What is due now: archives, makes the scheduled backup, removes those that are too many.
    void tick();

    // ---- Jobs: their `id` is to ask for them with.
    // A new backup; the job's id is the backup's.
    [[nodiscard]] Result<Job> create(BackupKind kind = BackupKind::kOnDemand);
    // kInvalidInput: there is no such backup. "continuous" is the archive.
    [[nodiscard]] Result<Job> verify(const std::string& id);
    // kInvalidInput: no such backup, or a moment that the archive doesn't have.
    [[nodiscard]] Result<Job> restore(RestoreRequest request, std::unique_ptr<LiveTables> tables);
    // Work that reads what was, in its turn with restore()'s: read_table() is for it. `job.subject`
    // says what it is about. kOverloaded, and Jobs' own.
    [[nodiscard]] Result<Job> restore_by(std::string subject, JobWork work);
    // No restore is under way afterwards, and none begins: for what their work uses to go first.
    void stop_restores() { restoring_->stop(); }
    [[nodiscard]] const Jobs& making() const { return *making_; }  // and verifying
    [[nodiscard]] const Jobs& restoring() const { return *restoring_; }

    // ---- What there is
    [[nodiscard]] Result<std::vector<BackupEntry>> list() const;  // oldest first
    // kInvalidInput: no such backup.
    [[nodiscard]] Result<BackupEntry> find(const std::string& id) const;
    [[nodiscard]] Result<std::filesystem::path> file_of(const std::string& id) const;
    [[nodiscard]] Result<void> remove(const std::string& id);
    // Waits as long as it takes. kInvalidInput: no such backup, or a moment that the archive
    // doesn't have; others are read_table's.
    [[nodiscard]] Result<Restored> read_table(const TableSource& source, const TableSink& sink,
                                              Tally& tally) const;
    // Nothing: it is off.
    [[nodiscard]] Result<std::optional<ArchiveStatus>> archive() const;

    [[nodiscard]] store::ReplicaStore& store() const { return store_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

  private:
    Backups(BackupOptions options, store::ReplicaStore& store, const Clock& clock, Random& random,
            ScratchMaker scratch);

    [[nodiscard]] std::string new_id();
    [[nodiscard]] Result<item::Map> make(const std::string& id, BackupKind kind, Tally& tally);
    [[nodiscard]] Result<item::Map> check(const std::string& id, Tally& tally) const;
    [[nodiscard]] Result<item::Map> check_archive(Tally& tally) const;
    [[nodiscard]] Result<item::Map> bring_back(const RestoreRequest& request, LiveTables& tables,
                                               Tally& tally);
    [[nodiscard]] Result<Point> point_at(Instant moment) const;
    [[nodiscard]] Result<void> fill(const RestoreRequest& request, store::ReplicaStore& scratch,
                                    Tally& tally);
    void make_scheduled();
    void keep_some();

    const BackupOptions options_;
    store::ReplicaStore& store_;
    const Clock& clock_;
    const ScratchMaker scratch_;

    std::mutex random_mutex_;
    Random& random_;  // guarded by random_mutex_

    std::unique_ptr<Archive> archive_;  // null: it is off
    std::unique_ptr<Jobs> making_;
    std::unique_ptr<Jobs> restoring_;
    std::string scheduled_;  // the newest one on the schedule; tick()'s own
    std::jthread ticking_;
};

}  // namespace meridian::backup
