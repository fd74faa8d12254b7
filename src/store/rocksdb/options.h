// How RocksDB is set up: for durability first, then for a small process.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <vector>

namespace meridian::store {

[[nodiscard]] rocksdb::DBOptions database_options(rocksdb::Env* env);
// In this order: catalog (RocksDB's default family), items, log, tombstones, conflicts.
[[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> column_families();

}  // namespace meridian::store
