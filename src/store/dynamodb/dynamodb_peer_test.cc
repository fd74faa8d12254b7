// The contract of stores, over DynamoDB's protocol: against our own service in this process, and
// against the endpoint that MERIDIAN_CONTRACT_ENDPOINT names (tests/e2e/test_dynamodb_store.py).
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

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

// Tables of names that no other test has; they go with the store.
std::shared_ptr<TableStore> make_at_endpoint(const Clock& clock, const std::string& /*region*/) {
    DynamoDbOptions options{.prefix = "Contract-" + kernel_random().alphanumeric(10) + "-"};
    if (std::getenv("MERIDIAN_CONTRACT_PROVISIONED") != nullptr) {
        options.provisioned = ProvisionedUnits{1'000, 1'000};
    }
    auto store =
        open_dynamodb_store(endpoint_service(), std::move(options), clock, kernel_random());
    return {store.release(), [](TableStore* used) {
                for (const auto& table : used->list_tables()) {
                    const auto dropped = used->drop_table(table.name);
                    EXPECT_TRUE(dropped) << dropped.error().message;
                }
                delete used;
            }};
}

std::vector<StoreMaker> makers() {
    std::vector<StoreMaker> all{{make_in_process, 10, false}};
    if (endpoint_url()) {
        all.push_back({make_at_endpoint, 10, false});
    }
    return all;
}

std::string name_of(const testing::TestParamInfo<StoreMaker>& maker) {
    return maker.index == 0 ? "InProcess" : "Endpoint";
}

INSTANTIATE_TEST_SUITE_P(DynamoDb, StoreContract, testing::ValuesIn(makers()), name_of);
INSTANTIATE_TEST_SUITE_P(DynamoDb, StoreReads, testing::ValuesIn(makers()), name_of);
INSTANTIATE_TEST_SUITE_P(DynamoDb, StoreIndexes, testing::ValuesIn(makers()), name_of);

}  // namespace
}  // namespace meridian::store
