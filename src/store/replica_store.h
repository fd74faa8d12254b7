// ReplicaStore: what whoever carries changes between regions needs of a TableStore.
//
// Each region has a store of its own and takes writes at any time. What its clients wrote is read
// off its log (read_own) and applied by all others (apply_remote), in any order between regions;
// all end with the same items (merge.h). A write that lost against another one that hadn't seen it
// is kept as a conflict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/instant.h"
#include "base/result.h"
#include "store/store_view.h"
#include "store/table_store.h"
#include "store/version.h"

namespace meridian::store {

// Which log. A region that lost its tables starts a new one, and positions in the old one mean
// nothing any more.
enum class LogId : std::uint64_t {};
// A random one, never LogId{0}.
[[nodiscard]] LogId new_log_id();

// How far a region's change log was applied.
struct Cursor {
    LogId log{};
    SequenceNumber sequence = 0;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

// ---- What this region's clients wrote

struct OwnChange {
    SequenceNumber sequence = 0;
    Instant at;  // the writer's wall clock
    VersionedItem item;
};

struct OwnChanges {
    std::vector<TableSchema> tables;  // those of the items
    std::vector<OwnChange> changes;
    SequenceNumber through = 0;  // there are no others up to here
};

// Every write that this region's clients make after `sequence` has a stamp above `time`.
struct Mark {
    HybridTime time;
    SequenceNumber sequence = 0;
};

// ---- What other regions wrote

// What a batch holds of a log: every change of (after, through] of its region's clients.
struct LogPart {
    LogId log{};
    SequenceNumber after = 0;
    SequenceNumber through = 0;
};

struct RemoteBatch {
    std::string from;                      // the region that sent it
    std::vector<TableSchema> tables = {};  // of the items; made where they don't exist
    std::vector<VersionedItem> items = {};
    // Either, or neither: then the cursor stays.
    std::optional<LogPart> part = std::nullopt;
    // With what was applied before, this is everything up to there.
    std::optional<Cursor> complete = std::nullopt;
    // Items that were found to differ: what differs under the same stamp is replaced too.
    bool mend = false;
};

struct Applied {
    std::size_t won = 0;    // items that stand now
    std::size_t lost = 0;   // that were older than what stands here
    std::size_t known = 0;  // that had been applied before
    std::size_t conflicts = 0;
    SequenceNumber sequence = 0;  // of the last change that this made here; 0: none
};
using ApplyDone = std::move_only_function<void(Result<Applied>)>;

// ---- Conflicts

// Two writes of an item that hadn't seen each other. Whoever counts those of several regions
// counts each lost stamp of an item once.
struct Conflict {
    std::string table;
    item::Key key;
    VersionedImage kept;
    VersionedImage lost;
    Instant at;  // when it was found here
};

struct ConflictPage {
    std::vector<Conflict> conflicts;  // by the time of the lost write
    std::optional<std::string> next;  // the position after; nothing at the end
};

// Role: port. Threads, ownership and errors: as TableStore's.
class ReplicaStore : public TableStore {
  public:
    [[nodiscard]] virtual const std::string& region() const = 0;
    [[nodiscard]] virtual LogId log_id() const = 0;
    // By name. Other regions may have them still; this one has no part in them.
    [[nodiscard]] virtual std::vector<std::string> dropped_tables() const { return {}; }

    // Up to `count` changes after `after` that this region's clients made, oldest first; fewer when
    // they would pass 1 MB or stand far apart, perhaps none: then `through` says where to go on.
    // kLogTrimmed: changes after `after` are no longer kept, were made before there were versions,
    // or the next one is damaged; a view has what became of them.
    [[nodiscard]] virtual Result<OwnChanges> read_own(SequenceNumber after,
                                                      std::size_t count) const = 0;
    // The same of all changes: those of other regions too, as of when they were applied here.
    [[nodiscard]] virtual Result<OwnChanges> read_all(SequenceNumber after,
                                                      std::size_t count) const = 0;

    // Makes a mark, which a crash or a stepped clock doesn't take back: whoever has applied the log
    // up to it has all that this region's clients ever write with stamps up to its time. Waits, as
    // for a write.
    [[nodiscard]] virtual Result<Mark> mark() = 0;

    // Merges the batch in one step, and moves the cursor of `from` with it: after any crash either
    // both are there or neither. Queued like submit(), each item as a write; `done` is called like
    // WriteDone. Observers see what stands from now on. Not an error: a part that was applied
    // before; then nothing happens; a damaged item: whatever arrives replaces it. All or nothing:
    // kInvalidInput, from this very region, or what no region could have sent; kTableNotFound, an
    // unknown table without its schema; kTableExists, one that has another key here;
    // kVersionConflict, a part that does not start at the cursor: read cursor() and go on from
    // there; kNotSupported, of more than kRegionsMax regions.
    virtual void submit_remote(RemoteBatch batch, ApplyDone done) = 0;
    // Waits for it. Not to be called from observers or a done callback.
    [[nodiscard]] Result<Applied> apply_remote(RemoteBatch batch);

    // Not an error: nothing of that region's log was applied yet.
    [[nodiscard]] virtual Result<Cursor> cursor(std::string_view region) const = 0;

    // Everything as of one moment. Some views at a time may exist, each for some time: one that was
    // left open for an hour, or in the way of mending the disk, says kUnavailable, and it is to be
    // opened anew. Views must go before their store.
    [[nodiscard]] virtual Result<std::unique_ptr<StoreView>> open_view() const = 0;
    // Also of an item that was deleted; an empty version: of one that never was.
    [[nodiscard]] virtual Result<VersionedImage> get_version(const ItemRef& ref) const = 0;

    // From a page's `next` on; "" from the first.
    [[nodiscard]] virtual Result<ConflictPage> conflicts(std::string_view position,
                                                         std::size_t count) const = 0;
    // Forgets the conflicts whose lost write has a time up to `up_to`.
    [[nodiscard]] virtual Result<void> forget_conflicts(HybridTime up_to) = 0;

    // Forgets the deletes with a time up to `up_to`, and says how many.
    // REQUIRES: every region has applied the changes of all regions up to marks of that time or
    // later, and pages of older views are no longer under way; else what was deleted may come back.
    // Those ahead of this region's own clock stay. Waits for writes: not to be called from
    // observers or a done callback.
    [[nodiscard]] virtual Result<std::size_t> collect_tombstones(HybridTime up_to) = 0;
};

}  // namespace meridian::store
