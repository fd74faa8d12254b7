#include "dynamo/batch_operations.h"

#include <array>

#include "dynamo/batch_get.h"
#include "dynamo/batch_write.h"

namespace meridian::dynamo {

std::span<const Operation> batch_operations() {
    static constexpr std::array kOperations{
        Operation{.name = "BatchGetItem",
                  .parameters = &kBatchGetItem,
                  .run = &answering<batch_get_item>},
        Operation{
            .name = "BatchWriteItem", .parameters = &kBatchWriteItem, .run = &batch_write_item},
    };
    return kOperations;
}

}  // namespace meridian::dynamo
