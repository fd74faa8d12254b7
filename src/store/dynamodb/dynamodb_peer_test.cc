// The contract of stores, over DynamoDB's protocol.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/random.h"
#include "store/dynamodb/dynamodb_store.h"
#include "store/dynamodb/endpoint_for_tests.h"
#include "store/store_contract.h"

namespace meridian::store {
namespace {

SystemRandom& kernel_random() {
    static SystemRandom random;
    return random;
}

std::shared_ptr<TableStore> make_in_process(const Clock& clock, const std::string& /*region*/) {
    return open_dynamodb_store(std::make_shared<RegionInProcess>(), {.prefix = "Contract-"}, clock,
                               kernel_random());
}

constexpr StoreMaker kInProcess{make_in_process, 10, false};
INSTANTIATE_TEST_SUITE_P(InProcess, StoreContract, testing::Values(kInProcess));
INSTANTIATE_TEST_SUITE_P(InProcess, StoreReads, testing::Values(kInProcess));
INSTANTIATE_TEST_SUITE_P(InProcess, StoreIndexes, testing::Values(kInProcess));

}  // namespace
}  // namespace meridian::store
