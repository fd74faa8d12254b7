// TransactWriteItems.
#pragma once

#include <vector>

#include "store/dynamodb/link.h"
#include "store/dynamodb/table_shape.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// What the service takes.
inline constexpr std::size_t kTransactionWritesMax = 100;

// Waits for the outcomes. What other transactions are in the way of is tried again, for a while;
// then all are kTransactionCanceled. Sent again for want of an answer it is made once: it has a
// token.
[[nodiscard]] std::vector<WriteOutcome> make_transaction(const Link& link, const Shapes& shapes,
                                                         std::vector<Write> writes);

}  // namespace meridian::store::dynamodb
