#include "functions/route_call.h"

#include <utility>

#include "connect/answer.h"
#include "item/json.h"
#include "item/value.h"

namespace meridian::functions {
namespace {

constexpr std::string_view kMalformed =
    "The contact event could not be read; the default routing was used.";
constexpr std::string_view kNoData =
    "The routing data could not be read; the default routing was used.";
constexpr std::string_view kTooLong =
    "The rule is too large for an answer; the default routing was used.";

routing::Call call_of(const connect::Contact& contact, Instant at) {
    return {contact.number, contact.region, at};
}

// For ids of answers that no snapshot gave. Made once: a snapshot reserves address space.
const routing::Snapshot& no_rules() {
    static const routing::Snapshot empty;
    return empty;
}

item::List texts(const std::vector<std::string>& lines) {
    return {lines.begin(), lines.end()};
}

item::List considered(const routing::Explanation& explanation) {
    item::List rules;
    for (const auto& rule : explanation.rules) {
        rules.emplace_back(item::Map{{"phoneNumber", rule.phone_number},
                                     {"region", rule.region},
                                     {"won", rule.won},
                                     {"why", rule.why}});
    }
    return rules;
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::kRule:
            return "rule";
        case Outcome::kDefault:
            return "default";
        case Outcome::kMalformedEvent:
            return "malformed_event";
        case Outcome::kNoData:
            return "no_data";
    }
    return "";
}

RouteCall::RouteCall(catalog::RuleSource& source, routing::Policy policy, const Clock& clock,
                     Observer observer)
    : source_(source),
      policy_(std::move(policy)),
      clock_(clock),
      observer_(std::move(observer)),
      complaints_(clock) {}

FunctionResult RouteCall::call(std::string_view event, const management::Caller& /*caller*/) {
    auto routed = route(event, clock_.now());
    if (observer_) {
        observer_(routed);
    }
    return {std::move(routed.answer), std::nullopt};
}

Routed RouteCall::defaults(const connect::ContactEvent& event, Outcome outcome, Instant at) const {
    connect::Answer answer;
    answer.contact_flow_id = policy_.default_contact_flow_id;
    answer.queue_id = policy_.default_queue_id;
    answer.error_message = outcome == Outcome::kMalformedEvent ? kMalformed
                           : outcome == Outcome::kNoData       ? kNoData
                                                               : kTooLong;
    answer.target_region =
        event.contact ? std::string_view(event.contact->region) : std::string_view{};
    answer.hours = "open";
    const auto id = event.contact ? routing::decision_id(no_rules(), call_of(*event.contact, at),
                                                         event.contact->id)
                                  : routing::decision_id(no_rules(), {{}, {}, at}, {});
    answer.decision_id = id;
    Routed routed;
    routed.outcome = outcome;
    routed.answer = connect::render_answer(answer, event.response_type);
    return routed;
}

Result<catalog::Sourced> RouteCall::rules_for(const connect::ContactEvent& event, Instant at) {
    return event.contact ? source_.rules_for(call_of(*event.contact, at))
                         : std::unexpected(event.contact.error());
}

Routed RouteCall::route(std::string_view text, Instant at) {
    const auto event = connect::parse_contact_event(text);
    return answer(event, rules_for(event, at), at);
}

Routed RouteCall::answer(const connect::ContactEvent& event, const Result<catalog::Sourced>& rules,
                         Instant at) {
    if (!rules) {
        const bool readable = event.contact.has_value();
        log_limited(complaints_, readable ? LogLevel::kError : LogLevel::kWarn, "route_call",
                    "{}; the defaults were answered", rules.error().message);
        return defaults(event, readable ? Outcome::kNoData : Outcome::kMalformedEvent, at);
    }
    const auto call = call_of(*event.contact, at);
    const auto decision = routing::decide(rules->snapshot, policy_, call);
    const auto id = routing::decision_id(rules->snapshot, call, event.contact->id);
    auto answer = connect::answer_of(decision);
    answer.decision_id = id;
    answer.stale = rules->stale;
    Routed routed;
    routed.answer = connect::render_answer(std::move(answer), event.response_type);
    if (routed.answer.size() > connect::kAnswerBytesMax) {
        return defaults(event, Outcome::kDefault, at);
    }
    routed.outcome = decision.match == routing::Match::kNone ? Outcome::kDefault : Outcome::kRule;
    routed.match = decision.match;
    routed.hours = decision.hours.state;
    routed.stale = rules->stale;
    return routed;
}

std::string RouteCall::explain(std::string_view text, Instant at) {
    const auto event = connect::parse_contact_event(text);
    const auto rules = rules_for(event, at);
    const auto routed = answer(event, rules, at);
    item::Map result{{"at", format_instant(at)}, {"outcome", to_string(routed.outcome)}};
    if (!rules) {
        result["steps"] =
            texts({rules.error().message, std::string(event.contact ? kNoData : kMalformed)});
    } else {
        const auto explanation =
            routing::explain(rules->snapshot, policy_, call_of(*event.contact, at));
        result["number"] = event.contact->number;
        result["region"] = event.contact->region;
        result["match"] = routing::to_string(routed.match);
        result["snapshot"] = routing::to_hex(rules->snapshot.content_hash());
        result["rules"] = considered(explanation);
        result["steps"] = texts(explanation.steps);
    }
    // The answer goes in as it is, byte for byte: it is what the flow would get.
    auto json = item::to_plain_json(result);
    json.pop_back();
    return json + ",\"answer\":" + routed.answer + "}";
}

}  // namespace meridian::functions
