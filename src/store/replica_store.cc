#include "store/replica_store.h"

#include <utility>

#include "base/random.h"
#include "store/wait_for.h"

namespace meridian::store {

LogId new_log_id() {
    SystemRandom random;
    LogId id{};
    while (id == LogId{}) {
        id = LogId{random.next()};
    }
    return id;
}

Result<Applied> ReplicaStore::apply_remote(RemoteBatch batch) {
    return wait_for<Result<Applied>>(
        [&](ApplyDone done) { submit_remote(std::move(batch), std::move(done)); });
}

}  // namespace meridian::store
