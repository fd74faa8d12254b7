#include "functions/route_call.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "catalog/live_catalog.h"
#include "catalog/point_reads.h"
#include "catalog/tables.h"
#include "connect/answer.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::functions {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRegion = "us-east-1";

routing::Policy policy() {
    routing::Policy policy;
    policy.region_order = {"us-east-1", "eu-west-1"};
    policy.default_contact_flow_id = "default-flow";
    policy.default_queue_id = "default-queue";
    return policy;
}

// A source whose tables can't be read.
class BrokenSource final : public catalog::RuleSource {
  public:
    Result<catalog::Sourced> rules_for(const routing::Call& /*call*/) override {
        return fail(ErrorCode::kIo, "disk /dev/secret7 is on fire");
    }
    catalog::SourceHealth health() const override { return {}; }
};

// A store, a source over it and RouteCall; put() writes one rule.
struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    std::unique_ptr<store::TableStore> store = store::open_memory_store(clock);
    std::unique_ptr<catalog::LiveCatalog> live;
    std::unique_ptr<RouteCall> route_call;

    Fixture() {
        EXPECT_TRUE(catalog::create_tables(*store));
        live = *catalog::LiveCatalog::start(*store, clock);
        route_call = std::make_unique<RouteCall>(*live, policy(), clock, nullptr);
    }

    void put(const std::string& json) {
        auto item = item::parse_plain_json(json);
        ASSERT_TRUE(item) << item.error().message;
        const auto outcome = store->write({std::string(catalog::kRoutingTable),
                                           store::PutItem{*item->as<item::Map>()}, std::nullopt});
        ASSERT_FALSE(outcome.error) << outcome.error->message;
    }

    std::string call(const std::string& number, const std::string& parameters = "{}") {
        auto event = connect::make_contact_event(number, kRegion);
        const std::string empty = R"("Parameters":{})";
        event.replace(event.find(empty), empty.size(), R"("Parameters":)" + parameters);
        return route_call->call(event, {}).payload;
    }
};

TEST(RouteCall, AnswerHasTheDocumentedKeysInOrder) {
    Fixture fixture;
    fixture.put(R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":"f","queueId":"q",
                    "attributes":{"department":"sales"}})");
    const auto answer = fixture.call("+18005551234");
    EXPECT_THAT(
        answer,
        HasSubstr(R"({"contactFlowId":"f","queueId":"q","attributes":{"department":"sales"},)"
                  R"("targetRegion":"us-east-1","hours":"open","message":"",)"
                  R"("ruleId":"+1800#us-east-1","decisionId":"01)"));
    EXPECT_THAT(answer, HasSubstr(R"(,"stale":"false","transferNumber":""})"));
}

TEST(RouteCall, SameContactSameAnswerByteForByte) {
    // Connect retries a flow's call: the retry must not look like another decision.
    Fixture one;
    Fixture two;
    for (auto* fixture : {&one, &two}) {
        fixture->put(R"({"phoneNumber":"+1","region":"us-east-1","queueId":"q"})");
    }
    EXPECT_EQ(one.call("+18005551234"), one.call("+18005551234"));
    EXPECT_EQ(one.call("+18005551234"), two.call("+18005551234"));
    EXPECT_NE(one.call("+18005551234"), one.call("+18005551235"));
}

TEST(RouteCall, StringMapIsFlatAndAllStrings) {
    Fixture fixture;
    fixture.put(R"({"phoneNumber":"+1","region":"us-east-1","contactFlowId":"f","queueId":"q",
                    "attributes":{"vip":true,"score":7.50,"tags":["a"],"name":"Zoë \"Z\"","nothing":null}})");
    const auto answer = fixture.call("+18005551234", R"({"responseType":"STRING_MAP"})");
    const auto parsed = item::parse_plain_json(answer);
    ASSERT_TRUE(parsed) << answer;
    for (const auto& [name, value] : *parsed->as<item::Map>()) {
        EXPECT_NE(value.as<std::string>(), nullptr) << name;
    }
    EXPECT_THAT(answer, HasSubstr(R"("attributes_vip":"true")"));
    EXPECT_THAT(answer, HasSubstr(R"("attributes_score":"7.5")"));
    EXPECT_THAT(answer, HasSubstr(R"("attributes_tags":"[\"a\"]")"));
    EXPECT_THAT(answer, HasSubstr(R"("attributes_name":"Zoë \"Z\"")"));
    EXPECT_THAT(answer, Not(HasSubstr(R"("attributes":)")));
}

TEST(RouteCall, HostileEventsGetTheDefaults) {
    Fixture fixture;
    const std::string deep(100'000, '[');
    for (
        const auto& event :
        {std::string(), std::string("{"), std::string("null"), std::string("[]"),
         std::string("\xFF\xFE"), deep, std::string(R"({"Details":5})"),
         std::string(R"({"Details":{"ContactData":[]}})"),
         std::string(
             R"({"Details":{"ContactData":{"SystemEndpoint":{"Address":5},"InstanceARN":"arn:a:c:r:1:i"}}})"),
         std::string(
             R"({"Details":{"ContactData":{"SystemEndpoint":{"Address":"+1"},"InstanceARN":"arn:a:c"}}})"),
         std::string(
             R"({"Details":{"ContactData":{"SystemEndpoint":{"Address":"+1"},"InstanceARN":{}}}})"),
         std::string(4'000'000, 'x'),
         std::string("{\"a\":\"") + std::string(4'000'000, 'x') + "\"}"}) {
        const auto answer = fixture.route_call->call(event, {}).payload;
        EXPECT_THAT(
            answer,
            HasSubstr(R"("contactFlowId":"default-flow","queueId":"default-queue","attributes":)"
                      R"({"errorMessage":"The contact event could not be read)"))
            << event.substr(0, 100);
        EXPECT_TRUE(item::parse_plain_json(answer));
    }
}

TEST(RouteCall, UnreadableTablesGetTheDefaultsWithoutInternalText) {
    const ManualClock clock(*parse_instant("2025-02-26T15:00:00Z"));
    BrokenSource source;
    RouteCall route_call(source, policy(), clock, nullptr);
    const auto answer =
        route_call.call(connect::make_contact_event("+18005551234", kRegion), {}).payload;
    EXPECT_THAT(answer, HasSubstr(R"("contactFlowId":"default-flow")"));
    EXPECT_THAT(answer, HasSubstr("errorMessage"));
    EXPECT_THAT(answer, Not(HasSubstr("secret7")));
}

TEST(RouteCall, AnswerStaysUnder32KilobytesAndKeepsFlowAndQueue) {
    Fixture fixture;
    fixture.put(
        R"({"phoneNumber":"+1","region":"us-east-1","contactFlowId":"f","queueId":"q","attributes":{"big":")" +
        std::string(300'000, 'x') + R"("}})");
    fixture.put(R"({"phoneNumber":"+2","region":"us-east-1","contactFlowId":")" +
                std::string(100'000, 'f') + R"("})");
    const auto left_out = fixture.call("+18005551234");
    EXPECT_LE(left_out.size(), connect::kAnswerBytesMax);
    EXPECT_THAT(left_out,
                HasSubstr(R"("contactFlowId":"f","queueId":"q","attributes":{"errorMessage":)"));
    const auto no_flow = fixture.call("+2800");
    EXPECT_LE(no_flow.size(), connect::kAnswerBytesMax);
    EXPECT_THAT(no_flow, HasSubstr(R"("contactFlowId":"default-flow")"));
}

TEST(RouteCall, WrongShapesCountAsNotGivenAndAreShownInHealth) {
    Fixture fixture;
    fixture.put(
        R"({"phoneNumber":"+1","region":"us-east-1","contactFlowId":7,"queueId":"q","attributes":"x",
                    "businessHoursId":{},"fallbackRegions":"eu-west-1","priority":"high","colour":"blue"})");
    const auto answer = fixture.call("+18005551234");
    EXPECT_THAT(answer,
                HasSubstr(R"("contactFlowId":"default-flow","queueId":"q","attributes":{})"));
    EXPECT_EQ(fixture.live->health().complaints, 5U);
    // A field that we don't know belongs to the user, and is kept.
    const auto kept = fixture.store->get(
        {std::string(catalog::kRoutingTable), {{"phoneNumber", "+1"}, {"region", "us-east-1"}}});
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->at("colour"), item::Value("blue"));
}

TEST(RouteCall, ExplainEndsInTheAnswerThatRouteGives) {
    Fixture fixture;
    fixture.put(R"({"phoneNumber":"+1","region":"us-east-1","contactFlowId":"f","queueId":"q"})");
    const auto event = connect::make_contact_event("+18005551234", kRegion);
    const auto explanation = fixture.route_call->explain(event, fixture.clock.now());
    EXPECT_THAT(explanation,
                HasSubstr(R"("answer":)" + fixture.route_call->call(event, {}).payload + "}"));
    EXPECT_THAT(explanation, HasSubstr(R"("won":true)"));
    EXPECT_TRUE(item::parse_plain_json(fixture.route_call->explain("junk", fixture.clock.now())));
}

// Another answer each time.
class ChangingSource final : public catalog::RuleSource {
  public:
    Result<catalog::Sourced> rules_for(const routing::Call& call) override {
        routing::Rule rule;
        rule.phone_number = call.number;
        rule.region = call.region;
        rule.queue_id = "q" + std::to_string(++asked_);
        const std::vector<routing::Edit> edits{routing::PutRule{std::move(rule)}};
        return catalog::Sourced{routing::Snapshot().with(edits), false};
    }
    catalog::SourceHealth health() const override { return {}; }

  private:
    int asked_ = 0;
};

TEST(RouteCall, ExplainTellsOfTheRulesThatItAnsweredBy) {
    const ManualClock clock(*parse_instant("2025-02-26T15:00:00Z"));
    ChangingSource source;
    RouteCall route_call(source, policy(), clock, nullptr);
    const auto explanation =
        route_call.explain(connect::make_contact_event("+1", kRegion), clock.now());
    EXPECT_THAT(explanation, HasSubstr(R"("queueId":"q1")"));
    EXPECT_THAT(explanation, Not(HasSubstr("q2")));
}

TEST(LiveCatalog, AChangeIsSeenBeforeItsWriteIsAcknowledged) {
    Fixture fixture;
    for (int i = 0; i < 100; ++i) {
        fixture.put(R"({"phoneNumber":"+1","region":"us-east-1","queueId":"q)" + std::to_string(i) +
                    R"("})");
        EXPECT_THAT(fixture.call("+18005551234"), HasSubstr("\"q" + std::to_string(i) + "\""));
    }
    const item::Key key{{"phoneNumber", "+1"}, {"region", "us-east-1"}};
    EXPECT_FALSE(
        fixture.store
            ->write({std::string(catalog::kRoutingTable), store::DeleteItem{key}, std::nullopt})
            .error);
    EXPECT_THAT(fixture.call("+18005551234"), HasSubstr("default-queue"));
}

// A store whose reads can be made to fail.
class FailingReads final : public store::TableStore {
  public:
    explicit FailingReads(store::TableStore& inner) : inner_(inner) {}
    bool failing = false;

    Result<void> create_table(const store::TableSchema& schema) override {
        return inner_.create_table(schema);
    }
    Result<store::TableSchema> describe_table(std::string_view table) const override {
        return inner_.describe_table(table);
    }
    std::vector<store::TableSchema> list_tables() const override { return inner_.list_tables(); }
    void submit(std::vector<store::Write> writes, store::Atomicity atomicity,
                store::WriteDone done) override {
        inner_.submit(std::move(writes), atomicity, std::move(done));
    }
    Result<std::optional<item::Item>> get(const store::ItemRef& ref) const override {
        return failing ? broken() : inner_.get(ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const store::ItemRef> refs) const override {
        return failing ? broken() : inner_.get_many(refs);
    }
    Result<store::Page> query(const store::Query& query) const override {
        return failing ? broken() : inner_.query(query);
    }
    Result<store::Page> scan(const store::Scan& scan) const override { return inner_.scan(scan); }
    store::SequenceNumber last_sequence() const override { return inner_.last_sequence(); }
    Result<std::vector<store::Change>> read_log(store::SequenceNumber after,
                                                std::size_t count) const override {
        return inner_.read_log(after, count);
    }
    void observe(store::CommitObserver observer) override { inner_.observe(std::move(observer)); }

  private:
    static std::unexpected<Error> broken() { return fail(ErrorCode::kIo, "broken"); }
    store::TableStore& inner_;
};

TEST(PointReads, ReadEveryPageOfTheOtherRegions) {
    Fixture fixture;
    // Four items of more than 256 KB: the winner, first in the policy's order, is on a later page.
    const std::string padding(270'000, 'x');
    for (const char* region : {"af-south-1", "ap-east-1", "ca-central-1", "eu-west-1"}) {
        fixture.put(R"({"phoneNumber":"+1","region":")" + std::string(region) +
                    R"(","contactFlowId":"f-)" + region + R"(","padding":")" + padding + R"("})");
    }
    const auto points = catalog::make_point_reads(*fixture.store, fixture.clock);
    RouteCall route_call(*points, policy(), fixture.clock, nullptr);
    EXPECT_THAT(route_call.call(connect::make_contact_event("+1", kRegion), {}).payload,
                HasSubstr(R"("contactFlowId":"f-eu-west-1")"));
}

TEST(PointReads, LastKnownAnswerIsServedAndMarkedStaleWhenTablesCannotBeRead) {
    Fixture fixture;
    fixture.put(
        R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":"f","queueId":"q"})");
    FailingReads store(*fixture.store);
    const auto points = catalog::make_point_reads(store, fixture.clock);
    RouteCall route_call(*points, policy(), fixture.clock, nullptr);
    const auto known = connect::make_contact_event("+18005551234", kRegion);
    const auto unknown = connect::make_contact_event("+18005550000", kRegion);
    EXPECT_THAT(route_call.call(known, {}).payload, HasSubstr(R"("stale":"false")"));
    store.failing = true;
    EXPECT_THAT(route_call.call(known, {}).payload, HasSubstr(R"("contactFlowId":"f")"));
    EXPECT_THAT(route_call.call(known, {}).payload, HasSubstr(R"("stale":"true")"));
    EXPECT_THAT(route_call.call(unknown, {}).payload,
                HasSubstr(R"("contactFlowId":"default-flow")"));
    store.failing = false;
    fixture.clock.advance(std::chrono::seconds{1});  // they had been left alone
    EXPECT_THAT(route_call.call(known, {}).payload, HasSubstr(R"("stale":"false")"));
}

}  // namespace
}  // namespace meridian::functions
