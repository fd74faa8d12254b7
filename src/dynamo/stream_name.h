// How clients name a table's stream, its shard and the places in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/replica_store.h"

namespace meridian::dynamo {

struct StreamName {
    std::string region;
    std::string table;
    std::string label;  // StreamDescription::label
    friend bool operator==(const StreamName&, const StreamName&) = default;
};

// "arn:aws:dynamodb:us-east-1:000000000000:table/NAME/stream/LABEL"
[[nodiscard]] std::string stream_arn(const StreamName& name);
// Nothing: it is no stream's ARN. The account may be any.
[[nodiscard]] std::optional<StreamName> parse_stream_arn(std::string_view arn);

// A stream has one shard in each region, and another one once the region has begun a new log.
[[nodiscard]] std::string shard_id(std::string_view label, store::LogId log);

// Sequence numbers as texts of one width, which sort as numbers and as texts. The service's have
// 21 to 40 digits.
[[nodiscard]] std::string sequence_text(store::SequenceNumber sequence);
// Nothing: it is none of sequence_text().
[[nodiscard]] std::optional<store::SequenceNumber> parse_sequence(std::string_view text);

}  // namespace meridian::dynamo
