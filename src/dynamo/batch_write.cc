#include "dynamo/batch_write.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <exception>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "dynamo/attribute_values.h"
#include "dynamo/batch_tables.h"
#include "dynamo/capacity.h"
#include "dynamo/item_keys.h"
#include "dynamo/item_writes.h"
#include "item/codec.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::size_t kWritesMax = 25;

constexpr std::array kPutRequestMembers{Member{"Item", &kAttributeMap, Need::kRequired}};
constexpr Shape kPutRequest = structure("PutRequest", kPutRequestMembers);
constexpr std::array kDeleteRequestMembers{Member{"Key", &kAttributeMap, Need::kRequired}};
constexpr Shape kDeleteRequest = structure("DeleteRequest", kDeleteRequestMembers);
constexpr std::array kWriteRequestMembers{
    Member{"PutRequest", &kPutRequest},
    Member{"DeleteRequest", &kDeleteRequest},
};
constexpr Shape kWriteRequest = structure("WriteRequest", kWriteRequestMembers);
constexpr Shape kWriteRequests = list(kWriteRequest, {.min = 1, .max = kWritesMax});
constexpr Shape kRequestItems = [] {
    auto shape = map(kWriteRequests, {}, &kBatchTableName);
    shape.keys_checked_last = true;
    return shape;
}();
constexpr std::array kMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    Member{"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    Member{"RequestItems", &kRequestItems, Need::kRequired},
};

// One write, and where it stands in the request.
struct BatchedWrite {
    std::string_view table_name;  // as the client gave it
    const json::value* json;      // the WriteRequest
    bool put = false;
    item::Map attributes;  // the item, or the key
    TablePtr table = nullptr;
    item::Key key = {};
};

Outcome<BatchedWrite> read_write(std::string_view table_name, const json::value& json) {
    const auto& request = json.get_object();
    const auto* put = object_of(request, "PutRequest");
    const auto* deletion = object_of(request, "DeleteRequest");
    if ((put != nullptr) == (deletion != nullptr)) {
        return validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes");
    }
    auto attributes = attributes_of(
        *object_of(put != nullptr ? *put : *deletion, put != nullptr ? "Item" : "Key"),
        Wording::kOlder);
    if (!attributes) {
        return failed(attributes);
    }
    if (put != nullptr && item::size_bytes(*attributes) > item::kItemBytesMax) {
        return validation("Item size has exceeded the maximum allowed size");
    }
    return BatchedWrite{.table_name = table_name,
                        .json = &json,
                        .put = put != nullptr,
                        .attributes = *std::move(attributes)};
}

Outcome<std::vector<BatchedWrite>> read(const json::object& tables) {
    if (tables.empty()) {
        return validation("The requestItems parameter is required for BatchWriteItem");
    }
    std::vector<BatchedWrite> writes;
    for (const auto& entry : tables) {
        const auto* requests = entry.value().if_array();
        for (const auto& request : requests != nullptr ? *requests : json::array()) {
            if (!request.is_object()) {
                continue;
            }
            auto write = read_write(view(entry.key()), request);
            if (!write) {
                return failed(write);
            }
            writes.push_back(*std::move(write));
            if (writes.size() > kWritesMax) {
                return validation("Too many items requested for the BatchWriteItem call");
            }
        }
    }
    return writes;
}

// Of an item that lacks its key a batch says the same as of a key that isn't one.
Outcome<void> check_put(const TableDescription& table, const item::Item& item) {
    item::Key key;
    for (const auto* attribute :
         {&table.key.partition, table.key.sort ? &*table.key.sort : nullptr}) {
        const auto* value = attribute != nullptr ? item::find(item, attribute->name) : nullptr;
        if (value != nullptr) {
            key.emplace(attribute->name, *value);
        }
    }
    if (auto checked = check_key_schema(table, key); !checked) {
        return checked;
    }
    return check_item_keys(table, item);
}

Outcome<void> check(const World& world, std::vector<BatchedWrite>& writes) {
    for (auto& write : writes) {
        write.table = find_for_items(world.tables, write.table_name);
        if (write.table == nullptr) {
            return resource_not_found();
        }
    }
    std::unordered_set<std::string> seen;
    for (auto& write : writes) {
        auto checked = write.put ? check_put(*write.table, write.attributes)
                                 : check_key(*write.table, write.attributes);
        if (!checked) {
            return checked;
        }
        write.key = key_in(write.table->key, write.attributes);
        if (!seen.insert(write.table->storage + '\0' + item::encode(write.key)).second) {
            return validation("Provided list of item keys contains duplicates");
        }
    }
    return {};
}

std::vector<store::Write> store_writes(std::vector<BatchedWrite>& batched) {
    std::vector<store::Write> writes;
    writes.reserve(batched.size());
    for (auto& each : batched) {
        store::Write write{.table = each.table->storage, .action = {}, .condition = {}};
        if (each.put) {
            write.action = store::PutItem{std::move(each.attributes)};
        } else {
            write.action = store::DeleteItem{std::move(each.attributes)};
        }
        writes.push_back(std::move(write));
    }
    return writes;
}

// Nothing was done; the client is to try again.
bool is_unprocessed(const Error& error) {
    return error.code == ErrorCode::kOverloaded || error.code == ErrorCode::kUnavailable ||
           error.code == ErrorCode::kDiskFull;
}

// `"name":{` then per table `"table":[…]`, then `}`; append(write index, out) adds one element.
template <typename Wanted, typename Append>
void append_by_table(const std::vector<BatchedWrite>& writes, Wanted wanted, Append append,
                     std::string& out) {
    std::string_view table;
    out += '{';
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (!wanted(i)) {
            continue;
        }
        if (writes[i].table_name != table) {  // the writes of a table stand together
            out += table.empty() ? "" : "],";
            table = writes[i].table_name;
            item::append_json_string(table, out);
            out += ":[";
        } else {
            out += ',';
        }
        append(i, out);
    }
    out += table.empty() ? "}" : "]}";
}

void append_item_metrics(const std::vector<BatchedWrite>& writes, std::string& out) {
    std::set<std::pair<std::string_view, std::string>> seen;
    append_by_table(
        writes,
        [&](std::size_t i) {
            const auto& write = writes[i];
            return has_item_collections(*write.table) &&
                   seen.emplace(write.table_name,
                                item::encode({{"", write.key.at(write.table->key.partition.name)}}))
                       .second;
        },
        [&](std::size_t i, std::string& to) {
            append_metrics(*writes[i].table, writes[i].key, to);
        },
        out);
}

void append_capacities(const std::vector<BatchedWrite>& writes,
                       const std::vector<store::WriteOutcome>& outcomes, Capacity capacity,
                       std::string& out) {
    std::map<std::string_view, Consumed> by_table;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (!outcomes[i].error) {
            by_table[writes[i].table->name] += consumed_by_write(
                *writes[i].table, outcomes[i].before.get(), outcomes[i].after.get());
        }
    }
    out += '[';
    std::string_view separator;
    for (const auto& [table, consumed] : by_table) {
        out += std::exchange(separator, ",");
        append_consumed(table, consumed, capacity, Split::kNone, out);
    }
    out += ']';
}

Outcome<std::string> answer_of(const json::object& parameters,
                               const std::vector<BatchedWrite>& writes,
                               std::vector<store::WriteOutcome> outcomes) {
    for (auto& outcome : outcomes) {
        if (outcome.error && !is_unprocessed(*outcome.error)) {
            return passed_on(std::move(*outcome.error));
        }
    }
    std::string out = R"({"UnprocessedItems":)";
    append_by_table(
        writes, [&](std::size_t i) { return outcomes[i].error.has_value(); },
        [&](std::size_t i, std::string& to) { to += json::serialize(*writes[i].json); }, out);
    if (text_of(parameters, "ReturnItemCollectionMetrics") == "SIZE") {
        out += R"(,"ItemCollectionMetrics":)";
        append_item_metrics(writes, out);
    }
    if (const auto capacity = capacity_of(parameters); capacity != Capacity::kNone) {
        out += R"(,"ConsumedCapacity":)";
        append_capacities(writes, outcomes, capacity, out);
    }
    out += '}';
    return out;
}

}  // namespace

constinit const Shape kBatchWriteItem = structure("BatchWriteItemInput", kMembers);

void batch_write_item(Call call) {
    auto writes = read(*object_of(call.parameters(), "RequestItems"));
    if (!writes) {
        call.respond(failed(writes));
        return;
    }
    if (auto checked = check(call.world, *writes); !checked) {
        call.respond(failed(checked));
        return;
    }
    auto made = store_writes(*writes);
    auto& store = call.world.store;
    store.submit(std::move(made), store::Atomicity::kEach,
                 [held = std::move(call),
                  batched = *std::move(writes)](std::vector<store::WriteOutcome> outcomes) mutable {
                     try {
                         held.respond(answer_of(held.parameters(), batched, std::move(outcomes)));
                     } catch (const std::exception& error) {
                         log(LogLevel::kError, "dynamo", "a batch's answer failed: {}",
                             error.what());
                     }
                 });
}

}  // namespace meridian::dynamo
