// Whether a batch of another region can be meant. Peers are told from strangers elsewhere; a peer
// with a bug must still not put anything into the tables that no client could have written.
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/replica_store.h"
#include "store/table_directory.h"

namespace meridian::store {

// Errors: ReplicaStore::submit_remote's. `region` is this one.
[[nodiscard]] Result<void> check_batch(const TableDirectory& tables, std::string_view region,
                                       const RemoteBatch& batch);

}  // namespace meridian::store
