// Why the service refused a transaction, write by write.
#pragma once

#include <span>
#include <vector>

#include "store/dynamodb/link.h"
#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// Those that have an error keep it, the others get kTransactionCanceled; nothing was made.
void cancel_others(std::vector<WriteOutcome>& outcomes);

// What TransactionCanceledException says of each write. Nothing: it says too little.
[[nodiscard]] std::optional<std::vector<WriteOutcome>> outcomes_of_cancellation(
    const aws::ServiceError& refused, std::span<const Write> writes);
// Whether it failed only because of what else goes on at the time.
[[nodiscard]] bool is_passing(const aws::ServiceError& refused);

// A refusal of all: of whatever it can be told which write it is about, that one has the error.
[[nodiscard]] std::vector<WriteOutcome> blame(const Link& link, const Shapes& shapes,
                                              std::span<const Write> writes, Error error);

}  // namespace meridian::store::dynamodb
