// ExclusiveStartKey: where an earlier page ended, as the client gives it back.
#pragma once

#include "dynamo/failure.h"
#include "dynamo/read_target.h"
#include "expression/key_condition.h"
#include "item/key.h"

namespace meridian::dynamo {

// All refuse in the service's words. A start key of an index holds the attributes of its key and of
// the table's.

// For a Query, which sees the conditions and the start key together, attribute by attribute: the
// range to read.
[[nodiscard]] Outcome<expression::KeyRange> match_from(const expression::KeyConditions& conditions,
                                                       const item::Key* start_key,
                                                       const ReadTarget& target);

// For a Scan: what is wrong with it where it reads (a table, an index), and then, what is wrong
// with the table's part of it.
[[nodiscard]] Outcome<void> check_start_there(const item::Key& start_key, const ReadTarget& target);
[[nodiscard]] Outcome<void> check_start_in_table(const item::Key& start_key,
                                                 const ReadTarget& target);

}  // namespace meridian::dynamo
