// What Query and Scan ask for alike, and how a page of either is answered.
//
// Both read their parameters in the service's order: first what is wrong with a request alone, then
// what is wrong with it for the table that it names. So its parts are read one by one.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dynamo/attribute_values.h"
#include "dynamo/capacity.h"
#include "dynamo/operation.h"
#include "dynamo/read_target.h"
#include "expression/condition.h"
#include "expression/placeholders.h"
#include "expression/projection.h"
#include "item/key.h"
#include "store/table_store.h"

namespace meridian::dynamo {

// ---- Parameters

// A value.
struct Reading {
    ReadTarget target = {};
    Select select = Select::kAllAttributes;
    std::optional<expression::Condition> filter = std::nullopt;
    std::optional<expression::Projection> projection = std::nullopt;
    std::optional<item::Key> start_key = std::nullopt;  // of an index: both keys
    std::size_t limit = 0;                              // 0: as many as a page holds
    bool consistent = false;
    Capacity capacity = Capacity::kNone;
    Wording wording = Wording::kCurrent;  // of the operation; set before anything is read
};

// What a constraint of an integer says: "1 validation error detected: Value at 'Limit' …".
[[nodiscard]] Outcome<void> check_at_least(const boost::json::object& parameters,
                                           std::string_view name, std::int64_t least);
// Limit, ConsistentRead, ReturnConsumedCapacity, Select with what stands beside it.
[[nodiscard]] Outcome<void> read_options(const boost::json::object& parameters, Reading& reading);
// ExclusiveStartKey; that it is a key is for start_key.h to check.
[[nodiscard]] Outcome<void> read_start_key(const boost::json::object& parameters, Reading& reading);
// QueryFilter or ScanFilter, and AttributesToGet: when there are no expressions in their place.
[[nodiscard]] Outcome<void> read_legacy_filter(const boost::json::object& parameters,
                                               std::string_view name, Reading& reading);
[[nodiscard]] Outcome<void> read_legacy_projection(const boost::json::object& parameters,
                                                   Reading& reading);
// FilterExpression, then ProjectionExpression.
[[nodiscard]] Outcome<void> read_expressions(const boost::json::object& parameters,
                                             expression::Placeholders& placeholders,
                                             Reading& reading);
// TableName and IndexName. REQUIRES: read_options().
[[nodiscard]] Outcome<void> read_target_of(const boost::json::object& parameters,
                                           const TableCatalog& tables, Reading& reading);

// Paths into key attributes, and what an index doesn't hold.
[[nodiscard]] Outcome<void> check_projection_paths(const Reading& reading);
[[nodiscard]] Outcome<void> check_filter_paths(const Reading& reading);

// ---- The answer

// Sets what store::Query and store::Scan have alike.
template <typename Request>
void fill(const Reading& reading, Request& request) {
    request.table = reading.target.table->storage;
    request.index =
        reading.target.index != nullptr ? reading.target.index->schema.name : std::string();
    request.start_after = reading.start_key;
    request.limit = reading.limit;
    request.filter = reading.filter;
    request.whole_items = needs_whole_items(reading.select, reading.projection, reading.target);
}

// {"Count":1,"Items":[…],"ScannedCount":1,…}. An index that isn't ready is refused as the service
// does.
[[nodiscard]] Outcome<std::string> answer_of(const Reading& reading,
                                             const Result<store::Page>& page);

}  // namespace meridian::dynamo
