#include "functions/health_check.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "catalog/live_catalog.h"
#include "catalog/tables.h"
#include "functions/settings.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::functions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Says what the test says.
class ScriptedProbe final : public RegionProbe {
  public:
    explicit ScriptedProbe(std::string region) : region_(std::move(region)) {}
    [[nodiscard]] std::string_view region() const override { return region_; }
    Probed probe(std::chrono::milliseconds /*deadline*/) override { return {status, {}}; }

    std::atomic<RegionStatus> status = RegionStatus::kHealthy;

  private:
    std::string region_;
};

// Does not return before the test lets it.
class HangingProbe final : public RegionProbe {
  public:
    explicit HangingProbe(std::shared_future<void> until) : until_(std::move(until)) {}
    [[nodiscard]] std::string_view region() const override { return "eu-west-1"; }
    Probed probe(std::chrono::milliseconds /*deadline*/) override {
        until_.wait();
        return {RegionStatus::kHealthy, {}};
    }

  private:
    std::shared_future<void> until_;
};

struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    std::unique_ptr<store::TableStore> store = store::open_memory_store(clock);
    std::shared_ptr<ScriptedProbe> here = std::make_shared<ScriptedProbe>("us-east-1");
    std::shared_ptr<ScriptedProbe> peer = std::make_shared<ScriptedProbe>("eu-west-1");
    std::vector<std::string> alerts;

    Fixture() { EXPECT_TRUE(catalog::create_tables(*store)); }

    std::unique_ptr<HealthCheck> make(std::vector<std::shared_ptr<RegionProbe>> probes,
                                      std::chrono::milliseconds deadline = std::chrono::seconds{
                                          10}) {
        return std::make_unique<HealthCheck>(
            HealthCheckOptions{"us-east-1", deadline}, std::move(probes), *store,
            [this](const Alert& alert) {
                alerts.push_back((alert.recovered ? "+" : "-") + alert.region);
            },
            clock);
    }
};

TEST(HealthCheck, Answers503WhenARegionIsUnhealthyAndNotWhenOneIsDegraded) {
    Fixture fixture;
    const auto check = fixture.make({fixture.here, fixture.peer});
    EXPECT_THAT(check->call("{}").payload,
                HasSubstr(R"({"statusCode":200,"body":"{\"eu-west-1\":)"));
    fixture.peer->status = RegionStatus::kDegraded;
    EXPECT_THAT(check->call("{}").payload, HasSubstr(R"("statusCode":200)"));
    fixture.peer->status = RegionStatus::kUnhealthy;
    EXPECT_THAT(check->call("{}").payload, HasSubstr(R"("statusCode":503)"));
    EXPECT_THAT(check->call(R"({"scope":"local"})").payload, HasSubstr(R"("statusCode":200)"));
}

TEST(HealthCheck, AlertsOnceWhenARegionFailsAndOnceWhenItRecovers) {
    Fixture fixture;
    const auto check = fixture.make({fixture.here, fixture.peer});
    (void)check->call("{}");
    EXPECT_THAT(fixture.alerts, IsEmpty());
    fixture.peer->status = RegionStatus::kUnhealthy;
    (void)check->call("{}");
    (void)check->call("{}");
    // Another process (or this one, started again) reads from the table what was alerted before.
    (void)fixture.make({fixture.here, fixture.peer})->call("{}");
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1"));
    fixture.peer->status = RegionStatus::kHealthy;
    (void)check->call("{}");
    (void)check->call("{}");
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1", "+eu-west-1"));
}

TEST(HealthCheck, ARegionThatIsUnhealthyFromTheStartAlerts) {
    Fixture fixture;
    fixture.peer->status = RegionStatus::kUnhealthy;
    const auto check = fixture.make({fixture.here, fixture.peer});
    (void)check->call("{}");
    (void)check->call("{}");
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1"));
}

TEST(HealthCheck, AProbeThatHangsIsUnhealthyAfterTheDeadlineAndHoldsUpNobody) {
    Fixture fixture;
    std::promise<void> let_go;
    const auto check =
        fixture.make({fixture.here, std::make_shared<HangingProbe>(let_go.get_future().share())},
                     std::chrono::milliseconds{20});
    const auto answer = check->call("{}").payload;
    EXPECT_THAT(answer, HasSubstr(R"("statusCode":503)"));
    EXPECT_THAT(answer, HasSubstr("no answer within 20 ms"));
    // Hanging probes are bounded: past the limit the check says so instead of starting more.
    std::string last;
    for (int i = 0; i < 40 && last.find("errorType") == std::string::npos; ++i) {
        last = check->call("{}").payload;
    }
    EXPECT_THAT(last, HasSubstr("Overloaded"));
    let_go.set_value();
}

TEST(LocalProbe, ReadsWritesAndDecides) {
    Fixture fixture;
    ASSERT_TRUE(catalog::fill_with_sample_data(*fixture.store));
    const auto live = *catalog::LiveCatalog::start(*fixture.store, fixture.clock);
    routing::Policy policy;
    policy.default_contact_flow_id = "f";
    policy.default_queue_id = "q";
    const auto probe = make_local_probe("us-east-1", *fixture.store, *live, policy, fixture.clock);
    const auto probed = probe->probe(std::chrono::seconds{1});
    EXPECT_EQ(probed.status, RegionStatus::kHealthy);
    EXPECT_EQ(probed.details.at("rules"), item::Value(item::Number(1)));
    EXPECT_EQ(probed.details.at("tableStatus"), item::Value("ACTIVE"));
    const auto item = fixture.store->get({std::string(catalog::kRegionHealthTable),
                                          {{"region", "us-east-1"}, {"observer", "us-east-1"}}});
    ASSERT_TRUE(item && *item);
    EXPECT_EQ((*item)->at("probedAt"), item::Value("2025-02-26T15:00:00.000Z"));
}

TEST(LocalProbe, TablesThatCannotBeReadAreUnhealthy) {
    Fixture fixture;
    const auto live = *catalog::LiveCatalog::start(*fixture.store, fixture.clock);
    const auto empty = store::open_memory_store(fixture.clock);  // without tables
    routing::Policy policy;
    policy.default_contact_flow_id = "f";
    const auto probed = make_local_probe("us-east-1", *empty, *live, policy, fixture.clock)
                            ->probe(std::chrono::seconds{1});
    EXPECT_EQ(probed.status, RegionStatus::kUnhealthy);
    EXPECT_EQ(probed.details.at("tableStatus"), item::Value("INACCESSIBLE"));
}

TEST(Settings, MissingAndWrongOnesAreNamed) {
    const auto with = [](std::map<std::string, std::string, std::less<>> values) {
        return read_policy([values = std::move(values)](std::string_view name) {
            const auto found = values.find(name);
            return found == values.end() ? std::nullopt : std::optional(found->second);
        });
    };
    const auto message = [](const Result<routing::Policy>& policy) {
        return policy ? "" : policy.error().message;
    };
    EXPECT_THAT(message(with({})), HasSubstr("DEFAULT_CONTACT_FLOW_ID is not set"));
    EXPECT_THAT(message(with({{"DEFAULT_CONTACT_FLOW_ID", "f"}, {"DEFAULT_QUEUE_ID", ""}})),
                HasSubstr("DEFAULT_QUEUE_ID is not set"));
    EXPECT_THAT(message(with({{"DEFAULT_CONTACT_FLOW_ID", " \t"}})),
                HasSubstr("DEFAULT_CONTACT_FLOW_ID is not set"));
    EXPECT_THAT(message(with({{"DEFAULT_CONTACT_FLOW_ID", std::string(5000, 'f')}})),
                HasSubstr("DEFAULT_CONTACT_FLOW_ID is longer"));
    EXPECT_THAT(message(with({{"DEFAULT_CONTACT_FLOW_ID", "f"},
                              {"DEFAULT_QUEUE_ID", "q"},
                              {"MERIDIAN_TRANSFER_NUMBERS", "eu-west-1"}})),
                HasSubstr("MERIDIAN_TRANSFER_NUMBERS has an entry"));
    const auto policy = with({{"DEFAULT_CONTACT_FLOW_ID", "f"},
                              {"DEFAULT_QUEUE_ID", "q"},
                              {"MERIDIAN_REGIONS", " us-east-1 ,,eu-west-1"},
                              {"MERIDIAN_TRANSFER_NUMBERS", "eu-west-1=+3531234567"}});
    ASSERT_TRUE(policy);
    EXPECT_THAT(policy->region_order, ElementsAre("us-east-1", "eu-west-1"));
    EXPECT_THAT(policy->transfer_numbers, ElementsAre(testing::Pair("eu-west-1", "+3531234567")));
}

}  // namespace
}  // namespace meridian::functions
