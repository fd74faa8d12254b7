// What PutItem, UpdateItem and DeleteItem have in common: one write, and what its answer shows.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "dynamo/capacity.h"
#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/table_catalog.h"
#include "dynamo/update_checks.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "item/key.h"
#include "store/table_store.h"

namespace meridian::dynamo {

// ReturnValues.
enum class Returned : std::uint8_t { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };

struct ItemWrite {
    TablePtr table;
    store::Write write;
    item::Key key;
    Returned returned = Returned::kNone;
    std::vector<expression::Path> updated = {};  // read by kUpdatedOld and kUpdatedNew only
    bool item_on_failure = false;                // ReturnValuesOnConditionCheckFailure
    CopiesFit copies = {};                       // of an update
    Capacity capacity = Capacity::kNone;
    bool metrics = false;  // ReturnItemCollectionMetrics
};

// The table that the parameter TableName names. ResourceNotFoundException.
[[nodiscard]] Outcome<TablePtr> table_of(const World& world, const boost::json::object& parameters);

// Reads the parameters about the answer.
void read_returned(const boost::json::object& parameters, ItemWrite& write);

// The write's error in the service's words; `before` is the item as it was.
[[nodiscard]] Failure refusal_of(const store::Write& write, bool item_on_failure,
                                 store::WriteOutcome& outcome);

// "ItemCollectionKey":{…},"SizeEstimateRangeGB":[0.0,1.0] of a table with local indexes: `{…}`.
[[nodiscard]] bool has_item_collections(const TableDescription& table);
void append_metrics(const TableDescription& table, const item::Key& key, std::string& out);

// Makes the write and answers when it is durable. Doesn't wait.
void make(Call call, ItemWrite write);

}  // namespace meridian::dynamo
