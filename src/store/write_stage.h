// Writes that are decided but not yet made: a group of submissions on its way into the tables.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/value.h"
#include "store/table_directory.h"
#include "store/table_store.h"

namespace meridian::store {

// Reads the committed item of a row.
using CommittedItem = std::function<Result<Image>(std::string_view row)>;

// One change, and the row that it is of.
struct StagedChange {
    std::string row;
    Change change;
};

// Decides submissions one after the other, each on the state that the ones before it leave behind,
// and numbers their changes. Every put, update, and delete of something is a change, also one that
// leaves the item as it was: replication needs to know that it was written last.
//
// Ownership: the directory and what `committed` reads must outlive it. Threads: one.
class WriteStage {
  public:
    WriteStage(const TableDirectory& tables, CommittedItem committed, SequenceNumber last,
               Instant at);

    // What becomes of the writes, provided that the changes get made.
    [[nodiscard]] std::vector<WriteOutcome> add(std::vector<Write> writes, Atomicity atomicity);

    // The changes so far, in order; their sequence numbers start at `last` + 1.
    [[nodiscard]] std::span<StagedChange> changes() { return changes_; }

  private:
    struct Decision {
        WriteOutcome outcome;
        std::optional<StagedChange> change;  // nothing when the write changes nothing
        std::string row;                     // empty when there is no such row
    };

    [[nodiscard]] Decision decide(Write write) const;
    [[nodiscard]] Result<void> decide(Write write, Decision& decision) const;
    [[nodiscard]] Result<Image> current(const std::string& row) const;
    [[nodiscard]] std::vector<WriteOutcome> add_all_or_none(std::vector<Write> writes);
    [[nodiscard]] WriteOutcome stage(Decision decision);

    const TableDirectory& tables_;
    const CommittedItem committed_;
    const SequenceNumber last_;
    const Instant at_;
    std::vector<StagedChange> changes_;
    std::unordered_map<std::string, std::size_t> newest_;  // row → its newest place in changes_
};

}  // namespace meridian::store
