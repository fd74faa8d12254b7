#include "dynamo/stream_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dynamo/object_text.h"
#include "dynamo/shard_iterator.h"
#include "dynamo/stream_lookup.h"
#include "dynamo/stream_reader.h"
#include "dynamo/table_view.h"

namespace meridian::dynamo {
namespace {

using boost::json::object;

constexpr std::int64_t kStreamsMax = 100;
constexpr std::int64_t kShardsMax = 100;
constexpr std::int64_t kRecordsMax = 1000;

// ---- Parameters

constexpr Shape kStreamArn = text({37, 1024});
constexpr Shape kShardId = text({28, 65});
constexpr Shape kSequenceNumber = text({21, 40});
constexpr Shape kShardIterator = text({1, kIteratorBytesMax});
// In the order in which the service shows them.
constexpr std::array<std::string_view, 4> kIteratorTypes{"AFTER_SEQUENCE_NUMBER", "LATEST",
                                                         "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};
constexpr Shape kIteratorType = one_of(kIteratorTypes);
constexpr std::array<std::string_view, 1> kFilterTypes{"CHILD_SHARDS"};
constexpr Shape kFilterType = one_of(kFilterTypes);

constexpr Shape kListLimit = integer(1, kStreamsMax);
constexpr std::array kListMembers{Member{"TableName", &kNewName}, Member{"Limit", &kListLimit},
                                  Member{"ExclusiveStartStreamArn", &kStreamArn}};
constexpr Shape kList = structure("ListStreamsInput", kListMembers);

constexpr Shape kDescribeLimit = integer(1, kShardsMax);
constexpr std::array kFilterMembers{Member{"Type", &kFilterType}, Member{"ShardId", &kShardId}};
constexpr Shape kShardFilter = structure("ShardFilter", kFilterMembers);
constexpr std::array kDescribeMembers{
    Member{"StreamArn", &kStreamArn, Need::kRequired}, Member{"Limit", &kDescribeLimit},
    Member{"ExclusiveStartShardId", &kShardId}, Member{"ShardFilter", &kShardFilter}};
constexpr Shape kDescribe = structure("DescribeStreamInput", kDescribeMembers);

constexpr std::array kIteratorMembers{Member{"StreamArn", &kStreamArn, Need::kRequired},
                                      Member{"ShardId", &kShardId, Need::kRequired},
                                      Member{"ShardIteratorType", &kIteratorType, Need::kRequired},
                                      Member{"SequenceNumber", &kSequenceNumber}};
constexpr Shape kIterator = structure("GetShardIteratorInput", kIteratorMembers);

constexpr Shape kRecordsLimit = integer(1, kRecordsMax);
constexpr std::array kRecordsMembers{Member{"ShardIterator", &kShardIterator, Need::kRequired},
                                     Member{"Limit", &kRecordsLimit}};
constexpr Shape kRecords = structure("GetRecordsInput", kRecordsMembers);

std::string name_of(const World& world, const Stream& stream) {
    return stream_arn({world.region, stream.table->name, stream.description.label});
}

// The newest change that records can't be of any more; the next one may be the first of the shard.
store::SequenceNumber horizon(const World& world, const StreamSpan& span) {
    return std::max(span.after, world.store.trimmed());
}

// ---- ListStreams

Outcome<std::string> answer_list(World& world, const object& parameters) {
    std::optional<StreamName> after;
    if (const auto arn = text_of(parameters, "ExclusiveStartStreamArn")) {
        after = parse_stream_arn(*arn);
        if (!after) {
            return validation("Invalid StreamArn");
        }
    }
    const auto limit = integer_of(parameters, "Limit").value_or(kStreamsMax);
    const auto list = list_streams(world, text_of(parameters, "TableName").value_or(""), after,
                                   static_cast<std::size_t>(limit));
    if (!list) {
        return std::unexpected(list.error());
    }
    std::vector<std::string> streams;
    for (const auto& stream : list->streams) {
        streams.push_back(ObjectText()
                              .text("StreamArn", stream_arn(stream))
                              .text("StreamLabel", stream.label)
                              .text("TableName", stream.table)
                              .str());
    }
    ObjectText text;
    text.json("Streams", array_text(streams));
    if (list->more) {
        text.text("LastEvaluatedStreamArn", stream_arn(list->streams.back()));
    }
    return text.str();
}

// ---- DescribeStream

std::string_view status_of(const Stream& stream) {
    if (!stream.enabled()) {
        return "DISABLED";
    }
    return stream.span ? "ENABLED" : "ENABLING";
}

std::vector<std::string> describe_shards(const World& world, const Stream& stream,
                                         const object& parameters) {
    const auto id = shard_id(stream.description.label, world.store.log_id());
    const auto after = text_of(parameters, "ExclusiveStartShardId");
    // The one shard has no children.
    const bool children = object_of(parameters, "ShardFilter") != nullptr;
    if (!stream.span || children || (after && *after >= id)) {
        return {};
    }
    ObjectText range;
    range.text("StartingSequenceNumber", sequence_text(horizon(world, *stream.span) + 1));
    if (const auto last = stream.last(world.store)) {
        range.text("EndingSequenceNumber", sequence_text(*last));
    }
    return {ObjectText().text("ShardId", id).json("SequenceNumberRange", range.str()).str()};
}

Outcome<std::string> answer_describe(World& world, const object& parameters) {
    const auto stream = find_stream(world, *text_of(parameters, "StreamArn"));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    ObjectText text;
    if (const auto at = parse_instant(stream->description.label + "Z")) {
        text.time("CreationRequestDateTime", *at);
    }
    text.json("KeySchema", key_text(stream->table->key))
        .json("Shards", array_text(describe_shards(world, *stream, parameters)))
        .text("StreamArn", name_of(world, *stream))
        .text("StreamLabel", stream->description.label)
        .text("StreamStatus", status_of(*stream))
        .text("StreamViewType", view_name(stream->description.view))
        .text("TableName", stream->table->name);
    return ObjectText().json("StreamDescription", text.str()).str();
}

// ---- GetShardIterator

// The place that the parameters mean: the newest change that is not wanted.
Outcome<store::SequenceNumber> place_of(const World& world, const Stream& stream,
                                        const object& parameters) {
    const auto type = *text_of(parameters, "ShardIteratorType");
    const auto first = horizon(world, *stream.span);
    const auto end = stream.last(world.store).value_or(world.store.last_sequence());
    if (type == "TRIM_HORIZON") {
        return first;
    }
    if (type == "LATEST") {
        return std::max(first, end);
    }
    const auto sequence = parse_sequence(*text_of(parameters, "SequenceNumber"));
    // One beyond the newest may be the start of a shard that nothing was written to.
    if (!sequence || *sequence > std::max(first, end) + 1) {
        return validation("Invalid SequenceNumber");
    }
    const auto after = type == "AT_SEQUENCE_NUMBER" && *sequence > 0 ? *sequence - 1 : *sequence;
    if (after < first) {
        return refuse("TrimmedDataAccessException",
                      "The data you are trying to access has been trimmed");
    }
    return after;
}

Outcome<std::string> answer_iterator(World& world, const object& parameters) {
    const auto type = *text_of(parameters, "ShardIteratorType");
    const bool takes_sequence = type.ends_with("_SEQUENCE_NUMBER");
    if (takes_sequence != has(parameters, "SequenceNumber")) {
        return validation(fmt::format("SequenceNumber must {}be provided for ShardIteratorType {}",
                                      takes_sequence ? "" : "not ", type));
    }
    const auto stream = find_stream(world, *text_of(parameters, "StreamArn"));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    const auto log = world.store.log_id();
    if (!stream->span ||
        *text_of(parameters, "ShardId") != shard_id(stream->description.label, log)) {
        return resource_not_found("Requested resource not found: Shard does not exist");
    }
    const auto after = place_of(world, *stream, parameters);
    if (!after) {
        return std::unexpected(after.error());
    }
    const auto text = to_text({{world.region, stream->table->name, stream->description.label},
                               log,
                               *after,
                               world.clock.now()});
    return ObjectText().text("ShardIterator", text).str();
}

// ---- GetRecords

Outcome<std::string> answer_records(World& world, const object& parameters) {
    auto iterator = parse_shard_iterator(*text_of(parameters, "ShardIterator"));
    if (!iterator) {
        return validation("Invalid ShardIterator");
    }
    const auto now = world.clock.now();
    if (now - iterator->issued > kIteratorAge || iterator->log != world.store.log_id()) {
        return refuse("ExpiredIteratorException", "Iterator expired");
    }
    const auto stream = find_stream(world, stream_arn(iterator->stream));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    if (!stream->span) {
        return refuse("ExpiredIteratorException", "Iterator expired");
    }
    const auto page = read_stream(world.store,
                                  {.table = stream->table->storage,
                                   .after = std::max(iterator->after, stream->span->after),
                                   .last = stream->last(world.store)},
                                  {.region = world.region,
                                   .log = iterator->log,
                                   .view = stream->description.view,
                                   .ttl_attribute = stream->table->ttl_attribute},
                                  {.records = static_cast<std::size_t>(
                                       integer_of(parameters, "Limit").value_or(kRecordsMax))});
    if (!page) {
        return std::unexpected(page.error());
    }
    auto body = fmt::format(R"({{"Records":[{}])", page->records);
    if (!page->closed) {
        iterator->after = page->after;
        iterator->issued = now;
        body += fmt::format(R"(,"NextShardIterator":"{}")", to_text(*iterator));
    }
    return body + '}';
}

constexpr std::array kOperations{
    Operation{.name = "ListStreams",
              .parameters = &kList,
              .pace = Pace::kWaits,
              .run = &answering<answer_list>,
              .streams = true},
    Operation{.name = "DescribeStream",
              .parameters = &kDescribe,
              .run = &answering<answer_describe>,
              .streams = true},
    Operation{.name = "GetShardIterator",
              .parameters = &kIterator,
              .run = &answering<answer_iterator>,
              .streams = true},
    Operation{.name = "GetRecords",
              .parameters = &kRecords,
              .pace = Pace::kWaits,
              .run = &answering<answer_records>,
              .streams = true},
};

}  // namespace

std::span<const Operation> stream_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
