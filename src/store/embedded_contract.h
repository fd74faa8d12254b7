// What every store of our own does: the suites that memory and RocksDB run beside
// store_contract.h's.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, EmbeddedStore, testing::Values(ReplicaStoreMaker{…}));
#pragma once

#include "store/embedded_contract_indexes.h"   // IWYU pragma: export
#include "store/embedded_contract_log.h"       // IWYU pragma: export
#include "store/embedded_contract_reads.h"     // IWYU pragma: export
#include "store/embedded_contract_tables.h"    // IWYU pragma: export
#include "store/replica_contract_changes.h"    // IWYU pragma: export
#include "store/replica_contract_conflicts.h"  // IWYU pragma: export
#include "store/replica_contract_drops.h"      // IWYU pragma: export
#include "store/replica_contract_histories.h"  // IWYU pragma: export
#include "store/replica_contract_views.h"      // IWYU pragma: export
#include "store/store_contract.h"              // IWYU pragma: export
