// RouteCall: a contact-flow event in, the flow, queue and region that serve the contact out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log_limit.h"
#include "catalog/rule_source.h"
#include "connect/contact_event.h"
#include "functions/function.h"
#include "routing/decision.h"

namespace meridian::functions {

// How a call was decided, for metrics and logs.
enum class Outcome : std::uint8_t { kRule, kDefault, kMalformedEvent, kNoData };
[[nodiscard]] std::string_view to_string(Outcome outcome);

struct Routed {
    std::string answer;  // what the flow gets
    Outcome outcome = Outcome::kRule;
    routing::Match match = routing::Match::kNone;
    calendar::State hours = calendar::State::kOpen;
    bool stale = false;
};

// Role: decides calls. A caller always gets an answer: whatever goes wrong, the policy's defaults
// with attributes.errorMessage, a short fixed sentence. `source` and `clock` must outlive it.
// Threads: any.
class RouteCall final : public Function {
  public:
    using Observer = std::function<void(const Routed&)>;

    // `observer` is called for each call, on the calling thread; may be empty.
    RouteCall(catalog::RuleSource& source, routing::Policy policy, const Clock& clock,
              Observer observer);

    [[nodiscard]] std::string_view name() const override { return "RouteCall"; }
    [[nodiscard]] Duration duration() const override { return Duration::kBrief; }
    [[nodiscard]] FunctionResult call(std::string_view event,
                                      const management::Caller& caller) override;

    // The same decision for any instant.
    [[nodiscard]] Routed route(std::string_view event, Instant at);

    // {"answer":…,"at":…,"snapshot":…,"rules":[…],"steps":[…]}: the answer that route() gives, and
    // why.
    [[nodiscard]] std::string explain(std::string_view event, Instant at);

    [[nodiscard]] const routing::Policy& policy() const { return policy_; }
    // The instant that call() takes.
    [[nodiscard]] Instant now() const { return clock_.now(); }

  private:
    [[nodiscard]] Routed defaults(const connect::ContactEvent& event, Outcome outcome,
                                  Instant at) const;
    // The answer to one event by what rules_for() gave for it.
    [[nodiscard]] Routed answer(const connect::ContactEvent& event,
                                const Result<catalog::Sourced>& rules, Instant at);
    // An unreadable event's error, or that of the source.
    [[nodiscard]] Result<catalog::Sourced> rules_for(const connect::ContactEvent& event,
                                                     Instant at);

    catalog::RuleSource& source_;
    routing::Policy policy_;
    const Clock& clock_;
    Observer observer_;
    LogLimit complaints_;
};

}  // namespace meridian::functions
