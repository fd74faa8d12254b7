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
    explicit HangingProbe(std::shared_future<void> until, std::string region = "eu-west-1")
        : until_(std::move(until)), region_(std::move(region)) {}
    [[nodiscard]] std::string_view region() const override { return region_; }
    Probed probe(std::chrono::milliseconds /*deadline*/) override {
        until_.wait();
        return {RegionStatus::kHealthy, {}};
    }

  private:
    std::shared_future<void> until_;
    std::string region_;
};

// A store whose disk can be full, and that counts what is asked of it.
class TroubledStore final : public store::TableStore {
  public:
    explicit TroubledStore(store::TableStore& inner) : inner_(inner) {}
    bool is_full = false;
    std::optional<std::string> damaged;
    mutable int asked = 0;

    Result<void> create_table(const store::TableSchema& schema) override {
        return inner_.create_table(schema);
    }
    Result<store::TableSchema> describe_table(std::string_view table) const override {
        return inner_.describe_table(table);
    }
    std::vector<store::TableSchema> list_tables() const override { return inner_.list_tables(); }
    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        ++asked;
        if (is_full) {
            store::WriteOutcome refused;
            refused.error = Error{ErrorCode::kDiskFull, "full"};
            done(std::vector(writes.size(), refused));
        } else {
            inner_.submit(std::move(writes), atomicity, std::move(done));
        }
    }
    Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        ++asked;
        return inner_.get(ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        return inner_.get_many(refs);
    }
    Result<store::Page> query(const store::Query& query) const override {
        return inner_.query(query);
    }
    Result<store::Page> scan(const store::Scan& scan) const override { return inner_.scan(scan); }
    store::SequenceNumber last_sequence() const override { return inner_.last_sequence(); }
    Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                std::size_t count) const override {
        return inner_.read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { inner_.observe(std::move(observer)); }

    std::optional<std::string> damage() const override { return damaged; }

  private:
    store::TableStore& inner_;
};

struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock);
    std::shared_ptr<ScriptedProbe> here = std::make_shared<ScriptedProbe>("us-east-1");
    std::shared_ptr<ScriptedProbe> peer = std::make_shared<ScriptedProbe>("eu-west-1");
    TroubledStore troubled{*store};
    std::vector<std::string> alerts;

    Fixture() { EXPECT_TRUE(catalog::create_tables(*store)); }

    std::unique_ptr<HealthCheck> make(std::vector<std::shared_ptr<RegionProbe>> probes,
                                      std::chrono::milliseconds deadline = std::chrono::seconds{
                                          10}) {
        return std::make_unique<HealthCheck>(
            HealthCheckOptions{"us-east-1", deadline}, std::move(probes), troubled,
            [this](const Alert& alert) {
                alerts.push_back((alert.recovered ? "+" : "-") + alert.region);
            },
            clock);
    }
};

TEST(HealthCheck, Answers503WhenARegionIsUnhealthyAndNotWhenOneIsDegraded) {
    Fixture fixture;
    const auto check = fixture.make({fixture.here, fixture.peer});
    EXPECT_THAT(check->call("{}", {}).payload,
                HasSubstr(R"({"statusCode":200,"body":"{\"eu-west-1\":)"));
    fixture.peer->status = RegionStatus::kDegraded;
    EXPECT_THAT(check->call("{}", {}).payload, HasSubstr(R"("statusCode":200)"));
    fixture.peer->status = RegionStatus::kUnhealthy;
    EXPECT_THAT(check->call("{}", {}).payload, HasSubstr(R"("statusCode":503)"));
    EXPECT_THAT(check->call(R"({"scope":"local"})", {}).payload, HasSubstr(R"("statusCode":200)"));
}

TEST(HealthCheck, AlertsOnceWhenARegionFailsAndOnceWhenItRecovers) {
    Fixture fixture;
    const auto check = fixture.make({fixture.here, fixture.peer});
    (void)check->call("{}", {});
    EXPECT_THAT(fixture.alerts, IsEmpty());
    fixture.peer->status = RegionStatus::kUnhealthy;
    (void)check->call("{}", {});
    (void)check->call("{}", {});
    // Another process (or this one, started again) reads from the table what was alerted before.
    (void)fixture.make({fixture.here, fixture.peer})->call("{}", {});
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1"));
    fixture.peer->status = RegionStatus::kHealthy;
    (void)check->call("{}", {});
    (void)check->call("{}", {});
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1", "+eu-west-1"));
}

TEST(HealthCheck, ARegionThatIsUnhealthyFromTheStartAlerts) {
    Fixture fixture;
    fixture.peer->status = RegionStatus::kUnhealthy;
    const auto check = fixture.make({fixture.here, fixture.peer});
    (void)check->call("{}", {});
    (void)check->call("{}", {});
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1"));
}

TEST(HealthCheck, AProbeThatHangsIsUnhealthyAfterTheDeadlineAndHoldsUpNobody) {
    Fixture fixture;
    std::promise<void> let_go;
    const auto check =
        fixture.make({fixture.here, std::make_shared<HangingProbe>(let_go.get_future().share())},
                     std::chrono::milliseconds{20});
    const auto answer = check->call("{}", {}).payload;
    EXPECT_THAT(answer, HasSubstr(R"("statusCode":503)"));
    EXPECT_THAT(answer, HasSubstr("no answer within 20 ms"));
    // Hanging probes are bounded: past the limit the check says so instead of starting more.
    std::string last;
    for (int i = 0; i < 40 && last.find("errorType") == std::string::npos; ++i) {
        last = check->call("{}", {}).payload;
    }
    EXPECT_THAT(last, HasSubstr("Overloaded"));
    let_go.set_value();
}

TEST(HealthCheck, AlertsOnceEachWayAlsoWhileTheDiskIsFull) {
    Fixture fixture;
    const auto check = fixture.make({fixture.here, fixture.peer});
    (void)check->call("{}", {});
    fixture.troubled.is_full = true;
    for (const auto status : {RegionStatus::kUnhealthy, RegionStatus::kHealthy}) {
        fixture.peer->status = status;
        (void)check->call("{}", {});
        (void)check->call("{}", {});
    }
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1", "+eu-west-1"));
    fixture.troubled.is_full = false;
    (void)check->call("{}", {});
    EXPECT_THAT(fixture.alerts, ElementsAre("-eu-west-1", "+eu-west-1"));
}

TEST(HealthCheck, ATableWhoseOwnProbeHangsIsLeftAlone) {
    // Its read or write would hang this thread as it hangs the probe's.
    Fixture fixture;
    std::promise<void> let_go;
    const auto check = fixture.make(
        {std::make_shared<HangingProbe>(let_go.get_future().share(), "us-east-1"), fixture.peer},
        std::chrono::milliseconds{20});
    EXPECT_THAT(check->call("{}", {}).payload, HasSubstr(R"("statusCode":503)"));
    EXPECT_EQ(fixture.troubled.asked, 0);
    EXPECT_THAT(fixture.alerts, ElementsAre("-us-east-1"));
    (void)check->call("{}", {});
    EXPECT_THAT(fixture.alerts, ElementsAre("-us-east-1"));
    let_go.set_value();
}

TEST(LocalProbe, ReadsWritesAndDecides) {
    Fixture fixture;
    ASSERT_TRUE(catalog::fill_with_sample_data(*fixture.store));
    const auto live = *catalog::LiveCatalog::start(*fixture.store, fixture.clock);
    routing::Policy policy;
    policy.default_contact_flow_id = "f";
    policy.default_queue_id = "q";
    const auto probe =
        make_table_probe({"us-east-1"}, *fixture.store, *live, policy, fixture.clock);
    const auto probed = probe->probe(std::chrono::seconds{1});
    EXPECT_EQ(probed.status, RegionStatus::kHealthy);
    EXPECT_EQ(probed.details.at("rules"), item::Value(item::Number(1)));
    EXPECT_EQ(probed.details.at("tableStatus"), item::Value("ACTIVE"));
    const auto item = fixture.store->get({std::string(catalog::kRegionHealthTable),
                                          {{"region", "us-east-1"}, {"observer", "us-east-1"}}});
    ASSERT_TRUE(item && *item);
    EXPECT_EQ((*item)->at("probedAt"), item::Value("2025-02-26T15:00:00.000Z"));
}

TEST(LocalProbe, ADamagedFileIsDegradedAndSaysWhatMendsIt) {
    Fixture fixture;
    TroubledStore store(*fixture.store);
    const auto live = *catalog::LiveCatalog::start(*fixture.store, fixture.clock);
    routing::Policy policy;
    policy.default_contact_flow_id = "f";
    const auto probe = make_table_probe({"us-east-1"}, store, *live, policy, fixture.clock);
    EXPECT_EQ(probe->probe(std::chrono::seconds{1}).status, RegionStatus::kHealthy);
    store.damaged = "a block";
    const auto probed = probe->probe(std::chrono::seconds{1});
    EXPECT_EQ(probed.status, RegionStatus::kDegraded);
    EXPECT_EQ(probed.details.at("damage"),
              item::Value("a block; a restart salvages what can be read"));
}

TEST(LocalProbe, TablesThatCannotBeReadAreUnhealthy) {
    Fixture fixture;
    const auto live = *catalog::LiveCatalog::start(*fixture.store, fixture.clock);
    const auto empty = store::open_memory_store(fixture.clock);  // without tables
    routing::Policy policy;
    policy.default_contact_flow_id = "f";
    const auto probed = make_table_probe({"us-east-1"}, *empty, *live, policy, fixture.clock)
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
