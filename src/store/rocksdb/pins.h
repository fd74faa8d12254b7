// Moments of the database that somebody comes back to: RocksDB keeps what was there then.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace meridian::store {

// What is kept costs room, so that there may be few pins at a time, and each for some time. They go
// with the opened database. Threads: every member may be called from any thread.
class Pins {
  public:
    explicit Pins(rocksdb::DB& db) : db_(db) {}
    ~Pins();
    Pins(const Pins&) = delete;
    Pins& operator=(const Pins&) = delete;

    // Pins what is there now, until remove() or that moment. Null: there are too many.
    [[nodiscard]] const rocksdb::Snapshot* add(std::uint64_t ticket,
                                               std::chrono::nanoseconds until);
    void remove(std::uint64_t ticket);
    void remove_ended(std::chrono::nanoseconds now);

    // Over what was there then; null when it is no longer pinned.
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(
        std::uint64_t ticket, rocksdb::ReadOptions options,
        rocksdb::ColumnFamilyHandle* family) const;

  private:
    static constexpr std::size_t kPinsMax = 16;

    struct Pin {
        const rocksdb::Snapshot* snapshot;
        std::chrono::nanoseconds until;
    };

    rocksdb::DB& db_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Pin> pins_;
    std::atomic<std::size_t> count_ = 0;
};

}  // namespace meridian::store
