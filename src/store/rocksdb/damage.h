// Damage made on purpose, for tests and drills.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::store {

// Changes one bit of byte `byte` of what is stored of an item, behind the back of the store: no
// version, change or observer tells of it. From then on the item is damaged. Beside writes of the
// same item one of the two may be lost. kInvalidInput: there is no such item, or it has fewer
// bytes; kNotSupported: the store keeps no bytes.
[[nodiscard]] Result<void> flip_byte(ReplicaStore& store, const ItemRef& ref, std::size_t byte);

}  // namespace meridian::store
