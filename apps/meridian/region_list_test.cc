#include "region_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "catalog/tables.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::app {
namespace {

TEST(RegionList, TellsEachRegionInTheOrderOfPreferenceAndThoseWithoutOneAfterwards) {
    const ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    const auto store = store::open_memory_store(clock);
    ASSERT_TRUE(catalog::create_tables(*store));
    const auto seen = [&](const char* region, const char* observer) {
        ASSERT_FALSE(store
                         ->write({std::string(catalog::kRegionHealthTable),
                                  store::PutItem{{{"region", region},
                                                  {"observer", observer},
                                                  {"status", "unhealthy"},
                                                  {"observedAt", "2025-02-26T15:00:00.000Z"}}},
                                  {}})
                         .error);
    };
    seen("eu-west-1", "us-east-1");
    seen("us-east-1", "eu-west-1");  // what others saw is theirs to tell
    routing::Policy policy;
    policy.region_order = {"eu-west-1", "us-east-1"};
    policy.regions_out_of_service = {"eu-west-1"};
    const RegionList list{policy,
                          *store,
                          {.region = "us-east-1", .port = 7401},
                          {{.region = "eu-west-1", .host = "::1", .port = 7402, .tls = true},
                           {.region = "sa-east-1", .port = 7403}}};
    EXPECT_EQ(
        item::to_plain_json(list.list()),
        R"([{"endpoint":"https://[::1]:7402","health":{"observedAt":"2025-02-26T15:00:00.000Z",)"
        R"("status":"unhealthy"},"inService":false,"preference":1,"region":"eu-west-1","self":false},)"
        R"({"endpoint":"http://127.0.0.1:7401","health":null,"inService":true,"preference":2,)"
        R"("region":"us-east-1","self":true},)"
        R"({"endpoint":"http://127.0.0.1:7403","health":null,"inService":true,"preference":null,)"
        R"("region":"sa-east-1","self":false}])");
}

TEST(RegionList, ARegionThatIsOnlyNamedHasNoEndpoint) {
    const ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    const auto store = store::open_memory_store(clock);  // without tables: nothing can be read
    routing::Policy policy;
    policy.region_order = {"eu-west-1"};
    const RegionList list{policy, *store, {.region = "us-east-1", .port = 7401}, {}};
    EXPECT_THAT(item::to_plain_json(list.list()),
                testing::StartsWith(R"([{"endpoint":null,"health":null,"inService":true,)"));
}

}  // namespace
}  // namespace meridian::app
