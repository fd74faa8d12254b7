// One batch of the database that makes a staged group, and what it adds to the extents.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/index_edit.h"
#include "store/region_directory.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/layout.h"
#include "store/table_directory.h"
#include "store/write_stage.h"

namespace meridian::store {

// How far indexes have been filled. Threads: the writer's.
class FillPositions {
  public:
    // Whether an entry of that row counts as it is written; else it does when it is its turn.
    [[nodiscard]] bool counts(const Index& index, std::string_view row) const;
    // The first row that is still to be entered; empty: the first of all.
    [[nodiscard]] std::string position(const Index& index) const;
    void move(const Index& index, std::string position);
    void forget(const Index& index) { positions_.erase(index.id); }

  private:
    std::map<std::uint32_t, std::string> positions_;
};

// What is to be added to counters once it is in the tables.
class ExtentChanges {
  public:
    void add(ExtentCounter& counter, std::int64_t items, std::int64_t bytes);
    // Of a change of which only its images are known.
    void add(const Table& table, const Change& change, const FillPositions& fills);
    void count() const;

  private:
    struct Addition {
        ExtentCounter* counter;
        std::int64_t items;
        std::int64_t bytes;
    };
    std::vector<Addition> additions_;
};

// Ownership: all that it is made with must outlive it. Threads: the writer's.
class GroupBatch {
  public:
    GroupBatch(const OpenDatabase& open, const RegionDirectory& regions, const FillPositions& fills)
        : open_(open), regions_(regions), fills_(fills) {}

    void put(const StagedGroup& group);
    // A definition of a table.
    void put(const Table& table);

    [[nodiscard]] rocksdb::WriteBatch& batch() { return batch_; }
    // The last change's number; 0: there is none.
    [[nodiscard]] SequenceNumber newest() const { return newest_; }
    [[nodiscard]] const ExtentChanges& extents() const { return extents_; }

  private:
    void put(const StagedChange& staged);
    void enter(const StagedChange& staged, const SealedChange& sealed);

    const OpenDatabase& open_;
    const RegionDirectory& regions_;
    const FillPositions& fills_;
    rocksdb::WriteBatch batch_;
    SequenceNumber newest_ = 0;
    ExtentChanges extents_;
};

}  // namespace meridian::store
