// From which to which change of a region's own log a table's stream goes.
//
// A stream has one label in all regions, but positions are each region's own: every region writes
// down its own, in the system table kStreamsTable, when it hears that the stream was switched on or
// off.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

// Changes of (after, through] belong to the stream; without `through` it is being written.
struct StreamSpan {
    store::LogId log{};  // of another log the positions mean nothing
    store::SequenceNumber after = 0;
    std::optional<store::SequenceNumber> through = std::nullopt;
    friend bool operator==(const StreamSpan&, const StreamSpan&) = default;
};

// tableId, and "LABEL#REGION".
[[nodiscard]] store::TableSchema streams_table();

// This region's. Nothing: it has not been written down yet, or only for a log that is lost.
[[nodiscard]] Result<std::optional<StreamSpan>> read_stream_span(const store::ReplicaStore& store,
                                                                 std::string_view table_id,
                                                                 std::string_view label);

// Durably, for the log that the store has now; REQUIRES: span.log is that one. Waits for a write.
[[nodiscard]] Result<void> write_stream_span(store::ReplicaStore& store, std::string_view table_id,
                                             std::string_view label, const StreamSpan& span);

}  // namespace meridian::dynamo
