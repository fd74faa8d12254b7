#include "dynamo/stream_record.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

#include "dynamo/stream_name.h"
#include "dynamo/table_view.h"
#include "item/json.h"

namespace meridian::dynamo {
namespace {

// As expiry.h has it: what expired longer ago stays.
constexpr std::chrono::seconds kForgottenAfter = std::chrono::days{5 * 365};

const item::Item* old_image(const store::Change& change, StreamView view) {
    const bool shown = view == StreamView::kOldImage || view == StreamView::kNewAndOldImages;
    return shown ? change.before.get() : nullptr;
}

const item::Item* new_image(const store::Change& change, StreamView view) {
    const bool shown = view == StreamView::kNewImage || view == StreamView::kNewAndOldImages;
    return shown ? change.after.get() : nullptr;
}

// Spreads the bits; another number for each number (the finaliser of SplitMix64).
std::uint64_t spread(std::uint64_t bits) {
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return bits ^ bits >> 31;
}

// The same each time that the record is read, and no other record's.
std::string event_id(const store::Change& change, store::LogId log) {
    const auto log_bits = static_cast<std::uint64_t>(log);
    const auto high = spread(change.sequence ^ log_bits);
    return fmt::format("{:016x}{:016x}", high, spread(high ^ change.sequence));
}

// Whether it is the delete of an item that had expired. Who deleted it is not in the log; an
// expired one goes by itself, unless somebody was faster.
bool is_expiry(const store::Change& change, std::optional<std::string_view> ttl_attribute) {
    if (!ttl_attribute || change.after || !change.before) {
        return false;
    }
    const auto* value = item::find(*change.before, *ttl_attribute);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    const auto second =
        std::chrono::floor<std::chrono::seconds>(change.at.time_since_epoch()).count();
    return number != nullptr && *number < item::Number(second) &&
           *number >= item::Number(second - kForgottenAfter.count());
}

void append_image(std::string_view name, const item::Item* image, std::string& out) {
    if (image != nullptr) {
        out += fmt::format(R"("{}":)", name);
        item::append_dynamodb_json(*image, out);
        out += ',';
    }
}

}  // namespace

bool has_record(const store::Change& change) {
    return change.before != change.after;
}

std::string_view event_name(const store::Change& change) {
    if (!change.after) {
        return "REMOVE";
    }
    return change.before ? "MODIFY" : "INSERT";
}

std::size_t record_bytes(const store::Change& change, StreamView view) {
    auto bytes = item::size_bytes(change.key);
    for (const auto* image : {old_image(change, view), new_image(change, view)}) {
        bytes += image == nullptr ? 0 : item::size_bytes(*image);
    }
    return bytes;
}

void append_record(const store::Change& change, const RecordStyle& style, std::string& out) {
    const auto second =
        std::chrono::floor<std::chrono::seconds>(change.at.time_since_epoch()).count();
    out += fmt::format(R"({{"awsRegion":"{}","dynamodb":{{"ApproximateCreationDateTime":{},)",
                       style.region, second);
    append_image("Keys", &change.key, out);
    append_image("NewImage", new_image(change, style.view), out);
    append_image("OldImage", old_image(change, style.view), out);
    const auto sequence = sequence_text(change.sequence);
    const auto bytes = record_bytes(change, style.view);
    out += fmt::format(R"("SequenceNumber":"{}","SizeBytes":{},"StreamViewType":"{}"}},)", sequence,
                       bytes, view_name(style.view));
    const auto id = event_id(change, style.log);
    out += fmt::format(
        R"("eventID":"{}","eventName":"{}","eventSource":"aws:dynamodb","eventVersion":"1.1")", id,
        event_name(change));
    if (is_expiry(change, style.ttl_attribute)) {
        out += R"(,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})";
    }
    out += '}';
}

}  // namespace meridian::dynamo
