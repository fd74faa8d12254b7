// The decision: which flow, queue and region serve a call, and why.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "calendar/schedule.h"
#include "routing/snapshot.h"

namespace meridian::routing {

// What a deployment says once, for all calls.
struct Policy {
    std::vector<std::string> region_order;  // the deployment's regions, in order of preference
    std::string default_contact_flow_id;    // never empty: the settings are checked at start
    std::string default_queue_id;
    std::string after_hours_contact_flow_id;  // empty: the defaults serve after hours
    std::string after_hours_queue_id;
    std::vector<std::string> regions_out_of_service;  // cannot serve calls now
    std::vector<std::pair<std::string, std::string>>
        transfer_numbers;  // region → number that reaches it
};

struct Call {
    std::string_view number;  // the dialled number
    std::string_view region;  // where the call arrived
    Instant at;
};

// Why the winning rule won.
enum class Match : std::uint8_t { kExact, kPrefix, kOtherRegion, kNone };
[[nodiscard]] std::string_view to_string(Match match);

// Texts are views into the snapshot, the policy and the call, and live as long as all three.
struct Decision {
    Match match = Match::kNone;
    std::string_view rule_number;  // with rule_region, the winning rule's key; empty without one
    std::string_view rule_region;
    std::string_view contact_flow_id;
    std::string_view queue_id;
    std::string_view target_region;  // which region serves the call
    std::string_view
        transfer_number;          // reaches target_region when it is not the call's; else empty
    calendar::Status hours;       // of the rule's business hours; open without any
    std::string_view attributes;  // the rule's, as given in Rule::attributes
    std::string_view routing_profile;
};

// The algorithm, which tools and people may rely on:
//  1. Among the rules of the call's region, the one whose phone_number is the longest prefix of the
//  number.
//  2. Without one: the rule for exactly this number in another region: regions in the order of the
//  policy first, then
//     any other region, in byte order of its name.
//  3. Without one: the policy's defaults, open.
//  4. The rule's schedule says open or not at the instant; a schedule that is unknown, or none,
//  means open.
//  5. Open: the rule's flow and queue, each else the default. Not open: the rule's after-hours
//  ones, each else the
//     policy's after-hours ones, each else the defaults.
//  6. The rule's region serves the call. When it is out of service: the first of the rule's
//  fallback regions that isn't;
//     when all are, the rule's region. (Without a rule: the call's region.)
[[nodiscard]] Decision decide(const Snapshot& snapshot, const Policy& policy, const Call& call);

// One rule that was considered, and why it won or lost, in words for a person.
struct Considered {
    std::string phone_number;
    std::string region;
    bool won = false;
    std::string why;
};
struct Explanation {
    std::vector<Considered> rules;  // the winner first, then in the order in which they lost
    std::vector<std::string>
        steps;  // the rest of the decision, a sentence each: hours, flow, queue, region
};
// Why decide() answers what it answers: the same code, traced.
[[nodiscard]] Explanation explain(const Snapshot& snapshot, const Policy& policy, const Call& call);

// ULID of a decision: the instant and a hash of the call, contact and snapshot, so that a replay of
// the same contact on the same rules has the same id, in any region.
[[nodiscard]] std::string decision_id(const Snapshot& snapshot, const Call& call,
                                      std::string_view contact_id);

}  // namespace meridian::routing
