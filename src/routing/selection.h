// What decide() hands to its trace. For this module.
#pragma once

#include <cstdint>
#include <string_view>

#include "routing/decision.h"
#include "routing/rule_block.h"

namespace meridian::routing {

struct Selection {
    const RuleBlock* rule = nullptr;  // the winner
    Match match = Match::kNone;
};

// Which field gave the flow or the queue.
enum class Source : std::uint8_t { kRule, kRuleAfterHours, kPolicyAfterHours, kDefault };
struct Choice {
    std::string_view id;
    Source source;
};

// Which of the rules for one number wins when the call's region has none: the first region of the
// policy's order that has one, else the first by bytes.
[[nodiscard]] inline const RuleBlock& preferred(const RuleSet& rules, const Policy& policy) {
    for (const auto& region : policy.region_order) {
        if (const RuleBlock* const rule = rules.find(region)) {
            return *rule;
        }
    }
    return rules[0];
}

}  // namespace meridian::routing
