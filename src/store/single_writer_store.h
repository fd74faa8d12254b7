// What our own stores have in common: one writer, which does one job after the other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/replica_store.h"
#include "store/table_directory.h"
#include "store/write_job.h"

namespace meridian::store {

struct TombstonePage {
    std::vector<std::string> rows;  // of deletes up to the time that was asked for
    std::string next;               // the row to go on from; empty at the end
};

class SingleWriterStore : public ReplicaStore {
  public:
    [[nodiscard]] Result<TableSchema> describe_table(std::string_view table) const final;
    [[nodiscard]] std::vector<TableSchema> list_tables() const final;
    [[nodiscard]] std::vector<std::string> dropped_tables() const final;
    // These three wait for the writes before them: not to be called from observers or a done
    // callback.
    [[nodiscard]] Result<void> drop_table(std::string_view table) final;
    [[nodiscard]] Result<void> create_index(std::string_view table, const IndexSchema& index) final;
    [[nodiscard]] Result<void> drop_index(std::string_view table, std::string_view index) final;
    [[nodiscard]] Result<std::vector<IndexStatus>> list_indexes(std::string_view table) const final;
    [[nodiscard]] Result<Extent> extent(std::string_view table) const final;

    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) final;
    void submit_remote(RemoteBatch batch, ApplyDone done) final;
    [[nodiscard]] Result<Mark> mark() final;
    [[nodiscard]] Result<std::size_t> collect_tombstones(HybridTime up_to) final;

  private:
    [[nodiscard]] Result<void> redefine(Redefinition redefinition);

    [[nodiscard]] virtual const TableDirectory& directory() const = 0;

    // Has it done after those that were queued before. When there is no room it is finished with
    // kOverloaded before this returns.
    virtual void queue(std::unique_ptr<WriteJob> job) = 0;

    // Looks at some thousand deletes, from the row on.
    [[nodiscard]] virtual Result<TombstonePage> find_tombstones(std::string_view from,
                                                                HybridTime up_to) const = 0;
};

}  // namespace meridian::store
