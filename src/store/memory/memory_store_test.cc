#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include "store/store_contract.h"

namespace meridian::store {
namespace {

constexpr StoreMaker kMaker{
    [](const Clock& clock, const std::string& region) {
        return std::shared_ptr<ReplicaStore>(open_memory_store(clock, region));
    },
    1000};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, StoreReads, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, StoreIndexes, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, ReplicaContract, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, ReplicaHistories, testing::Values(kMaker));

}  // namespace
}  // namespace meridian::store
