#include "dynamo/transact_get.h"

#include <array>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dynamo/attribute_values.h"
#include "dynamo/cancellation.h"
#include "dynamo/capacity.h"
#include "dynamo/expressions.h"
#include "dynamo/item_keys.h"
#include "dynamo/item_writes.h"
#include "item/codec.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::array kGetMembers{
    Member{"Key", &kAttributeMap, Need::kRequired},
    Member{"TableName", &kTableNameOrArn, Need::kRequired},
    Member{"ProjectionExpression", &kText},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kGet = structure("Get", kGetMembers);
constexpr std::array kTransactGetItemMembers{Member{"Get", &kGet, Need::kRequired}};
constexpr Shape kTransactGetItem = structure("TransactGetItem", kTransactGetItemMembers);
constexpr Shape kTransactItems = list(kTransactGetItem, {.min = 1, .max = 100});
constexpr std::array kMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    Member{"TransactItems", &kTransactItems, Need::kRequired},
};

constexpr std::array<std::string_view, 1> kNew{"ProjectionExpression"};

struct Get {
    const json::object* parameters;
    item::Key key;
    std::optional<expression::Projection> projection;
    TablePtr table = nullptr;
};

Outcome<Get> read_get(const json::object& parameters) {
    if (auto checked = check_usage(parameters, kNew, {}, Wording::kOlder); !checked) {
        return failed(checked);
    }
    auto key = attributes_of(*object_of(parameters, "Key"), Wording::kOlder);
    if (!key) {
        return failed(key);
    }
    auto placeholders = placeholders_of(parameters, Wording::kOlder);
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
    return Get{&parameters, *std::move(key), *std::move(projection)};
}

Outcome<std::vector<Get>> read(const json::array& items) {
    std::vector<Get> gets;
    gets.reserve(items.size());
    for (const auto& item : items) {
        const auto* get = item.is_object() ? object_of(item.get_object(), "Get") : nullptr;
        if (get == nullptr) {
            return validation(
                "1 validation error detected: Value null at 'transactItems' failed to satisfy "
                "constraint: Member must not be null");
        }
        auto one = read_get(*get);
        if (!one) {
            return failed(one);
        }
        gets.push_back(*std::move(one));
    }
    return gets;
}

Outcome<void> check(const World& world, std::vector<Get>& gets) {
    for (auto& get : gets) {
        auto table = table_of(world, *get.parameters);
        if (!table) {
            return failed(table);
        }
        get.table = *std::move(table);
        if (auto checked = check_key_values(*get.table, get.key); !checked) {
            return checked;
        }
    }
    std::unordered_set<std::string> seen;
    std::vector<CancellationReason> reasons;
    for (const auto& get : gets) {
        auto checked = check_key_schema(*get.table, get.key);
        if (checked) {
            checked = check_paths(get.projection, *get.table);
        }
        reasons.push_back(reason_of(checked));
        if (!seen.insert(get.table->storage + '\0' + item::encode(get.key)).second) {
            return validation("Transaction request cannot include multiple operations on one item");
        }
    }
    return check_not_cancelled(reasons);
}

using Items = std::vector<std::optional<item::Item>>;

void append_capacities(const std::vector<Get>& gets, const Items& items, Capacity capacity,
                       std::string& out) {
    std::map<std::string_view, Consumed> by_table;
    for (std::size_t i = 0; i < gets.size(); ++i) {
        const auto bytes = items[i] ? item::size_bytes(*items[i]) : 0;
        by_table[gets[i].table->name].table += read_units(bytes, Consistency::kTransaction);
    }
    out += R"(,"ConsumedCapacity":[)";
    std::string_view separator;
    for (const auto& [table, consumed] : by_table) {
        out += std::exchange(separator, ",");
        append_consumed(table, consumed, capacity, Split::kReads, out);
    }
    out += ']';
}

}  // namespace

constinit const Shape kTransactGetItems = structure("TransactGetItemsInput", kMembers);

Outcome<std::string> transact_get_items(World& world, const json::object& parameters) {
    auto gets = read(*array_of(parameters, "TransactItems"));
    if (!gets) {
        return failed(gets);
    }
    if (auto checked = check(world, *gets); !checked) {
        return failed(checked);
    }
    std::vector<store::ItemRef> refs;
    refs.reserve(gets->size());
    for (auto& get : *gets) {
        refs.push_back({get.table->storage, std::move(get.key)});
    }
    const auto items = world.store.get_many(refs);
    if (!items) {
        return passed_on(items.error());
    }
    std::string out = R"({"Responses":[)";
    for (std::size_t i = 0; i < items->size(); ++i) {
        out += i == 0 ? "{" : ",{";
        if (const auto& item = (*items)[i]) {
            out += R"("Item":)";
            append_projected((*gets)[i].projection, *item, out);
        }
        out += '}';
    }
    out += ']';
    if (const auto capacity = capacity_of(parameters); capacity != Capacity::kNone) {
        append_capacities(*gets, *items, capacity, out);
    }
    out += '}';
    return out;
}

}  // namespace meridian::dynamo
