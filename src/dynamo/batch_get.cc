#include "dynamo/batch_get.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dynamo/attribute_values.h"
#include "dynamo/batch_tables.h"
#include "dynamo/capacity.h"
#include "dynamo/expressions.h"
#include "dynamo/item_keys.h"
#include "item/codec.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// Developer guide, quotas: a batch gets 100 items and answers with 16 MB.
constexpr std::size_t kKeysMax = 100;
constexpr std::size_t kAnswerBytesMax = std::size_t{16} * 1024 * 1024;

constexpr Shape kKeys = [] {
    auto shape = list(kAttributeMap, {.min = 1, .max = kKeysMax});
    shape.named = true;
    return shape;
}();
constexpr std::array kKeysAndAttributesMembers{
    Member{"Keys", &kKeys, Need::kRequired},
    Member{"AttributesToGet", &kAttributesToGet},
    Member{"ConsistentRead", &kFlag},
    Member{"ProjectionExpression", &kText},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kKeysAndAttributes = structure("KeysAndAttributes", kKeysAndAttributesMembers);
constexpr Shape kRequestItems = [] {
    auto shape = map(kKeysAndAttributes, {}, &kBatchTableName);
    shape.named = true;
    shape.as_json = true;
    return shape;
}();
constexpr std::array kMembers{
    Member{"RequestItems", &kRequestItems, Need::kRequired},
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
};

constexpr std::array<std::string_view, 1> kNew{"ProjectionExpression"};
constexpr std::array<std::string_view, 1> kOld{"AttributesToGet"};

// What is asked of one table.
struct TableRequest {
    std::string_view name;           // as the client gave it
    const json::object* parameters;  // of this table
    std::vector<item::Key> keys = {};
    std::optional<expression::Projection> projection = std::nullopt;
    TablePtr table = nullptr;
    // The answer.
    std::string items = {};
    double units = 0;
    std::size_t read = 0;  // keys that were looked up; the others are unprocessed
};

Outcome<TableRequest> read_table(std::string_view name, const json::object& parameters) {
    TableRequest request{.name = name, .parameters = &parameters};
    if (auto checked = check_usage(parameters, kNew, kOld); !checked) {
        return failed(checked);
    }
    std::unordered_set<std::string> seen;
    for (const auto& each : *array_of(parameters, "Keys")) {
        auto key = attributes_of(each.is_object() ? each.get_object() : json::object());
        if (!key) {
            return failed(key);
        }
        if (!seen.insert(item::encode(*key)).second) {
            return validation("Provided list of item keys contains duplicates");
        }
        request.keys.push_back(*std::move(key));
    }
    auto placeholders = placeholders_of(parameters);
    if (!placeholders) {
        return failed(placeholders);
    }
    auto projection = projection_of(parameters, *placeholders);
    if (!projection) {
        return failed(projection);
    }
    if (auto checked = check_used(*placeholders); !checked) {
        return failed(checked);
    }
    request.projection = *std::move(projection);
    return request;
}

// Old and new parameters must not be mixed, not even between tables.
Outcome<void> check_kinds(const json::object& tables) {
    bool newer = false;
    bool older = false;
    for (const auto& entry : tables) {
        const auto* parameters = entry.value().if_object();
        newer = newer || (parameters != nullptr && has(*parameters, kNew.front()));
        older = older || (parameters != nullptr && has(*parameters, kOld.front()));
    }
    return newer && older
               ? Outcome<void>(validation(
                     "Can not use both expression and non-expression parameters in the same "
                     "request: Non-expression parameters: {AttributesToGet} Expression "
                     "parameters: {ProjectionExpression}"))
               : Outcome<void>{};
}

Outcome<std::vector<TableRequest>> read(const json::object& tables) {
    if (tables.empty()) {
        return validation("The requestItems parameter is required for BatchGetItem");
    }
    if (auto checked = check_kinds(tables); !checked) {
        return failed(checked);
    }
    std::vector<TableRequest> requests;
    std::size_t keys = 0;
    for (const auto& entry : tables) {
        if (!entry.value().is_object()) {
            continue;
        }
        auto request = read_table(view(entry.key()), entry.value().get_object());
        if (!request) {
            return failed(request);
        }
        keys += request->keys.size();
        if (keys > kKeysMax) {
            return validation("Too many items requested for the BatchGetItem call");
        }
        requests.push_back(*std::move(request));
    }
    return requests;
}

Outcome<std::vector<store::ItemRef>> refs_of(const World& world,
                                             std::vector<TableRequest>& requests) {
    std::vector<store::ItemRef> refs;
    for (auto& request : requests) {
        request.table = find_for_items(world.tables, request.name);
        if (request.table == nullptr) {
            return resource_not_found();
        }
        if (auto checked = check_paths(request.projection, *request.table); !checked) {
            return failed(checked);
        }
        for (auto& key : request.keys) {
            if (auto checked = check_key(*request.table, key); !checked) {
                return failed(checked);
            }
            refs.push_back({request.table->storage, std::move(key)});
        }
    }
    return refs;
}

// Takes the table's items from `items`, as long as the answer has room.
void take(TableRequest& request, std::span<const std::optional<item::Item>> items,
          std::size_t& answer_bytes) {
    const auto consistency = flag_of(*request.parameters, "ConsistentRead").value_or(false)
                                 ? Consistency::kStrong
                                 : Consistency::kEventual;
    for (const auto& item : items) {
        const auto bytes = item ? item::size_bytes(*item) : 0;
        if (answer_bytes + bytes > kAnswerBytesMax) {
            return;
        }
        answer_bytes += bytes;
        ++request.read;
        request.units += read_units(bytes, consistency);
        if (item) {
            request.items += request.items.empty() ? "" : ",";
            append_projected(request.projection, *item, request.items);
        }
    }
}

// The table's parameters with the keys that were not looked up.
void append_unprocessed(const TableRequest& request, std::string& out) {
    json::object rest;
    for (const auto& entry : *request.parameters) {
        rest.emplace(entry.key(), entry.value());
    }
    auto& keys = rest["Keys"].as_array();
    keys.erase(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(request.read));
    out += json::serialize(rest);
}

std::string answer_of(const std::vector<TableRequest>& requests, Capacity capacity) {
    std::string out = R"({"Responses":{)";
    std::string_view separator;
    for (const auto& request : requests) {
        out += std::exchange(separator, ",");
        item::append_json_string(request.name, out);
        out += ":[";
        out += request.items;
        out += ']';
    }
    out += R"(},"UnprocessedKeys":{)";
    separator = "";
    for (const auto& request : requests) {
        if (request.read < request.keys.size()) {
            out += std::exchange(separator, ",");
            item::append_json_string(request.name, out);
            out += ':';
            append_unprocessed(request, out);
        }
    }
    out += '}';
    if (capacity != Capacity::kNone) {
        out += R"(,"ConsumedCapacity":[)";
        separator = "";
        for (const auto& request : requests) {
            out += std::exchange(separator, ",");
            append_consumed(request.table->name, {.table = request.units}, capacity, Split::kNone,
                            out);
        }
        out += ']';
    }
    out += '}';
    return out;
}

}  // namespace

constinit const Shape kBatchGetItem = structure("BatchGetItemInput", kMembers);

Outcome<std::string> batch_get_item(World& world, const json::object& parameters) {
    auto requests = read(*object_of(parameters, "RequestItems"));
    if (!requests) {
        return failed(requests);
    }
    auto refs = refs_of(world, *requests);
    if (!refs) {
        return failed(refs);
    }
    const auto items = world.store.get_many(*refs);
    if (!items) {
        return passed_on(items.error());
    }
    std::size_t bytes = 0;
    std::size_t from = 0;
    for (auto& request : *requests) {
        take(request, std::span(*items).subspan(from, request.keys.size()), bytes);
        from += request.keys.size();
    }
    return answer_of(*requests, capacity_of(parameters));
}

}  // namespace meridian::dynamo
