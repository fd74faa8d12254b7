// Which streams a region has, and which part of its log each of them is.
//
// A stream that was switched off, or whose table was deleted, can be read as long as the log has
// something of it; the service keeps it for 24 hours.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/stream_name.h"
#include "dynamo/stream_starts.h"
#include "dynamo/table_catalog.h"

namespace meridian::dynamo {

// A stream of one of this region's tables. A value that keeps the table's description.
struct Stream {
    TablePtr table;
    StreamDescription description;
    // Nothing: this region has yet to write down where it starts.
    std::optional<StreamSpan> span;

    [[nodiscard]] bool enabled() const { return description.enabled && !table->deleted; }
    // Of its one shard; nothing: it is open.
    [[nodiscard]] std::optional<store::SequenceNumber> last(const store::TableStore& store) const;
};

// ValidationException "Invalid StreamArn", ResourceNotFoundException; others are the store's.
[[nodiscard]] Outcome<Stream> find_stream(const World& world, std::string_view arn);

struct StreamList {
    std::vector<StreamName> streams;
    bool more = false;
};
// Those of one table, or with an empty name all, the newest first: which is the order of labels, so
// that a page goes on behind any stream, whatever has become of it.
[[nodiscard]] Outcome<StreamList> list_streams(const World& world, std::string_view table,
                                               const std::optional<StreamName>& after,
                                               std::size_t limit);

}  // namespace meridian::dynamo
