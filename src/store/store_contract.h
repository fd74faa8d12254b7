// What every TableStore does: the suites that all implementations run (StoreContract, StoreReads,
// StoreIndexes). Those of our own stores run embedded_contract.h's, too.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreMaker{…}));
#pragma once

#include "store/store_contract_drops.h"         // IWYU pragma: export
#include "store/store_contract_extents.h"       // IWYU pragma: export
#include "store/store_contract_fixture.h"       // IWYU pragma: export
#include "store/store_contract_indexes.h"       // IWYU pragma: export
#include "store/store_contract_reads.h"         // IWYU pragma: export
#include "store/store_contract_submissions.h"   // IWYU pragma: export
#include "store/store_contract_tables.h"        // IWYU pragma: export
#include "store/store_contract_transactions.h"  // IWYU pragma: export
#include "store/store_contract_writes.h"        // IWYU pragma: export
