// The one thread that makes a store's writes: group commit.
//
// While one group is on its way to the disk, the next submissions gather in the queue; together
// they become the next group: one batch, one fsync. Between groups it fills indexes, and deletes
// what dropped tables have left.
#pragma once

#include <rocksdb/write_batch.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/hybrid_clock.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/log_reader.h"
#include "store/rocksdb/reader.h"
#include "store/rocksdb/tombstone_filter.h"
#include "store/rocksdb/upkeep.h"
#include "store/table_store.h"
#include "store/write_job.h"
#include "store/write_stage.h"

namespace meridian::store {

struct WriterLimits {
    std::size_t queue_writes_max = 0;
    std::uint64_t log_changes_kept = 0;
};

// What the writer reads, to decide.
struct WriterSources {
    Catalog& catalog;
    const Reader& reader;
    const LogReader& log;
    TombstoneFilter tombstones;
};

// Ownership: all that it is made with must outlive it. Threads: every member may be called from any
// thread; jobs are done, and observers called, on the writer's own, except that queue() itself
// finishes what the queue has no room for.
class Writer : private CommittedState {
  public:
    Writer(Database& database, WriterSources sources, const Clock& clock, WriterLimits limits);
    // Does what is queued, then stops.
    ~Writer() override;
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void queue(std::unique_ptr<WriteJob> job);
    void observe(CommitObserver observer);

  private:
    using Jobs = std::deque<std::unique_ptr<WriteJob>>;
    using Observers = std::vector<CommitObserver>;

    [[nodiscard]] Result<VersionedImage> row(std::string_view row) const override;
    [[nodiscard]] Result<Cursor> cursor(std::string_view region) const override;
    [[nodiscard]] Result<void> admit(const RemoteBatch& batch) override;

    void run();
    [[nodiscard]] bool wait_for_work();
    void do_upkeep();
    void make_group();
    [[nodiscard]] Jobs decide_group(WriteStage& stage);
    [[nodiscard]] Result<void> commit(const StagedGroup& group);
    void take_over(Table redefined);
    void trim(SequenceNumber newest, rocksdb::WriteBatch& batch, const OpenDatabase& open);
    [[nodiscard]] Result<void> catch_up();
    void count(std::span<const Change> changes) const;
    void publish(std::span<const Change> changes);
    void finish(Jobs jobs, const Result<void>& made);

    Database& database_;
    WriterSources sources_;
    const Clock& clock_;
    const WriterLimits limits_;

    std::mutex queue_mutex_;
    std::condition_variable wake_;
    Jobs queue_;
    bool stopping_ = false;
    std::atomic<std::size_t> queued_writes_ = 0;  // in queue_ and taken_

    std::mutex observers_mutex_;
    std::shared_ptr<const Observers> observers_ = std::make_shared<Observers>();

    // The writer thread's own.
    Jobs taken_;
    HybridClock hybrid_clock_;
    HybridTime collected_;
    SequenceNumber published_;  // the newest change that observers were called with
    SequenceNumber trimmed_;
    Upkeep upkeep_;
    bool upkeep_failed_ = false;
    // Tables of which a definition may have been stored that nobody was told of: the one that holds
    // is stored again.
    std::set<std::uint32_t> unsettled_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace meridian::store
