// BatchWriteItem: up to 25 puts and deletes, each of which stands for itself.
#pragma once

#include "dynamo/operation.h"

namespace meridian::dynamo {

extern const Shape kBatchWriteItem;
// Answers when all of them are durable. Doesn't wait.
void batch_write_item(Call call);

}  // namespace meridian::dynamo
