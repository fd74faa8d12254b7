// Reading everything once when a store is opened, so that damage is known before somebody needs
// what is damaged.
#pragma once

#include "base/result.h"
#include "store/rocksdb/database.h"
#include "store/table_directory.h"

namespace meridian::store {

// Logs which items are damaged, and counts all of them. kCorruption: RocksDB itself can't read
// something; a salvage can. Of a database over 256 MB only items are read: the change log would
// take too long.
[[nodiscard]] Result<void> read_through(const Database& database, const TableDirectory& tables);

}  // namespace meridian::store
