// Makes a region's store have what a table's description says.
#pragma once

#include "base/result.h"
#include "dynamo/table_description.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

// Makes the table, its indexes, and no others; drops one that was deleted. Waits for writes. Not an
// error: all is as it should be.
[[nodiscard]] Result<void> follow(store::ReplicaStore& store, const TableDescription& table);

// Writes down where streams start and end that have no such place yet. The description came with
// the change `sequence` of the store's log.
[[nodiscard]] Result<void> follow_streams(store::ReplicaStore& store, const TableDescription& table,
                                          store::SequenceNumber sequence);
// The same when nobody has seen by which change it came: the log is asked.
[[nodiscard]] Result<void> follow_streams(store::ReplicaStore& store,
                                          const TableDescription& table);

}  // namespace meridian::dynamo
