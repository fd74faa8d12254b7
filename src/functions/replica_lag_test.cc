#include "functions/replica_lag.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "catalog/tables.h"
#include "store/memory/memory_store.h"

namespace meridian::functions {
namespace {

using std::chrono::milliseconds;

class ReplicaLag : public testing::Test {
  protected:
    ReplicaLag() {
        EXPECT_TRUE(catalog::create_tables(*here_));
        EXPECT_TRUE(catalog::create_tables(*there_));
    }

    static void check(store::TableStore& replica, const char* at) {
        ASSERT_FALSE(
            replica
                .write({std::string(catalog::kRegionHealthTable),
                        store::PutItem{
                            {{"region", "eu-west-1"}, {"observer", "eu-west-1"}, {"probedAt", at}}},
                        {}})
                .error);
    }
    [[nodiscard]] std::optional<milliseconds> lag() const {
        return replica_lag(*here_, *there_, "eu-west-1", clock_);
    }

    ManualClock clock_{*parse_instant("2025-02-26T15:00:00Z")};
    std::unique_ptr<store::ReplicaStore> here_ = store::open_memory_store(clock_);
    std::unique_ptr<store::ReplicaStore> there_ = store::open_memory_store(clock_);
};

TEST_F(ReplicaLag, IsZeroWhenTheLastCheckHasCome) {
    check(*there_, "2025-02-26T14:59:00.000Z");
    check(*here_, "2025-02-26T14:59:00.000Z");
    EXPECT_EQ(lag(), milliseconds(0));
}

TEST_F(ReplicaLag, CountsFromWhatHasNotCome) {
    check(*there_, "2025-02-26T14:59:58.500Z");
    EXPECT_EQ(lag(), milliseconds(1'500)) << "nothing has come";
    check(*here_, "2025-02-26T14:59:00.000Z");
    EXPECT_EQ(lag(), milliseconds(1'500)) << "only the one before";
    check(*there_, "2025-02-26T15:00:00.250Z");
    EXPECT_EQ(lag(), milliseconds(0)) << "that region's clock is ahead of ours";
}

TEST_F(ReplicaLag, IsUnknownWhereNobodyHasChecked) {
    EXPECT_EQ(lag(), std::nullopt);
    check(*here_, "2025-02-26T14:59:00.000Z");
    EXPECT_EQ(lag(), std::nullopt);
    check(*there_, "soon");
    EXPECT_EQ(lag(), std::nullopt);
}

TEST_F(ReplicaLag, IsUnknownWhereAReplicaCannotBeRead) {
    const auto empty = store::open_memory_store(clock_);  // has no tables
    check(*there_, "2025-02-26T14:59:00.000Z");
    EXPECT_EQ(replica_lag(*empty, *there_, "eu-west-1", clock_), std::nullopt);
    EXPECT_EQ(replica_lag(*there_, *empty, "eu-west-1", clock_), std::nullopt);
}

}  // namespace
}  // namespace meridian::functions
