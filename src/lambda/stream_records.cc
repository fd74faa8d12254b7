#include "lambda/stream_records.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <set>
#include <utility>

#include "item/base64.h"
#include "item/json.h"

namespace meridian::lambda {
namespace {

namespace json = boost::json;

// An item nests 32 deep, each level in two of JSON's, in a record in a batch.
constexpr std::size_t kDepthMax = 96;
constexpr double kSecondsMax = 253'402'300'800;  // the year 10000

const json::value* find(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const json::object* object_at(const json::object& object, std::string_view name) {
    const auto* value = find(object, name);
    return value == nullptr ? nullptr : value->if_object();
}

std::string text_at(const json::object* object, std::string_view name) {
    const auto* value = object == nullptr ? nullptr : find(*object, name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(*text);
}

std::optional<Instant> time_at(const json::object& object, std::string_view name) {
    const auto* value = find(object, name);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    const auto seconds = value->to_number<double>();
    if (!(seconds >= 0 && seconds < kSecondsMax)) {
        return std::nullopt;
    }
    return Instant(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1'000)));
}

std::unexpected<Error> no_batch(std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the event is no batch of a stream: {}", why));
}

// "shardId-000000000006:4954…" → "shardId-000000000006".
std::string shard_of(const json::object& record) {
    const auto id = text_at(&record, "eventID");
    const auto colon = id.find(':');
    return colon == std::string::npos ? std::string() : id.substr(0, colon);
}

Result<KinesisRecord> kinesis_record(const json::object& /*record*/, const json::object& body) {
    const auto data = item::decode_base64(text_at(&body, "data"));
    if (!data) {
        return fail(ErrorCode::kInvalidInput, "its data are not base64");
    }
    auto value = item::parse_plain_json(*data);
    if (!value) {
        return std::unexpected(Error{value.error().code, "its data: " + value.error().message});
    }
    return KinesisRecord{.sequence_number = text_at(&body, "sequenceNumber"),
                         .partition_key = text_at(&body, "partitionKey"),
                         .arrived_at = time_at(body, "approximateArrivalTimestamp"),
                         .value = *std::move(value)};
}

// "arn:aws:dynamodb:us-east-1:123456789012:table/GlobalCallRouting/stream/2025-…".
std::string table_of(const std::string& arn) {
    constexpr std::string_view kMark = ":table/";
    const auto at = arn.find(kMark);
    return at == std::string::npos
               ? std::string()
               : arn.substr(at + kMark.size(),
                            arn.find('/', at + kMark.size()) - at - kMark.size());
}

std::optional<ChangeKind> kind_of(std::string_view name) {
    if (name == "INSERT") {
        return ChangeKind::kInsert;
    }
    if (name == "MODIFY") {
        return ChangeKind::kModify;
    }
    return name == "REMOVE" ? std::optional(ChangeKind::kRemove) : std::nullopt;
}

Result<std::optional<item::Item>> image_at(const json::object& body, std::string_view name) {
    const auto* image = find(body, name);
    if (image == nullptr) {
        return std::nullopt;
    }
    auto item = item::parse_dynamodb_json(json::serialize(*image));
    if (!item) {
        return std::unexpected(
            Error{item.error().code, fmt::format("its {}: {}", name, item.error().message)});
    }
    return *std::move(item);
}

Result<TableChange> table_change(const json::object& record, const json::object& body) {
    const auto kind = kind_of(text_at(&record, "eventName"));
    auto key = image_at(body, "Keys");
    auto before = key ? image_at(body, "OldImage") : std::unexpected(key.error());
    auto after = before ? image_at(body, "NewImage") : std::unexpected(before.error());
    if (!after) {
        return std::unexpected(std::move(after.error()));
    }
    if (!kind || !*key || (*key)->empty()) {
        return fail(ErrorCode::kInvalidInput, "it has no eventName of a change, or no Keys");
    }
    return TableChange{.sequence_number = text_at(&body, "SequenceNumber"),
                       .table = table_of(text_at(&record, "eventSourceARN")),
                       .kind = *kind,
                       .key = **std::move(key),
                       .before = *std::move(before),
                       .after = *std::move(after),
                       .expired = text_at(object_at(record, "userIdentity"), "principalId") ==
                                  "dynamodb.amazonaws.com"};
}

// What one service's records look like.
template <typename Record>
struct Form {
    std::string_view body;             // where a record keeps what the stream had
    std::string_view sequence_number;  // in the body
    Result<Record> (*read)(const json::object& record, const json::object& body);
};

Result<json::value> parse(std::string_view event) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    auto value = json::parse(event, error, {}, options);
    if (error) {
        return no_batch("it is not JSON, or nests too deep");
    }
    return value;
}

template <typename Record>
Result<std::vector<Delivered<Record>>> read_batch(std::string_view event,
                                                  const Form<Record>& form) {
    const auto value = parse(event);
    if (!value) {
        return std::unexpected(value.error());
    }
    const auto* map = value->if_object();
    const auto* found = map == nullptr ? nullptr : find(*map, "Records");
    const auto* records = found == nullptr ? nullptr : found->if_array();
    if (records == nullptr) {
        return no_batch("it has no list of Records");
    }
    std::vector<Delivered<Record>> batch;
    std::set<std::pair<std::string, std::string>> seen;  // shard, number
    for (const auto& element : *records) {
        const auto* record = element.if_object();
        const auto* body = record == nullptr ? nullptr : object_at(*record, form.body);
        auto number = text_at(body, form.sequence_number);
        if (number.empty()) {
            return no_batch(fmt::format("a record has no {}.{}", form.body, form.sequence_number));
        }
        auto shard = shard_of(*record);
        if (seen.emplace(shard, number).second) {
            batch.push_back({std::move(number), std::move(shard), form.read(*record, *body)});
        }
    }
    return batch;
}

}  // namespace

Result<std::vector<Delivered<KinesisRecord>>> read_kinesis_batch(std::string_view event) {
    return read_batch<KinesisRecord>(event, {"kinesis", "sequenceNumber", &kinesis_record});
}

Result<std::vector<Delivered<TableChange>>> read_table_batch(std::string_view event) {
    return read_batch<TableChange>(event, {"dynamodb", "SequenceNumber", &table_change});
}

}  // namespace meridian::lambda
