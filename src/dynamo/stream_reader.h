// The records of a stream from a place on, read off the change log.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "dynamo/failure.h"
#include "dynamo/stream_record.h"
#include "store/table_store.h"

namespace meridian::dynamo {

// What one call may give, and how much of the log it may walk through to find it. The service's
// own, but for the walk.
struct StreamBounds {
    std::size_t records = 1000;
    std::size_t bytes = std::size_t{1024} * 1024;  // one record comes however large it is
    store::SequenceNumber walk = 100'000;
};

struct StreamPlace {
    std::string table;                               // the store's
    store::SequenceNumber after = 0;                 // records of later changes
    std::optional<store::SequenceNumber> last = {};  // of a closed shard: none later than this
};

struct StreamPage {
    std::string records;  // JSON objects with commas between them
    std::size_t count = 0;
    store::SequenceNumber after = 0;  // where to go on
    bool closed = false;              // there will be no more
};

// Goes on until there is something, or the end of the log, or a bound. TrimmedDataAccessException;
// others are the store's.
[[nodiscard]] Outcome<StreamPage> read_stream(const store::TableStore& store, StreamPlace place,
                                              const RecordStyle& style, const StreamBounds& bounds);

}  // namespace meridian::dynamo
