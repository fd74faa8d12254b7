// The database as of one moment, while one call reads it.
#pragma once

#include <rocksdb/db.h>

namespace meridian::store {

class Snapshot {
  public:
    explicit Snapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() { db_.ReleaseSnapshot(snapshot_); }

    [[nodiscard]] rocksdb::ReadOptions options() const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        return options;
    }

  private:
    rocksdb::DB& db_;
    const rocksdb::Snapshot* snapshot_;
};

}  // namespace meridian::store
