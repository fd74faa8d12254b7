// What an UpdateTable request makes of a table.
#pragma once

#include <boost/json/object.hpp>

#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/table_description.h"
#include "dynamo/table_view.h"

namespace meridian::dynamo {

// What can be told without looking at the table: the service changes one thing a request.
[[nodiscard]] Outcome<void> check_update(const boost::json::object& parameters);

struct Updated {
    TableDescription table;
    TableDescription shown;  // capacity is shown as it was, until it has changed
    UnderWay under_way;
};
[[nodiscard]] Outcome<Updated> updated(World& world, const TableDescription& now,
                                       const boost::json::object& parameters);

// ---- Its larger parts

// GlobalSecondaryIndexUpdates. REQUIRES: check_update() passes; the table has the billing mode that
// it is to have.
[[nodiscard]] Outcome<void> update_indexes(World& world, const boost::json::object& parameters,
                                           BillingMode before, Updated& update);
// ReplicaUpdates.
[[nodiscard]] Outcome<void> update_replicas(World& world, const boost::json::object& parameters,
                                            Updated& update);

// Notes when capacity was raised or lowered.
void note_change(const Throughput& from, const Throughput& to, Instant now, item::Map& further);

}  // namespace meridian::dynamo
