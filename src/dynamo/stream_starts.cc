#include "dynamo/stream_starts.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "dynamo/table_catalog.h"

namespace meridian::dynamo {
namespace {

item::Key key_of_span(const store::ReplicaStore& store, std::string_view table_id,
                      std::string_view label) {
    return {{"tableId", table_id}, {"stream", std::string(label) + "#" + store.region()}};
}

// As text: item::Number is made of signed ones.
std::string text_of(std::uint64_t number) {
    return std::to_string(number);
}

std::optional<std::uint64_t> number_in(const item::Item& item, std::string_view name) {
    const auto* value = item::find(item, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    std::uint64_t number = 0;
    if (text == nullptr || std::from_chars(text->data(), text->data() + text->size(), number).ptr !=
                               text->data() + text->size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

store::TableSchema streams_table() {
    return {std::string(kStreamsTable),
            {{"tableId", item::KeyType::kString},
             item::KeyAttribute{"stream", item::KeyType::kString}}};
}

Result<std::optional<StreamSpan>> read_stream_span(const store::ReplicaStore& store,
                                                   std::string_view table_id,
                                                   std::string_view label) {
    const auto item = store.get({std::string(kStreamsTable), key_of_span(store, table_id, label)});
    if (!item) {
        return std::unexpected(item.error());
    }
    if (!*item) {
        return std::nullopt;
    }
    const auto log = number_in(**item, "log");
    const auto after = number_in(**item, "after");
    if (!log || !after) {
        return fail(ErrorCode::kCorruption, "the place where a stream starts cannot be read");
    }
    StreamSpan span{store::LogId{*log}, *after, number_in(**item, "through")};
    return span.log == store.log_id() ? std::optional(span) : std::nullopt;
}

Result<void> write_stream_span(store::ReplicaStore& store, std::string_view table_id,
                               std::string_view label, const StreamSpan& span) {
    auto item = key_of_span(store, table_id, label);
    item["log"] = text_of(static_cast<std::uint64_t>(span.log));
    item["after"] = text_of(span.after);
    if (span.through) {
        item["through"] = text_of(*span.through);
    }
    auto outcome =
        store.write({std::string(kStreamsTable), store::PutItem{std::move(item)}, std::nullopt});
    if (outcome.error) {
        return std::unexpected(*std::move(outcome.error));
    }
    return {};
}

}  // namespace meridian::dynamo
