// One record of a stream, as GetRecords shows it.
//
// Source: Amazon DynamoDB API reference, "Record" and "StreamRecord".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dynamo/table_description.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

// What all records of a stream have in common.
struct RecordStyle {
    std::string_view region;
    store::LogId log{};
    StreamView view = StreamView::kNewAndOldImages;
    // Deletes of items that had expired by it are shown as the service's own.
    std::optional<std::string_view> ttl_attribute = std::nullopt;
};

// A write that left the item as it was has no record, nor has a delete of nothing.
[[nodiscard]] bool has_record(const store::Change& change);

// "INSERT", "MODIFY", "REMOVE". REQUIRES: has_record(change).
[[nodiscard]] std::string_view event_name(const store::Change& change);

// SizeBytes: of the key and of the images that the view shows.
[[nodiscard]] std::size_t record_bytes(const store::Change& change, StreamView view);

// REQUIRES: has_record(change).
void append_record(const store::Change& change, const RecordStyle& style, std::string& out);

}  // namespace meridian::dynamo
