// Batches of stream records, as an event source mapping delivers them to a function.
//
// Source: AWS Lambda developer guide, "Using Lambda to process records from Amazon Kinesis Data
// Streams" and "Using AWS Lambda with Amazon DynamoDB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/key.h"
#include "item/value.h"

namespace meridian::lambda {

// A record of a Kinesis stream whose data are JSON, which is what Amazon Connect writes.
struct KinesisRecord {
    std::string sequence_number;
    std::string partition_key;
    std::optional<Instant> arrived_at;
    item::Value value;
};

enum class ChangeKind : std::uint8_t { kInsert, kModify, kRemove };

// A record of a DynamoDB table's stream.
struct TableChange {
    std::string sequence_number;
    std::string table;
    ChangeKind kind = ChangeKind::kModify;
    item::Key key;
    std::optional<item::Item> before;  // as far as the stream's view has it
    std::optional<item::Item> after;
    // Removed because its time was up. In the other regions of a global table the same removal
    // looks like anybody's.
    bool expired = false;
};

// One record as it came. An error: this record can't be read, now or later (kInvalidInput,
// kMalformedJson); the message names what is wrong and shows nothing of it.
template <typename Record>
struct Delivered {
    std::string sequence_number;
    std::string shard;  // empty where the event doesn't say
    Result<Record> record;
};

// The records in the order of delivery; one that was delivered twice in the event is there once.
// Errors: the event is no such batch, or a record has no sequence number by which its failure
// could be told.
[[nodiscard]] Result<std::vector<Delivered<KinesisRecord>>> read_kinesis_batch(
    std::string_view event);
[[nodiscard]] Result<std::vector<Delivered<TableChange>>> read_table_batch(std::string_view event);

}  // namespace meridian::lambda
