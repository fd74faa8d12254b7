// TransactWriteItems: up to 100 writes and checks, all of them or none.
#pragma once

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kTransactWriteItems;
// Answers when all of it is durable, or refused. Doesn't wait.
void transact_write_items(Call call);

}  // namespace meridian::dynamo
