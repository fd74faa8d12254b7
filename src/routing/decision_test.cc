#include "routing/decision.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "routing/shortcuts.h"
#include "routing/snapshot.h"

namespace meridian::routing {
namespace {

Instant at(const char* text) {
    return parse_instant(text).value();
}

Rule rule(std::string number, std::string region) {
    Rule r;
    r.contact_flow_id = "flow of " + number + " " + region;
    r.queue_id = "queue of " + number + " " + region;
    r.phone_number = std::move(number);
    r.region = std::move(region);
    return r;
}

// Open on weekdays from nine to five in New York, closed on Christmas.
std::shared_ptr<calendar::Schedule> office_hours() {
    auto schedule = std::make_shared<calendar::Schedule>();
    schedule->id = "office";
    schedule->zone = calendar::Zone::load("America/New_York").value();
    for (std::size_t day = 1; day <= 5; ++day) {
        schedule->week[day] = {{std::chrono::hours{9}, std::chrono::hours{17}}};
    }
    schedule->holidays[calendar::parse_date("2025-12-25").value()] = "Christmas";
    return schedule;
}

Snapshot snapshot_of(const std::vector<Rule>& rules) {
    SnapshotBuilder builder;
    for (const auto& one : rules) {
        builder.add(PutRule{one});
    }
    builder.add(PutSchedule{office_hours()});
    return std::move(builder).build();
}

// Decisions refer to the policy, so it outlives them all.
const Policy& policy() {
    static const Policy the_policy = [] {
        Policy p;
        p.region_order = {"us-east-1", "eu-west-1", "ap-southeast-1"};
        p.default_contact_flow_id = "default flow";
        p.default_queue_id = "default queue";
        p.transfer_numbers = {{"us-east-1", "+1999"}, {"eu-west-1", "+353999"}};
        return p;
    }();
    return the_policy;
}

constexpr const char* kMonday = "2025-03-03T15:00:00Z";    // 10:00 in New York
constexpr const char* kSaturday = "2025-03-01T15:00:00Z";  // 10:00 in New York

// The text that a message about a difference needs; empty when explain() tells of another winner.
std::string winner_of(const Explanation& explanation) {
    if (explanation.rules.empty() || !explanation.rules.front().won) {
        return "none";
    }
    return explanation.rules.front().phone_number + "#" + explanation.rules.front().region;
}

TEST(Decide, ChoosesTheRule) {
    const Snapshot snapshot = snapshot_of({
        rule("+1", "us-east-1"),
        rule("+1800", "us-east-1"),
        rule("+18005551234", "us-east-1"),
        rule("+18005551234", "eu-west-1"),
        rule("+1800555", "eu-west-1"),
        rule("+44", "eu-west-1"),
        rule("+4420", "ap-southeast-1"),
        rule("+61", "zz-west-1"),
        rule("+61", "ca-west-1"),
        rule("+62", "ca-west-1"),
        rule("+62", "ap-southeast-1"),
        rule("+62", "eu-west-1"),
        rule("+18005551235", "eu-west-1"),
    });
    struct Case {
        const char* number;
        const char* region;
        Match match;
        const char* winner;
    };
    const Case cases[] = {
        {"+18005551234", "us-east-1", Match::kExact, "+18005551234#us-east-1"},
        {"+18005551234", "eu-west-1", Match::kExact, "+18005551234#eu-west-1"},
        {"+18005551299", "us-east-1", Match::kPrefix, "+1800#us-east-1"},
        {"+18005551299", "eu-west-1", Match::kPrefix, "+1800555#eu-west-1"},
        // A prefix in the call's region comes before an exact number elsewhere.
        {"+18005551235", "us-east-1", Match::kPrefix, "+1800#us-east-1"},
        {"+180055512345", "us-east-1", Match::kPrefix, "+18005551234#us-east-1"},
        {"+17005551234", "us-east-1", Match::kPrefix, "+1#us-east-1"},
        {"+1", "us-east-1", Match::kExact, "+1#us-east-1"},
        // Other regions serve exact numbers only, in the policy's order.
        {"+18005551234", "ap-southeast-1", Match::kOtherRegion, "+18005551234#us-east-1"},
        {"+1800555", "us-east-1", Match::kPrefix, "+1800#us-east-1"},
        {"+442071234567", "us-east-1", Match::kNone, "none"},
        {"+44", "us-east-1", Match::kOtherRegion, "+44#eu-west-1"},
        {"+62", "us-east-1", Match::kOtherRegion, "+62#eu-west-1"},
        // Regions that the policy doesn't name: by their bytes.
        {"+61", "us-east-1", Match::kOtherRegion, "+61#ca-west-1"},
        {"+", "us-east-1", Match::kNone, "none"},
        {"", "us-east-1", Match::kNone, "none"},
        {"+999", "us-east-1", Match::kNone, "none"},
        {"18005551234", "us-east-1", Match::kNone, "none"},
        {"+18005551234", "", Match::kOtherRegion, "+18005551234#us-east-1"},
    };
    for (const auto& c : cases) {
        const Call call{.number = c.number, .region = c.region, .at = at(kMonday)};
        const Decision decision = decide(snapshot, policy(), call);
        const std::string label = std::string(c.number) + " in " + c.region;
        EXPECT_EQ(to_string(decision.match), to_string(c.match)) << label;
        const std::string winner =
            decision.match == Match::kNone
                ? "none"
                : std::string(decision.rule_number) + "#" + std::string(decision.rule_region);
        EXPECT_EQ(winner, c.winner) << label;
        EXPECT_EQ(winner_of(explain(snapshot, policy(), call)), c.winner) << label;
    }
}

TEST(Decide, FlowAndQueueDependOnHours) {
    struct Case {
        const char* what;
        const char* hours;  // the rule's
        const char* when;
        const char* flow;
        const char* queue;
        bool rule_gives;
        bool policy_gives;
        calendar::State state;
    };
    using enum calendar::State;
    const Case cases[] = {
        {"open", "office", kMonday, "flow", "queue", true, true, kOpen},
        {"open, rule without", "office", kMonday, "default flow", "default queue", false, true,
         kOpen},
        {"no hours", "", kSaturday, "flow", "queue", true, true, kOpen},
        {"unknown hours", "nowhere", kSaturday, "flow", "queue", true, true, kOpen},
        {"closed", "office", kSaturday, "late flow", "late queue", true, true, kClosed},
        {"closed, policy's", "office", kSaturday, "policy late flow", "policy late queue", false,
         true, kClosed},
        {"closed, none", "office", kSaturday, "default flow", "default queue", false, false,
         kClosed},
        {"holiday", "office", "2025-12-25T15:00:00Z", "late flow", "late queue", true, true,
         kHoliday},
    };
    for (const auto& c : cases) {
        Rule r;
        r.phone_number = "+1";
        r.region = "us-east-1";
        r.business_hours_id = c.hours;
        Policy p = policy();
        if (c.rule_gives) {
            r.contact_flow_id = "flow";
            r.queue_id = "queue";
            r.after_hours_contact_flow_id = "late flow";
            r.after_hours_queue_id = "late queue";
        }
        if (c.policy_gives) {
            p.after_hours_contact_flow_id = "policy late flow";
            p.after_hours_queue_id = "policy late queue";
        }
        const Snapshot snapshot = snapshot_of({r});
        const Decision decision =
            decide(snapshot, p, {.number = "+12", .region = "us-east-1", .at = at(c.when)});
        EXPECT_EQ(decision.contact_flow_id, c.flow) << c.what;
        EXPECT_EQ(decision.queue_id, c.queue) << c.what;
        EXPECT_EQ(decision.hours.state, c.state) << c.what;
    }
}

TEST(Decide, EmergencyClosesWithItsMessage) {
    auto schedule = office_hours();
    schedule->emergency = "Evacuated.";
    Rule r = rule("+1", "us-east-1");
    r.business_hours_id = "office";
    const Edit edit = PutSchedule{schedule};
    const Snapshot snapshot = snapshot_of({r}).with(std::span(&edit, 1));
    const Decision decision =
        decide(snapshot, policy(), {.number = "+1", .region = "us-east-1", .at = at(kMonday)});
    EXPECT_EQ(decision.hours.state, calendar::State::kEmergency);
    EXPECT_EQ(decision.hours.reason, "Evacuated.");
    EXPECT_EQ(decision.contact_flow_id, "default flow");
}

TEST(Decide, TheServingRegionIsInService) {
    Rule r = rule("+1", "us-east-1");
    r.fallback_regions = {"eu-west-1", "ap-southeast-1"};
    Rule far = rule("+44", "ap-southeast-1");
    const Snapshot snapshot = snapshot_of({r, far});
    struct Case {
        const char* number;
        const char* region;
        std::vector<std::string> out;
        const char* target;
        const char* transfer;
    };
    const Case cases[] = {
        {"+1", "us-east-1", {}, "us-east-1", ""},
        {"+1", "us-east-1", {"eu-west-1"}, "us-east-1", ""},
        {"+1", "us-east-1", {"us-east-1"}, "eu-west-1", "+353999"},
        {"+1", "us-east-1", {"us-east-1", "eu-west-1"}, "ap-southeast-1", ""},  // number unknown
        {"+1", "us-east-1", {"us-east-1", "eu-west-1", "ap-southeast-1"}, "us-east-1", ""},
        {"+1", "eu-west-1", {}, "us-east-1", "+1999"},
        {"+1", "eu-west-1", {"us-east-1"}, "eu-west-1", ""},
        {"+44", "us-east-1", {"ap-southeast-1"}, "ap-southeast-1", ""},  // no fallback regions
        {"+7", "us-east-1", {"us-east-1"}, "us-east-1", ""},             // no rule
    };
    for (const auto& c : cases) {
        Policy p = policy();
        p.regions_out_of_service = c.out;
        const Decision decision =
            decide(snapshot, p, {.number = c.number, .region = c.region, .at = at(kMonday)});
        EXPECT_EQ(decision.target_region, c.target) << c.number << " in " << c.region;
        EXPECT_EQ(decision.transfer_number, c.transfer) << c.number << " in " << c.region;
    }
}

TEST(Decide, AnswersTheRulesOwnTexts) {
    Rule r = rule("+1", "us-east-1");
    r.attributes = R"({"department":"sales"})";
    r.routing_profile = "gold";
    const Snapshot snapshot = snapshot_of({r});
    const Decision decision =
        decide(snapshot, policy(), {.number = "+1", .region = "us-east-1", .at = at(kMonday)});
    EXPECT_EQ(decision.attributes, r.attributes);
    EXPECT_EQ(decision.routing_profile, "gold");
    EXPECT_EQ(decision.contact_flow_id, r.contact_flow_id);
}

TEST(Decide, WithoutRulesTheDefaultsServeOpen) {
    const Decision decision =
        decide(Snapshot(), policy(), {.number = "+1", .region = "us-east-1", .at = at(kSaturday)});
    EXPECT_EQ(decision.match, Match::kNone);
    EXPECT_EQ(decision.contact_flow_id, "default flow");
    EXPECT_EQ(decision.queue_id, "default queue");
    EXPECT_EQ(decision.hours.state, calendar::State::kOpen);
    EXPECT_EQ(decision.target_region, "us-east-1");
}

// An empty number is a prefix of every number, as the definition says; no table can hold one.
TEST(Decide, EmptyNumberIsAPrefixOfAll) {
    const Snapshot snapshot = snapshot_of({rule("", "us-east-1"), rule("+1", "us-east-1")});
    const auto answer = [&](std::string_view number) {
        return decide(snapshot, policy(), {.number = number, .region = "us-east-1", .at = {}});
    };
    EXPECT_EQ(answer("+2").match, Match::kPrefix);
    EXPECT_EQ(answer("").match, Match::kExact);
    EXPECT_EQ(answer("+12").rule_number, "+1");
}

// Two numbers that the shortcuts cannot tell apart, which every few million rules have.
TEST(Decide, TellsNumbersOfOneHashApart) {
    constexpr std::size_t kNumbers = 300'000;
    std::unordered_map<std::uint32_t, std::string> seen;
    std::pair<std::string, std::string> twins;
    for (std::size_t i = 0; i < kNumbers && twins.first.empty(); ++i) {
        const auto number = "+1800" + std::to_string(i);
        const auto [first, added] = seen.emplace(shortcut_hash(number, "r"), number);
        if (!added) {
            twins = {first->second, number};
        }
    }
    ASSERT_FALSE(twins.first.empty());
    SnapshotBuilder builder;
    for (std::size_t i = 0; i < 1'500; ++i) {
        builder.add(PutRule{rule("+2" + std::to_string(i), "r")});
    }
    builder.add(PutRule{rule(twins.first, "r")});
    const Snapshot one = std::move(builder).build();
    EXPECT_EQ(decide(one, {}, {.number = twins.first, .region = "r", .at = {}}).match,
              Match::kExact);
    EXPECT_EQ(decide(one, {}, {.number = twins.second, .region = "r", .at = {}}).match,
              Match::kNone);

    const std::vector<Edit> edits = {PutRule{rule(twins.second, "r")}, EraseRule{twins.first, "r"}};
    const Snapshot other = one.with(edits);
    EXPECT_EQ(decide(other, {}, {.number = twins.first, .region = "r", .at = {}}).match,
              Match::kNone);
    EXPECT_EQ(decide(other, {}, {.number = twins.second, .region = "r", .at = {}}).rule_number,
              twins.second);
}

TEST(Explain, SaysWhyRulesWonAndLost) {
    const Snapshot snapshot = snapshot_of({
        rule("+1", "us-east-1"),
        rule("+1800", "us-east-1"),
        rule("+1800", "eu-west-1"),
        rule("+18005551234", "eu-west-1"),
        rule("+44", "us-east-1"),
    });
    const Explanation explanation = explain(
        snapshot, policy(), {.number = "+18005551234", .region = "us-east-1", .at = at(kMonday)});
    ASSERT_EQ(explanation.rules.size(), 4U);
    EXPECT_TRUE(explanation.rules[0].won);
    EXPECT_EQ(explanation.rules[0].why,
              "+1800 in us-east-1 is a prefix of +18005551234, and longer than +1");
    EXPECT_EQ(explanation.rules[1].why,
              "lost: +18005551234 is in eu-west-1; other regions count only when us-east-1 has no "
              "rule");
    EXPECT_EQ(explanation.rules[2].why,
              "lost: +1800 is in eu-west-1; only exact numbers count from other regions");
    EXPECT_EQ(explanation.rules[3].why, "lost: shorter than +1800");
    EXPECT_FALSE(explanation.rules[3].won);
}

TEST(Explain, SaysWhichOtherRegionWon) {
    const Snapshot snapshot = snapshot_of({rule("+62", "ca-west-1"), rule("+62", "eu-west-1")});
    const Explanation explanation =
        explain(snapshot, policy(), {.number = "+62", .region = "us-east-1", .at = at(kMonday)});
    ASSERT_EQ(explanation.rules.size(), 2U);
    EXPECT_EQ(explanation.rules[0].why,
              "+62 in eu-west-1 is exactly the number; no rule of us-east-1 is a prefix of it, and "
              "this one comes first in the order of regions");
    EXPECT_EQ(explanation.rules[1].why,
              "lost: ca-west-1 comes after eu-west-1 in the order of regions");
    EXPECT_THAT(explanation.steps,
                testing::Contains("region: eu-west-1 serves the call, the rule's region; transfer "
                                  "to +353999"));
}

TEST(Explain, TellsHoursFlowAndQueue) {
    Rule r;
    r.phone_number = "+1";
    r.region = "us-east-1";
    r.business_hours_id = "office";
    r.after_hours_contact_flow_id = "late flow";
    Policy p = policy();
    p.after_hours_queue_id = "policy late queue";
    const Explanation explanation =
        explain(snapshot_of({r}), p, {.number = "+1", .region = "us-east-1", .at = at(kSaturday)});
    EXPECT_THAT(
        explanation.steps,
        testing::ElementsAre(
            "closed: Saturday 2025-03-01 10:00 in America/New_York, by the business hours office; "
            "opens 2025-03-03T14:00:00Z",
            "after-hours flow: the rule's own",
            "after-hours queue: the rule has none, AFTER_HOURS_QUEUE_ID",
            "region: us-east-1 serves the call, the rule's region"));
}

TEST(Explain, TellsOfHoursThatAreUnknown) {
    Rule r = rule("+1", "us-east-1");
    r.business_hours_id = "nowhere";
    const Explanation explanation = explain(
        snapshot_of({r}), policy(), {.number = "+1", .region = "us-east-1", .at = at(kSaturday)});
    EXPECT_THAT(explanation.steps,
                testing::Contains("open: the rule's business hours, nowhere, are unknown"));
}

TEST(Explain, WithoutARuleSaysSo) {
    const Explanation explanation =
        explain(Snapshot(), policy(), {.number = "+1", .region = "us-east-1", .at = at(kMonday)});
    EXPECT_TRUE(explanation.rules.empty());
    EXPECT_THAT(explanation.steps.front(), testing::StartsWith("no rule"));
}

TEST(Explain, ListsTwoHundredRulesAtMost) {
    std::vector<Rule> rules;
    rules.reserve(301);
    for (int i = 0; i < 300; ++i) {
        rules.push_back(rule("+1", fmt::format("aa-{:03}", i)));
    }
    rules.push_back(rule("+1", "us-east-1"));  // the last by bytes, past the 200
    const Explanation explanation = explain(
        snapshot_of(rules), policy(), {.number = "+1", .region = "us-east-1", .at = at(kMonday)});
    EXPECT_EQ(explanation.rules.size(), 200U);
    EXPECT_TRUE(explanation.rules.front().won);
    EXPECT_EQ(explanation.rules.front().region, "us-east-1");
    EXPECT_THAT(explanation.steps, testing::Contains("101 more rules were considered and lost; the "
                                                     "first 200 are listed"));
}

TEST(DecisionId, DependsOnCallContactAndContent) {
    const Snapshot snapshot = snapshot_of({rule("+1", "us-east-1")});
    const Snapshot same = snapshot_of({rule("+1", "us-east-1")});
    const Snapshot other = snapshot_of({rule("+2", "us-east-1")});
    const Call call{.number = "+1", .region = "us-east-1", .at = at(kMonday)};
    const std::string id = decision_id(snapshot, call, "contact");
    EXPECT_EQ(id.size(), 26U);
    EXPECT_EQ(id, decision_id(same, call, "contact"));
    std::vector<std::string> others = {decision_id(other, call, "contact"),
                                       decision_id(snapshot, call, "contact2")};
    for (const Call& changed : {Call{"+12", "us-east-1", call.at}, Call{"+1", "us-east-2", call.at},
                                Call{"+1us", "-east-1", call.at}}) {
        others.push_back(decision_id(snapshot, changed, "contact"));
    }
    for (const auto& one : others) {
        EXPECT_NE(one, id);
        EXPECT_EQ(one.substr(0, 10), id.substr(0, 10));  // the same millisecond
    }
    Call later = call;
    later.at += std::chrono::milliseconds{1};
    EXPECT_GT(decision_id(snapshot, later, "contact"), id);
}

}  // namespace
}  // namespace meridian::routing
