// The actions of a TransactWriteItems: read, and checked.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "dynamo/cancellation.h"
#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/shape.h"
#include "dynamo/table_catalog.h"
#include "dynamo/update_checks.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "store/table_store.h"

namespace meridian::dynamo {

extern const Shape kTransactWriteItemList;

enum class ActionKind : std::uint8_t { kConditionCheck, kPut, kDelete, kUpdate };

struct TransactAction {
    ActionKind kind = ActionKind::kPut;
    const boost::json::object* parameters = nullptr;
    item::Map attributes = {};  // the item of a put, else the key
    expression::Update update = {};
    std::optional<expression::Condition> condition = std::nullopt;
    TablePtr table = nullptr;
    item::Key key = {};
    bool item_on_failure = false;
    CopiesFit copies = {};
};

// The first fault in the order of the actions. ValidationException.
[[nodiscard]] Outcome<std::vector<TransactAction>> read_actions(const boost::json::array& items);

// Finds the tables and the keys. ResourceNotFoundException, ValidationException, and
// TransactionCanceledException for what only the transaction could see.
[[nodiscard]] Outcome<void> check_actions(const World& world, std::vector<TransactAction>& actions);

// Takes what it needs out of the action.
[[nodiscard]] store::Write store_write(TransactAction& action);

}  // namespace meridian::dynamo
