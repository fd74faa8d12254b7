// Writes that are decided but not yet made: a group of submissions on its way into the tables.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/instant.h"
#include "base/result.h"
#include "item/value.h"
#include "store/replica_store.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/version.h"

namespace meridian::store {

// What is in the tables before the group is.
class CommittedState {
  public:
    virtual ~CommittedState() = default;
    [[nodiscard]] virtual Result<VersionedImage> row(std::string_view row) const = 0;
    [[nodiscard]] virtual Result<Cursor> cursor(std::string_view region) const = 0;
    // Makes the batch's tables, and the names of its regions, known before it is decided. They stay
    // known when it is refused. Errors: submit_remote's.
    [[nodiscard]] virtual Result<void> admit(const RemoteBatch& batch) = 0;
};

// What becomes of one row.
struct StagedChange {
    std::string row;
    Change change;           // with sequence 0 nobody sees it: it is only about versions
    Version version;         // afterwards; empty: of a row that was never written
    bool over_item = false;  // also over one that is damaged: then there is no image of before
    bool over_tombstone = false;
    const Table* table = nullptr;  // the directory's; null: it has only to do with a tombstone
};

struct StagedConflict {
    std::string row;
    Conflict conflict;

    // In the order of the lost stamps, and the same when the conflict is found again.
    [[nodiscard]] std::string key() const;
};
// The first key that no write up to that time can have.
[[nodiscard]] std::string conflict_keys_end(HybridTime up_to);

struct StagedGroup {
    std::vector<StagedChange> changes;  // in order; the sequence numbers that aren't 0 are too
    std::vector<StagedConflict> conflicts;
    std::map<std::string, Cursor, std::less<>> cursors;  // those that move
    HybridTime collected;            // deletes up to here may be forgotten, afterwards
    bool marked = false;             // the clock must not step back behind what it has given
    std::optional<Table> redefined;  // then there is nothing else

    [[nodiscard]] bool empty() const {
        return changes.empty() && conflicts.empty() && cursors.empty() &&
               collected == HybridTime{} && !marked && !redefined;
    }
};

// Another definition of a table, made of what there is when its turn comes. Nothing: it is so
// already.
using Redefinition = std::function<Result<std::optional<Table>>(const TableDirectory& tables)>;

// What a stage starts from.
struct StageStart {
    const TableDirectory& tables;
    CommittedState& committed;
    HybridClock& clock;
    const std::string& region;  // the stamps' of clients' writes
    Instant at;
    SequenceNumber last = 0;
    HybridTime collected;  // deletes up to here may have been forgotten
};

// Decides submissions one after the other, each on the state that the ones before it leave behind,
// and numbers their changes. Every put, update, and delete of something is a change, also one that
// leaves the item as it was: replication needs to know that it was written last.
//
// Ownership: what it starts from must outlive it. Threads: one.
class WriteStage {
  public:
    explicit WriteStage(const StageStart& start)
        : start_(start), last_(start.last), collected_(start.collected) {}

    // What becomes of the writes, provided that the group gets made.
    [[nodiscard]] std::vector<WriteOutcome> add(std::vector<Write> writes, Atomicity atomicity);
    // All of the batch, or an error and nothing.
    [[nodiscard]] Result<Applied> add_remote(RemoteBatch batch);
    [[nodiscard]] Mark mark();
    // REQUIRES: nothing else comes onto the stage.
    [[nodiscard]] Result<void> redefine(const Redefinition& redefinition);
    // Forgets the deletes of those rows that are not newer than `up_to`, and says how many.
    [[nodiscard]] Result<std::size_t> collect(std::span<const std::string> rows, HybridTime up_to);

    // Roughly the memory that outcomes and changes take.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    // The last change's number.
    [[nodiscard]] SequenceNumber last() const { return last_; }
    [[nodiscard]] StagedGroup& group() { return group_; }

  private:
    struct Decision {
        WriteOutcome outcome;
        std::optional<StagedChange> change;  // nothing when the write changes nothing
        std::string row;                     // empty when there is no such row
    };
    // An item of a remote batch, and what is committed in its row.
    struct Arrived {
        const Table* table = nullptr;
        std::string row;
        VersionedImage stored;
        bool damaged = false;
    };

    [[nodiscard]] Decision decide(Write write) const;
    [[nodiscard]] Result<void> decide(Write write, Decision& decision) const;
    [[nodiscard]] Result<VersionedImage> current(const std::string& row) const;
    [[nodiscard]] std::vector<WriteOutcome> add_all_or_none(std::vector<Write> writes);
    [[nodiscard]] WriteOutcome make(Decision decision);
    void stage(StagedChange change);

    [[nodiscard]] Result<Cursor> cursor(const std::string& region) const;
    [[nodiscard]] Result<std::vector<Arrived>> look_up(const RemoteBatch& batch) const;
    void merge_in(VersionedItem item, Arrived arrived, bool mend, Applied& applied);

    const StageStart start_;
    SequenceNumber last_;
    HybridTime collected_;
    StagedGroup group_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, std::size_t> newest_;  // row → its newest place in changes
};

}  // namespace meridian::store
