#include "dynamo/stream_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dynamo/shard_iterator.h"
#include "dynamo/stream_lookup.h"
#include "dynamo/stream_reader.h"
#include "item/json.h"

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
constexpr std::array<std::string_view, 4> kIteratorTypes{
    "TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"};
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
    std::string body = R"({"Streams":[)";
    for (const auto& stream : list->streams) {
        body += body.back() == '[' ? "" : ",";
        body += fmt::format(R"({{"StreamArn":"{}","StreamLabel":"{}","TableName":"{}"}})",
                            stream_arn(stream), stream.label, stream.table);
    }
    body += ']';
    if (list->more) {
        body += fmt::format(R"(,"LastEvaluatedStreamArn":"{}")", stream_arn(list->streams.back()));
    }
    return body + '}';
}

// ---- DescribeStream

void append_key(const item::KeySchema& key, std::string& out) {
    const auto append = [&out](std::string_view name, std::string_view type) {
        out += R"({"AttributeName":)";
        item::append_json_string(name, out);
        out += fmt::format(R"(,"KeyType":"{}"}})", type);
    };
    append(key.partition.name, "HASH");
    if (key.sort) {
        out += ',';
        append(key.sort->name, "RANGE");
    }
}

std::string_view status_of(const Stream& stream) {
    if (!stream.enabled()) {
        return "DISABLED";
    }
    return stream.span ? "ENABLED" : "ENABLING";
}

// Empty: the one shard is not asked for.
std::string describe_shards(const World& world, const Stream& stream, const object& parameters) {
    const auto id = shard_id(stream.description.label, world.store.log_id());
    const auto after = text_of(parameters, "ExclusiveStartShardId");
    // A shard without an end has no children, nor has one that went with its stream.
    const bool children = object_of(parameters, "ShardFilter") != nullptr;
    if (!stream.span || children || (after && *after >= id)) {
        return {};
    }
    auto range = fmt::format(R"("StartingSequenceNumber":"{}")",
                             sequence_text(horizon(world, *stream.span) + 1));
    if (const auto last = stream.last(world.store)) {
        range += fmt::format(R"(,"EndingSequenceNumber":"{}")", sequence_text(*last));
    }
    return fmt::format(R"({{"ShardId":"{}","SequenceNumberRange":{{{}}}}})", id, range);
}

Outcome<std::string> answer_describe(World& world, const object& parameters) {
    const auto stream = find_stream(world, *text_of(parameters, "StreamArn"));
    if (!stream) {
        return std::unexpected(stream.error());
    }
    std::string body = R"({"StreamDescription":{)";
    if (const auto at = parse_instant(stream->description.label + "Z")) {
        const auto ms = at->time_since_epoch().count();
        body += fmt::format(R"("CreationRequestDateTime":{}.{:03},)", ms / 1000, ms % 1000);
    }
    body += R"("KeySchema":[)";
    append_key(stream->table->key, body);
    body +=
        fmt::format(R"(],"Shards":[{}],"StreamArn":"{}","StreamLabel":"{}","StreamStatus":"{}",)",
                    describe_shards(world, *stream, parameters), name_of(world, *stream),
                    stream->description.label, status_of(*stream));
    body += fmt::format(R"("StreamViewType":"{}","TableName":"{}"}}}})",
                        to_string(stream->description.view), stream->table->name);
    return body;
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
    return fmt::format(R"({{"ShardIterator":"{}"}})", text);
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
