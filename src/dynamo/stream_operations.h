// ListStreams, DescribeStream, GetShardIterator, GetRecords.
//
// A stream has one shard: all of a table's changes in the order of this region's log, whichever
// region's clients made them. Differences from the service's own are in docs/compatibility.md.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> stream_operations();

}  // namespace meridian::dynamo
