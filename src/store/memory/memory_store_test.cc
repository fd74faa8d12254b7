#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include "store/embedded_contract.h"

namespace meridian::store {
namespace {

std::shared_ptr<ReplicaStore> make_for_contract(const Clock& clock, const std::string& region) {
    return open_memory_store(clock, region);
}

constexpr auto kStore = embedded<make_for_contract>(1000);
INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(kStore));
INSTANTIATE_TEST_SUITE_P(Memory, StoreReads, testing::Values(kStore));
INSTANTIATE_TEST_SUITE_P(Memory, StoreIndexes, testing::Values(kStore));
constexpr ReplicaStoreMaker kMaker{make_for_contract, 1000};
INSTANTIATE_TEST_SUITE_P(Memory, EmbeddedStore, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, EmbeddedIndexes, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, ReplicaContract, testing::Values(kMaker));
INSTANTIATE_TEST_SUITE_P(Memory, ReplicaHistories, testing::Values(kMaker));

}  // namespace
}  // namespace meridian::store
