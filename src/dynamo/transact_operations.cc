#include "dynamo/transact_operations.h"

#include <array>

#include "dynamo/transact_get.h"
#include "dynamo/transact_write.h"

namespace meridian::dynamo {

std::span<const Operation> transact_operations() {
    static constexpr std::array kOperations{
        Operation{.name = "TransactGetItems",
                  .parameters = &kTransactGetItems,
                  .run = &answering<transact_get_items>},
        Operation{.name = "TransactWriteItems",
                  .parameters = &kTransactWriteItems,
                  .pace = Pace::kWaits,
                  .run = &transact_write_items},
    };
    return kOperations;
}

}  // namespace meridian::dynamo
