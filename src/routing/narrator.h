// Puts a decision into words while it is made: explain()'s trace. For this module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/schedule.h"
#include "routing/decision.h"
#include "routing/rule_block.h"
#include "routing/selection.h"

namespace meridian::routing {

// Members are called in the order in which they stand here. What they get lives until the end.
class Narrator {
  public:
    static constexpr bool kWantsLosers = true;
    static constexpr std::size_t kListedRulesMax = 200;

    Narrator(const Policy& policy, const Call& call) : policy_(policy), call_(call) {}

    void considered(const RuleSet& set);  // rules whose number is a prefix, the longest first
    void selected(const Selection& selection);
    void hours(std::string_view id, const calendar::Schedule* schedule,
               const calendar::Status& status);
    void flow(const Choice& choice);
    void queue(const Choice& choice);
    void region(std::string_view target, std::string_view transfer_number);

    [[nodiscard]] Explanation explanation() &&;

  private:
    [[nodiscard]] std::string why_won(const Selection& selection) const;
    [[nodiscard]] std::string why_lost(const RuleBlock& rule, const Selection& selection) const;
    void list(const RuleBlock& rule, bool won, std::string why);

    const Policy& policy_;
    const Call& call_;
    std::vector<const RuleBlock*> rules_;
    std::size_t unlisted_ = 0;
    const RuleBlock* winner_ = nullptr;
    bool open_ = true;
    Explanation explanation_;
};

}  // namespace meridian::routing
