// What a CreateTable request makes.
#pragma once

#include <boost/json/object.hpp>

#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

// The table that it asks for, by a new id. Looks at nothing but the request.
[[nodiscard]] Outcome<TableDescription> new_table(World& world,
                                                  const boost::json::object& parameters);

// What becomes of the name: nothing has it, or it is one of Meridian's own tables, which whoever
// creates it first takes over. ResourceInUseException; ValidationException when a table of
// Meridian's own was asked for with another key.
[[nodiscard]] Outcome<TableDescription> created_over(const TablePtr& now, TableDescription wanted);

// A UUID (version 4, RFC 9562).
[[nodiscard]] std::string new_uuid(Random& random);
// The table's stream is on from now on.
void switch_stream_on(TableDescription& table, StreamView view, Instant now);

}  // namespace meridian::dynamo
