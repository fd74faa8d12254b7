// What every TableStore does, and every ReplicaStore: the suites that all implementations run.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreMaker{…}));
#pragma once

#include "store/replica_contract_changes.h"     // IWYU pragma: export
#include "store/replica_contract_conflicts.h"   // IWYU pragma: export
#include "store/replica_contract_histories.h"   // IWYU pragma: export
#include "store/replica_contract_views.h"       // IWYU pragma: export
#include "store/store_contract_drops.h"         // IWYU pragma: export
#include "store/store_contract_extents.h"       // IWYU pragma: export
#include "store/store_contract_fixture.h"       // IWYU pragma: export
#include "store/store_contract_indexes.h"       // IWYU pragma: export
#include "store/store_contract_log.h"           // IWYU pragma: export
#include "store/store_contract_reads.h"         // IWYU pragma: export
#include "store/store_contract_tables.h"        // IWYU pragma: export
#include "store/store_contract_transactions.h"  // IWYU pragma: export
#include "store/store_contract_writes.h"        // IWYU pragma: export
