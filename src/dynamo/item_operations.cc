#include "dynamo/item_operations.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "dynamo/attribute_values.h"
#include "dynamo/capacity.h"
#include "dynamo/expressions.h"
#include "dynamo/item_keys.h"
#include "dynamo/item_writes.h"
#include "dynamo/update_charge.h"
#include "dynamo/update_checks.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// ---- Parameters, in the order in which the service tells their faults

constexpr std::array kGetItemMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    kTableNameMember,
    Member{"Key", &kAttributeMap, Need::kRequired},
    Member{"AttributesToGet", &kAttributesToGet},
    Member{"ConsistentRead", &kFlag},
    Member{"ProjectionExpression", &kText},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kGetItem = structure("GetItemInput", kGetItemMembers);

constexpr std::array kPutItemMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    kTableNameMember,
    Member{"Item", &kAttributeMap, Need::kRequired},
    Member{"ConditionalOperator", &kConditionalOperator},
    Member{"Expected", &kExpected},
    Member{"ReturnValues", &kReturnValues},
    Member{"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    Member{"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
    Member{"ConditionExpression", &kText},
    Member{"ExpressionAttributeValues", &kAttributeMap},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kPutItem = structure("PutItemInput", kPutItemMembers);

constexpr std::array kDeleteItemMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    kTableNameMember,
    Member{"Key", &kAttributeMap, Need::kRequired},
    Member{"ConditionalOperator", &kConditionalOperator},
    Member{"Expected", &kExpected},
    Member{"ReturnValues", &kReturnValues},
    Member{"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    Member{"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
    Member{"ConditionExpression", &kText},
    Member{"ExpressionAttributeValues", &kAttributeMap},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kDeleteItem = structure("DeleteItemInput", kDeleteItemMembers);

constexpr std::array<std::string_view, 3> kActions{"ADD", "DELETE", "PUT"};
constexpr Shape kAction = one_of(kActions);
constexpr std::array kAttributeUpdateMembers{
    Member{"Action", &kAction},
    Member{"Value", &kAttributeValue},
};
constexpr Shape kAttributeUpdate = structure("AttributeValueUpdate", kAttributeUpdateMembers);
constexpr Shape kAttributeUpdates = map(kAttributeUpdate);
constexpr std::array kUpdateItemMembers{
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    kTableNameMember,
    Member{"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    Member{"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
    Member{"ReturnValues", &kReturnValues, Need::kOptional, Alone::kAlways},
    Member{"ConditionalOperator", &kConditionalOperator},
    Member{"Key", &kAttributeMap, Need::kRequired},
    Member{"Expected", &kExpected},
    Member{"AttributeUpdates", &kAttributeUpdates},
    Member{"ConditionExpression", &kText},
    Member{"UpdateExpression", &kText},
    Member{"ExpressionAttributeValues", &kAttributeMap},
    Member{"ExpressionAttributeNames", &kNames},
};
constexpr Shape kUpdateItem = structure("UpdateItemInput", kUpdateItemMembers);

constexpr std::array<std::string_view, 1> kProjections{"ProjectionExpression"};
constexpr std::array<std::string_view, 1> kConditionsNew{"ConditionExpression"};
constexpr std::array<std::string_view, 2> kUpdatesNew{"UpdateExpression", "ConditionExpression"};
constexpr std::array<std::string_view, 1> kProjectionsOld{"AttributesToGet"};
constexpr std::array<std::string_view, 2> kConditionsOld{"Expected", "ConditionalOperator"};
constexpr std::array<std::string_view, 3> kUpdatesOld{"AttributeUpdates", "Expected",
                                                      "ConditionalOperator"};

// Writes wrap what is wrong with the request itself.
template <typename T>
Outcome<T> enveloped(const json::object& parameters, Outcome<T> request) {
    if (!request && request.error().type == "ValidationException" && !is_deep(parameters)) {
        request.error().message.insert(0, "1 validation error detected: ");
    }
    return request;
}

// ---- GetItem

Outcome<std::string> get_item(World& world, const json::object& parameters) {
    if (auto checked = check_usage(parameters, kProjections, kProjectionsOld); !checked) {
        return failed(checked);
    }
    auto key = attributes_of(*object_of(parameters, "Key"));
    if (!key) {
        return failed(key);
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
    auto table = table_of(world, parameters);
    if (!table) {
        return failed(table);
    }
    if (auto checked = check_key(**table, *key); !checked) {
        return failed(checked);
    }
    if (auto checked = check_paths(*projection, **table); !checked) {
        return failed(checked);
    }
    const auto item = world.store.get({(*table)->storage, *std::move(key)});
    if (!item) {
        return passed_on(item.error());
    }
    std::string out = "{";
    if (*item) {
        out += R"("Item":)";
        append_projected(*projection, **item, out);
    }
    if (const auto capacity = capacity_of(parameters); capacity != Capacity::kNone) {
        const auto consistency = flag_of(parameters, "ConsistentRead").value_or(false)
                                     ? Consistency::kStrong
                                     : Consistency::kEventual;
        out += *item ? R"(,"ConsumedCapacity":)" : R"("ConsumedCapacity":)";
        append_consumed((*table)->name,
                        {.table = read_units(*item ? item::size_bytes(**item) : 0, consistency)},
                        capacity, Split::kNone, out);
    }
    out += '}';
    return out;
}

// ---- PutItem

Outcome<std::optional<expression::Condition>> only_condition(const json::object& parameters) {
    auto placeholders = placeholders_of(parameters);
    if (!placeholders) {
        return failed(placeholders);
    }
    auto condition = condition_of(parameters, *placeholders);
    if (!condition) {
        return condition;
    }
    if (auto checked = check_used(*placeholders); !checked) {
        return failed(checked);
    }
    return condition;
}

Outcome<void> check_returned(const json::object& parameters) {
    const auto returned = text_of(parameters, "ReturnValues").value_or("NONE");
    return returned == "NONE" || returned == "ALL_OLD"
               ? Outcome<void>{}
               : Outcome<void>(validation("ReturnValues can only be ALL_OLD or NONE"));
}

// What a write says before its table is looked at.
struct PutRequest {
    item::Item item;
    std::optional<expression::Condition> condition;
};

Outcome<PutRequest> read_put(const json::object& parameters) {
    if (auto checked = check_usage(parameters, kConditionsNew, kConditionsOld); !checked) {
        return failed(checked);
    }
    auto item = attributes_of(*object_of(parameters, "Item"));
    if (!item) {
        return failed(item);
    }
    if (auto checked = check_returned(parameters); !checked) {
        return failed(checked);
    }
    if (item::size_bytes(*item) > item::kItemBytesMax) {
        return validation("Item size has exceeded the maximum allowed size");
    }
    auto condition = only_condition(parameters);
    return condition ? Outcome<PutRequest>({*std::move(item), *std::move(condition)})
                     : failed(condition);
}

Outcome<ItemWrite> put_of(const World& world, const json::object& parameters) {
    auto put = enveloped(parameters, read_put(parameters));
    if (!put) {
        return failed(put);
    }
    auto table = table_of(world, parameters);
    if (!table) {
        return failed(table);
    }
    if (auto checked = check_item_keys(**table, put->item); !checked) {
        return failed(checked);
    }
    if (auto checked = check_paths(put->condition, **table); !checked) {
        return failed(checked);
    }
    ItemWrite write{.table = *table, .write = {}, .key = key_in((*table)->key, put->item)};
    write.write = {(*table)->storage, store::PutItem{std::move(put->item)},
                   std::move(put->condition)};
    read_returned(parameters, write);
    return write;
}

// ---- DeleteItem

struct DeleteRequest {
    item::Key key;
    std::optional<expression::Condition> condition;
};

Outcome<DeleteRequest> read_delete(const json::object& parameters) {
    if (auto checked = check_usage(parameters, kConditionsNew, kConditionsOld); !checked) {
        return failed(checked);
    }
    auto key = attributes_of(*object_of(parameters, "Key"));
    if (!key) {
        return failed(key);
    }
    if (auto checked = check_returned(parameters); !checked) {
        return failed(checked);
    }
    auto condition = only_condition(parameters);
    return condition ? Outcome<DeleteRequest>({*std::move(key), *std::move(condition)})
                     : failed(condition);
}

Outcome<ItemWrite> delete_of(const World& world, const json::object& parameters) {
    auto request = enveloped(parameters, read_delete(parameters));
    if (!request) {
        return failed(request);
    }
    auto table = table_of(world, parameters);
    if (!table) {
        return failed(table);
    }
    if (auto checked = check_key(**table, request->key); !checked) {
        return failed(checked);
    }
    if (auto checked = check_paths(request->condition, **table); !checked) {
        return failed(checked);
    }
    ItemWrite write{.table = *table, .write = {}, .key = request->key};
    write.write = {(*table)->storage, store::DeleteItem{std::move(request->key)},
                   std::move(request->condition)};
    read_returned(parameters, write);
    return write;
}

// ---- UpdateItem

struct UpdateRequest {
    item::Key key;
    expression::Update update;
    std::optional<expression::Condition> condition;
};

Outcome<UpdateRequest> read_update(const json::object& parameters) {
    if (auto checked = check_usage(parameters, kUpdatesNew, kUpdatesOld); !checked) {
        return failed(checked);
    }
    auto key = attributes_of(*object_of(parameters, "Key"));
    if (!key) {
        return failed(key);
    }
    auto placeholders = placeholders_of(parameters);
    if (!placeholders) {
        return failed(placeholders);
    }
    auto update = update_of(parameters, *placeholders);
    if (!update) {
        return failed(update);
    }
    auto condition = condition_of(parameters, *placeholders);
    if (!condition) {
        return failed(condition);
    }
    if (auto checked = check_used(*placeholders); !checked) {
        return failed(checked);
    }
    return UpdateRequest{*std::move(key), (*std::move(update)).value_or(expression::Update{}),
                         *std::move(condition)};
}

Outcome<void> check_update_request(const UpdateRequest& request, const TableDescription& table,
                                   const json::object& parameters) {
    if (auto checked = check_key(table, request.key); !checked) {
        return checked;
    }
    // Older updates are only measured by the item that they make.
    if (has(parameters, "UpdateExpression") && charge_of(request.update) > item::kItemBytesMax) {
        return validation("Item size to update has exceeded the maximum allowed size");
    }
    if (auto checked = check_update_schema(table, request.update); !checked) {
        return checked;
    }
    if (auto checked = check_update_values(table, request.update); !checked) {
        return checked;
    }
    return check_paths(request.condition, table);
}

Outcome<ItemWrite> update_item_of(const World& world, const json::object& parameters) {
    auto request = enveloped(parameters, read_update(parameters));
    if (!request) {
        return failed(request);
    }
    auto table = table_of(world, parameters);
    if (!table) {
        return failed(table);
    }
    if (auto checked = check_update_request(*request, **table, parameters); !checked) {
        return failed(checked);
    }
    ItemWrite write{.table = *table, .write = {}, .key = request->key};
    read_returned(parameters, write);
    if (write.returned == Returned::kUpdatedOld || write.returned == Returned::kUpdatedNew) {
        write.updated = targets_of(request->update);
    }
    write.copies = CopiesFit(**table, request->update, request->condition);
    write.write = {(*table)->storage,
                   store::UpdateItem{std::move(request->key), std::move(request->update)},
                   std::move(request->condition)};
    return write;
}

template <Outcome<ItemWrite> (*Read)(const World&, const json::object&)>
void writing(Call call) {
    auto write = Read(call.world, call.parameters());
    if (write) {
        make(std::move(call), *std::move(write));
    } else {
        call.respond(failed(write));
    }
}

constexpr std::array kOperations{
    Operation{.name = "GetItem", .parameters = &kGetItem, .run = &answering<get_item>},
    Operation{.name = "PutItem", .parameters = &kPutItem, .run = &writing<put_of>},
    Operation{.name = "DeleteItem", .parameters = &kDeleteItem, .run = &writing<delete_of>},
    Operation{.name = "UpdateItem", .parameters = &kUpdateItem, .run = &writing<update_item_of>},
};

}  // namespace

std::span<const Operation> item_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
