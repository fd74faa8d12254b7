// What the management API needs of a region that has others.
#pragma once

#include "proof/repairer.h"
#include "proof/store_source.h"
#include "store/replica_store.h"

namespace meridian::rest {

// Everything must outlive the API, and may be used from any thread.
struct ReplicaParts {
    store::ReplicaStore& store;
    proof::StoreSource& hashes;
    proof::Repairer& repairer;
    proof::HeardFunction heard;
};

}  // namespace meridian::rest
