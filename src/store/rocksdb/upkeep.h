// What the writer does between groups: fills new indexes, and deletes what dropped tables and
// removed indexes have left.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/result.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/group_batch.h"
#include "store/row_key.h"
#include "store/table_directory.h"

namespace meridian::store {

// What is left to be done is what the catalog's definitions say, so that it goes on after a
// restart: an index from its start, which costs time and nothing else. Ownership: database and
// catalog must outlive it. Threads: the writer's.
class Upkeep {
  public:
    // Goes on with what a former process has left.
    Upkeep(Database& database, Catalog& catalog);

    // A table has this definition from now on.
    void note(const Table& table);
    [[nodiscard]] bool idle() const { return chores_.empty(); }
    // Does a small piece, with commits of its own. After an error: the same again, later.
    [[nodiscard]] Result<void> step();

    [[nodiscard]] const FillPositions& fills() const { return fills_; }

  private:
    struct Chore {
        std::uint32_t table = 0;
        std::uint32_t index = 0;  // 0: the table itself
        friend bool operator==(const Chore&, const Chore&) = default;
    };
    enum class Progress : std::uint8_t { kGoesOn, kDone };

    void add(Chore chore);
    [[nodiscard]] Result<Progress> step(const Chore& chore);
    [[nodiscard]] Result<Progress> clear(const Table& table);
    [[nodiscard]] Result<Progress> remove(const Table& table, const Index& index);
    [[nodiscard]] Result<Progress> fill(const Table& table, const Index& index);
    // Of a dropped table, some; kDone: there are no more.
    [[nodiscard]] Result<Progress> forget_conflicts(const Table& table);
    // Commits the table's next definition with the rest of the batch.
    [[nodiscard]] Result<Progress> define(Table table, rocksdb::WriteBatch batch,
                                          const ExtentChanges& extents = {});
    [[nodiscard]] Result<void> commit(rocksdb::WriteBatch& batch);

    Database& database_;
    Catalog& catalog_;
    std::deque<Chore> chores_;
    FillPositions fills_;
    std::string conflicts_from_;  // the first one that the chore at hand has not looked at
};

}  // namespace meridian::store
