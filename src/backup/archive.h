// The archive of a region's change log, from which any moment of the last weeks can be put
// together.
//
// Each change is archived with the time of its write, or with that of the change before it where
// the clock was set back: so times never step back, and "as of a moment" means every change up to
// it, in the order of the log, and none after. While a clock that was set back catches up, changes
// count as made at the moment when it was set back.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backup/archive_index.h"
#include "backup/segment.h"
#include "backup/tally.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::backup {

struct ArchiveOptions {
    std::filesystem::path folder;
    std::chrono::milliseconds base_every = std::chrono::hours{24};
    std::chrono::milliseconds kept = std::chrono::days{35};  // DynamoDB's longest window
    std::uint64_t segment_bytes = std::uint64_t{16} * 1024 * 1024;
};

struct ArchiveStatus {
    std::vector<Window> windows;
    std::optional<Error> error;  // why it doesn't go on at this moment
    std::uint64_t bytes = 0;     // on the disk
};

// Role: copies the change log into segments before the store trims it, makes a base backup now and
// then, and removes what is older than anybody may ask for. Where the log was trimmed too soon, or
// the store has another log than before, a new base begins a new window.
//
// Ownership: store and clock must outlive it; one archive a folder. Threads: any.
class Archive {
  public:
    // Goes on where a former process has stopped, however that was. kDiskFull, kIo.
    [[nodiscard]] static Result<std::unique_ptr<Archive>> open(ArchiveOptions options,
                                                               store::ReplicaStore& store,
                                                               const Clock& clock);
    // Archives what has happened up to now, and leaves everything for the next one.
    ~Archive();
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    // Archives all that has happened so far. To be called every few seconds. An error is told in
    // status() too; the next call tries again.
    [[nodiscard]] Result<void> step();

    // What step() has brought about, as of its last call that went well.
    [[nodiscard]] Result<ArchiveStatus> status() const;
    // A moment, up to this one: archives what has happened since before it answers.
    [[nodiscard]] Result<Point> find(Instant moment);

    // Makes a step that is under way end early, and all later ones.
    void stop() { tally_.stop = true; }

  private:
    Archive(ArchiveOptions options, store::ReplicaStore& store, const Clock& clock)
        : options_(std::move(options)), store_(store), clock_(clock) {}

    [[nodiscard]] Result<void> recover();
    [[nodiscard]] Result<void> recover_growing();
    [[nodiscard]] Result<void> step_locked();
    // False: the log doesn't reach back to where the archive stands.
    [[nodiscard]] Result<bool> copy_log();
    [[nodiscard]] Result<void> append(store::OwnChanges log);
    [[nodiscard]] Result<void> append_seen();
    [[nodiscard]] Result<void> append_part(const ArchivedPart& part);
    [[nodiscard]] Result<void> make_base();
    [[nodiscard]] Result<void> finish_segment();
    [[nodiscard]] Result<void> forget_old();
    // What status() knows without waiting for a step.
    struct Told {
        bool following = false;
        Instant seen = Instant::min();
        std::optional<Error> error;
    };
    void tell(const Result<void>& stepped);
    [[nodiscard]] Result<std::vector<Window>> windows(const Told& told) const;

    const ArchiveOptions options_;
    store::ReplicaStore& store_;
    const Clock& clock_;
    Tally tally_;

    std::mutex mutex_;        // guards all below; held as long as a step takes
    bool following_ = false;  // everything up to position_ is in the archive
    store::SequenceNumber position_ = 0;
    Instant time_ = Instant::min();  // of the newest thing that is in the archive
    Instant seen_ = Instant::min();  // everything up to here is in it
    Instant last_base_ = Instant::min();
    std::optional<SegmentWriter> segment_;
    Instant segment_began_;

    mutable std::mutex told_mutex_;
    Told told_;  // guarded by told_mutex_
};

}  // namespace meridian::backup
