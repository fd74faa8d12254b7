// open_rocksdb_store() on another disk than the machine's: tests give one that fails or loses
// power.
#pragma once

#include <rocksdb/env.h>

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "store/replica_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/salvage.h"

namespace meridian::store {

// `env` must outlive the store.
[[nodiscard]] Result<std::unique_ptr<ReplicaStore>> open_rocksdb_store_on(
    rocksdb::Env* env, const RocksDbOptions& options, const Clock& clock);

[[nodiscard]] Result<Salvaged> salvage_on(rocksdb::Env* env, const RocksDbOptions& options,
                                          const Clock& clock);

}  // namespace meridian::store
