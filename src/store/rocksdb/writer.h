// The one thread that makes a store's writes: group commit.
//
// While one group is on its way to the disk, the next submissions gather in the queue; together
// they become the next group: one batch, one fsync.
#pragma once

#include <rocksdb/write_batch.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/reader.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/write_stage.h"

namespace meridian::store {

struct WriterLimits {
    std::size_t queue_writes_max = 0;
    std::uint64_t log_changes_kept = 0;
};

// Ownership: all that it is made with must outlive it. Threads: every member may be called from any
// thread; WriteDone and observers are called on the writer's own, except that submit() itself
// refuses what the queue has no room for.
class Writer {
  public:
    Writer(Database& database, const Reader& reader, const TableDirectory& tables,
           const Clock& clock, WriterLimits limits);
    // Makes what is queued, then stops.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done);
    void observe(CommitObserver observer);

  private:
    struct Submission {
        std::vector<Write> writes;
        Atomicity atomicity;
        WriteDone done;
    };
    struct Decided {
        std::vector<WriteOutcome> outcomes;
        WriteDone done;
    };
    using Observers = std::vector<CommitObserver>;

    void run();
    [[nodiscard]] bool wait_for_submissions();
    void make_group();
    [[nodiscard]] std::vector<Decided> decide_group(WriteStage& stage);
    [[nodiscard]] Result<void> commit(std::span<const StagedChange> changes);
    void trim(SequenceNumber newest, rocksdb::WriteBatch& batch, const OpenDatabase& open);
    [[nodiscard]] Result<void> catch_up();
    void publish(std::span<const Change> changes);
    void complete(std::vector<Decided> group);
    void refuse_waiting(const Error& error);

    Database& database_;
    const Reader& reader_;
    const TableDirectory& tables_;
    const Clock& clock_;
    const WriterLimits limits_;

    std::mutex queue_mutex_;
    std::condition_variable wake_;
    std::deque<Submission> queue_;
    bool stopping_ = false;
    std::atomic<std::size_t> queued_writes_ = 0;  // in queue_ and taken_

    std::mutex observers_mutex_;
    std::shared_ptr<const Observers> observers_ = std::make_shared<Observers>();

    // The writer thread's own.
    std::deque<Submission> taken_;
    SequenceNumber published_;  // the newest change that observers were called with
    SequenceNumber trimmed_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace meridian::store
