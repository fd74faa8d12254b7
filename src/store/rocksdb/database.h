// The opened RocksDB database of one folder: reading, committing, and mending it after a failed
// write.
//
// After a failed write RocksDB's log may end in a torn record, and RocksDB 7.8 cannot always go on
// behind one (github.com/facebook/rocksdb/issues/11643, 12998). So a failed write is mended by
// closing the database and opening it again, which drops a torn record and says what became of a
// complete one; before that a probe makes sure that the folder takes writes, and when it takes
// none, the database stays as it is and serves reads.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "base/result.h"
#include "store/rocksdb/durable_mark.h"
#include "store/rocksdb/pins.h"
#include "store/table_store.h"

namespace meridian::store {

// RocksDB's objects. A handle lives as long as the database does.
struct OpenDatabase {
    std::unique_ptr<rocksdb::DB> db;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> catalog;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> items;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> log;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> tombstones;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> conflicts;
    std::unique_ptr<rocksdb::ColumnFamilyHandle> indexes;
    std::unique_ptr<Pins> pins;

    // Handles and pins must go before the database.
    ~OpenDatabase();
    OpenDatabase() = default;
    OpenDatabase(OpenDatabase&&) = default;
    OpenDatabase& operator=(OpenDatabase&&) = delete;
};

// Threads: every member may be called from any thread.
class Database {
  public:
    // `env` must outlive the database. Errors: open_rocksdb_store's.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                                                rocksdb::Env* env);

    // While it lives the database stays open. Short-lived: a mending waits for it.
    class Access {
      public:
        const OpenDatabase* operator->() const { return open_; }
        const OpenDatabase& operator*() const { return *open_; }

      private:
        friend class Database;
        Access(std::shared_lock<std::shared_mutex> lock, const OpenDatabase* open)
            : lock_(std::move(lock)), open_(open) {}
        std::shared_lock<std::shared_mutex> lock_;
        const OpenDatabase* open_;
    };
    // kUnavailable: a mending closed the database and could not open it again.
    [[nodiscard]] Result<Access> access() const;

    // Fine when a commit may be tried: after a failed one this mends the database first. Then
    // last_sequence() may have moved: a commit whose outcome was unknown was made after all.
    [[nodiscard]] Result<void> make_ready();

    // Makes the batch durable, then readable, in one step. `newest` is the last of the sequence
    // numbers in it; 0 when it has none. kDiskFull: nothing was written. kIo: it is not known
    // whether it will have been made; make_ready() finds out.
    [[nodiscard]] Result<void> commit(rocksdb::WriteBatch& batch, SequenceNumber newest);

    // The newest change that is durable and readable.
    [[nodiscard]] SequenceNumber last_sequence() const { return last_sequence_.load(); }
    // The newest change that was taken off the log, as stored when the database was opened.
    [[nodiscard]] SequenceNumber trimmed_at_opening() const { return trimmed_; }

    // For Pins: a number that no pin has had.
    [[nodiscard]] std::uint64_t new_ticket() const { return ++tickets_; }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  private:
    Database(std::filesystem::path folder, rocksdb::Env* env, DurableMark mark)
        : folder_(std::move(folder)), env_(env), mark_(std::move(mark)) {}

    [[nodiscard]] Result<void> settle();
    [[nodiscard]] Result<void> write_synced(rocksdb::WriteBatch& batch);
    [[nodiscard]] Result<void> mend();
    [[nodiscard]] Result<void> reopen();

    const std::filesystem::path folder_;
    rocksdb::Env* const env_;

    std::mutex commit_mutex_;  // guards mark_ and broken_
    DurableMark mark_;
    bool broken_ = false;  // a write failed since the database was opened

    // A reader passes through the turnstile, which a mending holds, so that readers cannot keep it
    // from its turn.
    mutable std::mutex turnstile_;
    mutable std::shared_mutex open_mutex_;
    std::optional<OpenDatabase> open_;  // guarded by open_mutex_

    mutable std::atomic<std::uint64_t> tickets_ = 0;
    std::atomic<SequenceNumber> last_sequence_ = 0;
    SequenceNumber trimmed_ = 0;
};

}  // namespace meridian::store
