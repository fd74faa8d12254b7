// A place in a stream, as text that clients carry: everything that GetRecords needs to go on from
// there, also after the region was started anew.
//
//   STREAM-ARN|1|base64 of: version (1) · log (8) · after (8) · issued, ms since 1970 (8) ·
//                           checksum of all before it, the ARN included (4)
//
// Numbers are big-endian. The checksum tells a text that was cut or mixed up from one of ours; it
// is no secret, and needs none: who may read a stream may read it from anywhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "dynamo/stream_name.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

// The service's own.
inline constexpr std::chrono::minutes kIteratorAge{15};
inline constexpr std::size_t kIteratorBytesMax = 2048;

struct ShardIterator {
    StreamName stream;
    store::LogId log{};
    store::SequenceNumber after = 0;  // the next record is of a later change
    Instant issued;
    friend bool operator==(const ShardIterator&, const ShardIterator&) = default;
};

[[nodiscard]] std::string to_text(const ShardIterator& iterator);
// Nothing: to_text() did not make it.
[[nodiscard]] std::optional<ShardIterator> parse_shard_iterator(std::string_view text);

}  // namespace meridian::dynamo
