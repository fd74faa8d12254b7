#include "dynamo/item_writes.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"
#include "dynamo/item_keys.h"
#include "dynamo/parameters.h"
#include "expression/projection.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

Returned returned_of(const json::object& parameters) {
    const auto text = text_of(parameters, "ReturnValues");
    return text == "ALL_OLD"       ? Returned::kAllOld
           : text == "UPDATED_OLD" ? Returned::kUpdatedOld
           : text == "ALL_NEW"     ? Returned::kAllNew
           : text == "UPDATED_NEW" ? Returned::kUpdatedNew
                                   : Returned::kNone;
}

// Adds `"name":` to an object that may hold members already.
void append_name(std::string_view name, std::string& out) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
}

void append_attributes(const ItemWrite& write, const store::WriteOutcome& outcome,
                       std::string& out) {
    const bool old_ones =
        write.returned == Returned::kAllOld || write.returned == Returned::kUpdatedOld;
    const auto* item = old_ones ? outcome.before.get() : outcome.after.get();
    if (write.returned == Returned::kNone || item == nullptr) {
        return;
    }
    if (write.returned == Returned::kAllOld || write.returned == Returned::kAllNew) {
        append_name("Attributes", out);
        item::append_dynamodb_json(*item, out);
        return;
    }
    if (write.updated.empty()) {
        return;
    }
    const auto updated = expression::project({write.updated}, *item);
    if (!updated.empty()) {
        append_name("Attributes", out);
        item::append_dynamodb_json(updated, out);
    }
}

Outcome<std::string> answer_of(const ItemWrite& write, store::WriteOutcome outcome) {
    if (outcome.error) {
        if (outcome.error->code == ErrorCode::kConditionFailed &&
            write.copies.failed_on(outcome.before.get())) {
            return validation(std::string(kCopiesDoNotFit));
        }
        return std::unexpected(refusal_of(write.write, write.item_on_failure, outcome));
    }
    std::string out = "{";
    append_attributes(write, outcome, out);
    if (write.capacity != Capacity::kNone) {
        append_name("ConsumedCapacity", out);
        append_consumed(write.table->name,
                        consumed_by_write(*write.table, outcome.before.get(), outcome.after.get()),
                        write.capacity, Split::kNone, out);
    }
    if (write.metrics && has_item_collections(*write.table)) {
        append_name("ItemCollectionMetrics", out);
        append_metrics(*write.table, write.key, out);
    }
    out += '}';
    return out;
}

}  // namespace

Outcome<TablePtr> table_of(const World& world, const json::object& parameters) {
    auto table = find_for_items(world.tables, text_of(parameters, "TableName").value_or(""));
    return table != nullptr ? Outcome<TablePtr>(std::move(table)) : resource_not_found();
}

void read_returned(const json::object& parameters, ItemWrite& write) {
    write.returned = returned_of(parameters);
    write.item_on_failure = text_of(parameters, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
    write.capacity = capacity_of(parameters);
    write.metrics = text_of(parameters, "ReturnItemCollectionMetrics") == "SIZE";
}

Failure refusal_of(const store::Write& write, bool item_on_failure, store::WriteOutcome& outcome) {
    auto& error = *outcome.error;
    if (error.code == ErrorCode::kTooLarge) {
        const bool update = std::holds_alternative<store::UpdateItem>(write.action);
        return {.type = "ValidationException",
                .message = update ? "Item size to update has exceeded the maximum allowed size"
                                  : "Item size has exceeded the maximum allowed size"};
    }
    if (error.code == ErrorCode::kInvalidInput && error.message.ends_with(item::kTooDeep)) {
        error.message = item::kTooDeep;  // the store names the attribute
    }
    const bool condition_failed = error.code == ErrorCode::kConditionFailed;
    auto failure = failure_of(std::move(error));
    if (condition_failed) {
        failure.message = "The conditional request failed";
        if (item_on_failure && outcome.before) {
            failure.members = R"("Item":)";
            item::append_dynamodb_json(*outcome.before, failure.members);
        }
    }
    return failure;
}

bool has_item_collections(const TableDescription& table) {
    return std::ranges::any_of(table.indexes,
                               [](const auto& index) { return index.kind == IndexKind::kLocal; });
}

void append_metrics(const TableDescription& table, const item::Key& key, std::string& out) {
    const auto& name = table.key.partition.name;
    out += R"({"ItemCollectionKey":)";
    item::append_dynamodb_json({{name, key.at(name)}}, out);
    out += R"(,"SizeEstimateRangeGB":[0.0,1.0]})";
}

void make(Call call, ItemWrite write) {
    std::vector<store::Write> writes;
    writes.push_back(std::move(write.write));
    // Only the kind of action is needed from here on.
    write.write.action = store::CheckItem{};
    if (std::holds_alternative<store::UpdateItem>(writes.front().action)) {
        write.write.action = store::UpdateItem{};
    }
    call.world.store.submit(
        std::move(writes), store::Atomicity::kEach,
        [write = std::move(write),
         respond = std::move(call.respond)](std::vector<store::WriteOutcome> outcomes) mutable {
            try {
                respond(answer_of(write, std::move(outcomes.front())));
            } catch (const std::exception& error) {
                log(LogLevel::kError, "dynamo", "a write's answer failed: {}", error.what());
            }
        });
}

}  // namespace meridian::dynamo
