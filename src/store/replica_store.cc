#include "store/replica_store.h"

#include <utility>

#include "store/wait_for.h"

namespace meridian::store {

Result<Applied> ReplicaStore::apply_remote(RemoteBatch batch) {
    return wait_for<Result<Applied>>(
        [&](ApplyDone done) { submit_remote(std::move(batch), std::move(done)); });
}

}  // namespace meridian::store
