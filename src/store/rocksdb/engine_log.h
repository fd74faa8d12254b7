// RocksDB's own log lines, in our log.
//
// Not in a file of RocksDB's: Debian's build has assertions on, and its file logger fails one,
// which ends the process, when it writes a second line after the disk ran full.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace meridian::store {

// Warnings and errors only, with callers' numbers masked.
[[nodiscard]] std::shared_ptr<rocksdb::Logger> make_engine_log();

}  // namespace meridian::store
