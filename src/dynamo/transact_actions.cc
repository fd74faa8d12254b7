#include "dynamo/transact_actions.h"

#include <array>
#include <string>
#include <unordered_set>
#include <utility>

#include "dynamo/attribute_values.h"
#include "dynamo/expressions.h"
#include "dynamo/item_keys.h"
#include "dynamo/item_writes.h"
#include "item/codec.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// Developer guide, quotas: the items of one transaction.
constexpr std::size_t kBytesMax = std::size_t{4} * 1024 * 1024;

constexpr Member kCondition{"ConditionExpression", &kText};
constexpr Member kRequiredCondition{"ConditionExpression", &kText, Need::kRequired};
constexpr Member kKey{"Key", &kAttributeMap, Need::kRequired};
constexpr Member kTable{"TableName", &kTableNameOrArn, Need::kRequired};
constexpr Member kNamesGiven{"ExpressionAttributeNames", &kNames};
constexpr Member kValuesGiven{"ExpressionAttributeValues", &kAttributeMap};
constexpr Member kOnFailure{"ReturnValuesOnConditionCheckFailure",
                            &kReturnValuesOnConditionCheckFailure};

constexpr std::array kConditionCheckMembers{kKey,        kTable,       kRequiredCondition,
                                            kNamesGiven, kValuesGiven, kOnFailure};
constexpr Shape kConditionCheck = structure("ConditionCheck", kConditionCheckMembers);
constexpr std::array kPutMembers{Member{"Item", &kAttributeMap, Need::kRequired},
                                 kTable,
                                 kCondition,
                                 kNamesGiven,
                                 kValuesGiven,
                                 kOnFailure};
constexpr Shape kPut = structure("Put", kPutMembers);
constexpr std::array kDeleteMembers{kKey,        kTable,       kCondition,
                                    kNamesGiven, kValuesGiven, kOnFailure};
constexpr Shape kDelete = structure("Delete", kDeleteMembers);
constexpr std::array kUpdateMembers{
    kKey,        Member{"UpdateExpression", &kText, Need::kRequired},
    kTable,      kCondition,
    kNamesGiven, kValuesGiven,
    kOnFailure};
constexpr Shape kUpdate = structure("Update", kUpdateMembers);
constexpr std::array kTransactWriteItemMembers{
    Member{"ConditionCheck", &kConditionCheck},
    Member{"Put", &kPut},
    Member{"Delete", &kDelete},
    Member{"Update", &kUpdate},
};
constexpr Shape kTransactWriteItem = structure("TransactWriteItem", kTransactWriteItemMembers);

constexpr std::array<std::string_view, 1> kConditionOnly{"ConditionExpression"};
constexpr std::array<std::string_view, 2> kUpdateAndCondition{"UpdateExpression",
                                                              "ConditionExpression"};

// Which one the item is, with its parameters.
Outcome<TransactAction> action_of(const json::value& json) {
    TransactAction action;
    int found = 0;
    if (const auto* item = json.if_object()) {
        constexpr std::array<std::pair<std::string_view, ActionKind>, 4> kKinds{
            {{"ConditionCheck", ActionKind::kConditionCheck},
             {"Put", ActionKind::kPut},
             {"Delete", ActionKind::kDelete},
             {"Update", ActionKind::kUpdate}}};
        for (const auto& [name, kind] : kKinds) {
            if (const auto* parameters = object_of(*item, name)) {
                action.kind = kind;
                action.parameters = parameters;
                ++found;
            }
        }
    }
    return found == 1
               ? Outcome<TransactAction>(std::move(action))
               : validation("TransactItems can only contain one of Check, Put, Update or Delete");
}

Outcome<void> read_expressions(TransactAction& action) {
    const auto& parameters = *action.parameters;
    auto placeholders = placeholders_of(parameters, Wording::kOlder);
    if (!placeholders) {
        return failed(placeholders);
    }
    if (action.kind == ActionKind::kUpdate) {
        auto update = update_of(parameters, *placeholders, Wording::kOlder);
        if (!update) {
            return failed(update);
        }
        action.update = (*std::move(update)).value_or(expression::Update{});
    }
    auto condition = condition_of(parameters, *placeholders, Wording::kOlder);
    if (!condition) {
        return failed(condition);
    }
    action.condition = *std::move(condition);
    return check_used(*placeholders);
}

Outcome<void> read_item(TransactAction& action) {
    const auto& json = *object_of(*action.parameters, "Item");
    if (json.contains("")) {
        return validation("Empty attribute name");
    }
    auto item = attributes_of(json, Wording::kOlder);
    if (!item) {
        return failed(item);
    }
    if (item::size_bytes(*item) > item::kItemBytesMax) {
        return validation("Item size has exceeded the maximum allowed size");
    }
    action.attributes = *std::move(item);
    return {};
}

Outcome<void> read_key(TransactAction& action) {
    auto key = attributes_of(*object_of(*action.parameters, "Key"), Wording::kOlder);
    if (!key) {
        return failed(key);
    }
    action.attributes = *std::move(key);
    return {};
}

Outcome<TransactAction> read_action(const json::value& json) {
    auto action = action_of(json);
    if (!action) {
        return action;
    }
    const bool update = action->kind == ActionKind::kUpdate;
    if (auto checked = check_usage(
            *action->parameters,
            update ? std::span<const std::string_view>(kUpdateAndCondition) : kConditionOnly, {},
            Wording::kOlder);
        !checked) {
        return failed(checked);
    }
    const bool put = action->kind == ActionKind::kPut;
    // Expressions come before keys, but after items.
    if (auto checked = put ? read_item(*action) : read_expressions(*action); !checked) {
        return failed(checked);
    }
    if (auto checked = put ? read_expressions(*action) : read_key(*action); !checked) {
        return failed(checked);
    }
    action->item_on_failure =
        text_of(*action->parameters, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
    return action;
}

// What of an action only its transaction sees.
Outcome<void> check_schema(const TransactAction& action) {
    const auto& table = *action.table;
    auto checked = action.kind == ActionKind::kPut ? check_item_schema(table, action.attributes)
                                                   : check_key_schema(table, action.attributes);
    if (checked && action.kind == ActionKind::kUpdate) {
        checked = check_update_schema(table, action.update);
    }
    return checked ? check_paths(action.condition, table) : checked;
}

Outcome<void> check_values(const TransactAction& action) {
    auto checked = check_key_values(*action.table, action.attributes);
    if (checked && action.kind == ActionKind::kUpdate) {
        return check_update_values(*action.table, action.update);
    }
    return checked && action.kind == ActionKind::kPut
               ? check_index_values(*action.table, action.attributes)
               : checked;
}

Outcome<void> find_tables(const World& world, std::vector<TransactAction>& actions) {
    for (auto& action : actions) {
        auto table = table_of(world, *action.parameters);
        if (!table) {
            return failed(table);
        }
        action.table = *std::move(table);
    }
    return {};
}

}  // namespace

constinit const Shape kTransactWriteItemList = list(kTransactWriteItem, {.min = 1, .max = 100});

Outcome<std::vector<TransactAction>> read_actions(const json::array& items) {
    std::vector<TransactAction> actions;
    actions.reserve(items.size());
    std::size_t bytes = 0;
    for (const auto& item : items) {
        auto action = read_action(item);
        if (!action) {
            return failed(action);
        }
        bytes += item::size_bytes(action->attributes);
        actions.push_back(*std::move(action));
    }
    if (bytes > kBytesMax) {
        return validation("The total size of the items in the transaction exceeds 4 MB");
    }
    return actions;
}

Outcome<void> check_actions(const World& world, std::vector<TransactAction>& actions) {
    if (auto found = find_tables(world, actions); !found) {
        return found;
    }
    for (const auto& action : actions) {
        if (auto checked = check_values(action); !checked) {
            return checked;
        }
    }
    std::unordered_set<std::string> seen;
    std::vector<CancellationReason> reasons;
    reasons.reserve(actions.size());
    for (auto& action : actions) {
        reasons.push_back(reason_of(check_schema(action)));
        if (!reasons.back().code.empty()) {
            continue;
        }
        action.key = key_in(action.table->key, action.attributes);
        if (!seen.insert(action.table->storage + '\0' + item::encode(action.key)).second) {
            return validation("Transaction request cannot include multiple operations on one item");
        }
    }
    return check_not_cancelled(reasons);
}

store::Write store_write(TransactAction& action) {
    action.copies = CopiesFit(*action.table, action.update, action.condition);
    store::Write write{
        .table = action.table->storage, .action = {}, .condition = std::move(action.condition)};
    switch (action.kind) {
        case ActionKind::kConditionCheck:
            write.action = store::CheckItem{action.key};
            break;
        case ActionKind::kPut:
            write.action = store::PutItem{std::move(action.attributes)};
            break;
        case ActionKind::kDelete:
            write.action = store::DeleteItem{action.key};
            break;
        case ActionKind::kUpdate:
            write.action = store::UpdateItem{action.key, std::move(action.update)};
            break;
    }
    return write;
}

}  // namespace meridian::dynamo
