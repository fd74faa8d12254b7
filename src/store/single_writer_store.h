// What our own stores have in common: one writer, which does one job after the other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/replica_store.h"
#include "store/write_job.h"

namespace meridian::store {

struct TombstonePage {
    std::vector<std::string> rows;  // of deletes up to the time that was asked for
    std::string next;               // the row to go on from; empty at the end
};

class SingleWriterStore : public ReplicaStore {
  public:
    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) final;
    void submit_remote(RemoteBatch batch, ApplyDone done) final;
    [[nodiscard]] Result<Mark> mark() final;
    [[nodiscard]] Result<std::size_t> collect_tombstones(HybridTime up_to) final;

  private:
    // Has it done after those that were queued before. When there is no room it is finished with
    // kOverloaded before this returns.
    virtual void queue(std::unique_ptr<WriteJob> job) = 0;

    // Looks at some thousand deletes, from the row on.
    [[nodiscard]] virtual Result<TombstonePage> find_tombstones(std::string_view from,
                                                                HybridTime up_to) const = 0;
};

}  // namespace meridian::store
