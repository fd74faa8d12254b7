#include "routing/narrator.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "calendar/offset_table.h"
#include "calendar/schedule.h"

namespace meridian::routing {
namespace {

using std::chrono::floor;

std::string name_of(const RuleBlock& rule) {
    return fmt::format("{} in {}", rule.text(RuleBlock::kNumber), rule.text(RuleBlock::kRegion));
}

// "Saturday 2025-03-01 10:00", what the clock on the wall shows.
std::string local_time(const calendar::Zone& zone, Instant at) {
    static constexpr std::array<std::string_view, 7> kDays = {
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    const auto second = floor<std::chrono::seconds>(at);
    const auto wall = second + zone.data().offsets.offset_at(second);
    const auto day = floor<std::chrono::days>(wall);
    const std::chrono::year_month_day date{day};
    const auto minutes = floor<std::chrono::minutes>(wall - day).count();
    return fmt::format("{} {:04}-{:02}-{:02} {:02}:{:02}",
                       kDays[std::chrono::weekday{day}.c_encoding()], int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, minutes / 60, minutes % 60);
}

// Without the milliseconds that no schedule has.
std::string instant_text(Instant at) {
    std::string text = format_instant(at);
    if (text.ends_with(".000Z")) {
        text.replace(text.size() - 5, 5, "Z");
    }
    return text;
}

std::string with_reason(const calendar::Status& status) {
    const auto state = calendar::to_string(status.state);
    return status.reason.empty() ? std::string(state)
                                 : fmt::format("{} ({})", state, status.reason);
}

std::string change_text(const calendar::Schedule& schedule, const calendar::Status& now,
                        Instant at) {
    const auto change = calendar::next_change(schedule, at);
    if (!change) {
        return now.state == calendar::State::kEmergency ? "until someone ends it"
                                                        : "no change in sight";
    }
    const std::string when = instant_text(change->at);
    switch (change->to.state) {
        case calendar::State::kOpen:
            return "opens " + when;
        case calendar::State::kClosed:
            return now.state == calendar::State::kOpen ? "closes " + when
                                                       : "merely closed from " + when;
        default:
            return fmt::format("{} from {}", with_reason(change->to), when);
    }
}

std::string_view field_of(Source source, std::string_view policy_field,
                          std::string_view default_field) {
    return source == Source::kPolicyAfterHours ? policy_field : default_field;
}

// "after-hours queue: the rule has none, AFTER_HOURS_QUEUE_ID". The names in capitals are those of
// the settings that people write.
std::string choice_text(std::string_view what, bool open, Source source,
                        std::string_view policy_field, std::string_view default_field) {
    const std::string_view hours = open ? "" : "after-hours ";
    if (source == Source::kRule || source == Source::kRuleAfterHours) {
        return fmt::format("{}{}: the rule's own", hours, what);
    }
    const bool neither = !open && source == Source::kDefault;
    return fmt::format("{}{}: the rule has none{}, {}", hours, what,
                       neither ? fmt::format(" and {} is not set", policy_field) : "",
                       field_of(source, policy_field, default_field));
}

}  // namespace

void Narrator::considered(const RuleSet& set) {
    const std::size_t listed = std::min(set.size(), kListedRulesMax - rules_.size());
    for (std::size_t i = 0; i < listed; ++i) {
        rules_.push_back(&set[i]);
    }
    unlisted_ += set.size() - listed;
}

void Narrator::selected(const Selection& selection) {
    winner_ = selection.rule;
    if (winner_ != nullptr) {
        // The winner is always listed, even where it comes after the last place.
        if (std::ranges::find(rules_, winner_) == rules_.end()) {
            rules_.pop_back();
            rules_.push_back(winner_);
        }
        list(*winner_, true, why_won(selection));
    } else {
        explanation_.steps.emplace_back(fmt::format(
            "no rule: none in {} is a prefix of the number, and no other region has one for "
            "exactly this number",
            call_.region));
        explanation_.steps.emplace_back(
            "flow: DEFAULT_CONTACT_FLOW_ID; queue: DEFAULT_QUEUE_ID; hours: open");
        region(call_.region, {});
    }
    for (const RuleBlock* const rule : rules_) {
        if (rule != winner_) {
            list(*rule, false, why_lost(*rule, selection));
        }
    }
    if (unlisted_ > 0) {
        explanation_.steps.emplace_back(
            fmt::format("{} more rules were considered and lost; the first {} are listed",
                        unlisted_, kListedRulesMax));
    }
}

void Narrator::hours(std::string_view id, const calendar::Schedule* schedule,
                     const calendar::Status& status) {
    open_ = status.state == calendar::State::kOpen;
    if (id.empty()) {
        explanation_.steps.emplace_back("open: the rule has no business hours");
    } else if (schedule == nullptr) {
        explanation_.steps.emplace_back(
            fmt::format("open: the rule's business hours, {}, are unknown", id));
    } else {
        explanation_.steps.emplace_back(
            fmt::format("{}: {} in {}, by the business hours {}; {}", with_reason(status),
                        local_time(schedule->zone, call_.at), schedule->zone.name(), id,
                        change_text(*schedule, status, call_.at)));
    }
}

void Narrator::flow(const Choice& choice) {
    explanation_.steps.emplace_back(choice_text("flow", open_, choice.source, "AFTER_HOURS_FLOW_ID",
                                                "DEFAULT_CONTACT_FLOW_ID"));
}

void Narrator::queue(const Choice& choice) {
    explanation_.steps.emplace_back(
        choice_text("queue", open_, choice.source, "AFTER_HOURS_QUEUE_ID", "DEFAULT_QUEUE_ID"));
}

void Narrator::region(std::string_view target, std::string_view transfer_number) {
    const auto home = winner_ == nullptr ? call_.region : winner_->text(RuleBlock::kRegion);
    const auto& out = policy_.regions_out_of_service;
    const bool home_is_out = std::ranges::find(out, home) != out.end();
    std::string step = fmt::format("region: {} serves the call", target);
    if (winner_ == nullptr) {
        step += ", where it arrived";
    } else if (target != home) {
        step +=
            fmt::format(", the first of the rule's fallback regions in service; {} is not", home);
    } else if (home_is_out) {
        step += ", though it is out of service, as are all of the rule's fallback regions";
    } else {
        step += ", the rule's region";
    }
    if (target != call_.region) {
        step += transfer_number.empty()
                    ? fmt::format("; no transfer number is known from {}", call_.region)
                    : fmt::format("; transfer to {}", transfer_number);
    }
    explanation_.steps.push_back(std::move(step));
}

Explanation Narrator::explanation() && {
    return std::move(explanation_);
}

std::string Narrator::why_won(const Selection& selection) const {
    const RuleBlock& winner = *selection.rule;
    if (selection.match == Match::kOtherRegion) {
        return fmt::format(
            "{} is exactly the number; no rule of {} is a prefix of it{}", name_of(winner),
            call_.region,
            rules_.size() > 1 ? ", and this one comes first in the order of regions" : "");
    }
    std::string why = selection.match == Match::kExact
                          ? fmt::format("{} is exactly the number", name_of(winner))
                          : fmt::format("{} is a prefix of {}", name_of(winner), call_.number);
    const auto next = std::ranges::find_if(rules_, [&](const RuleBlock* rule) {
        return rule != &winner && rule->text(RuleBlock::kRegion) == call_.region;
    });
    if (next != rules_.end()) {
        why += fmt::format(", and longer than {}", (*next)->text(RuleBlock::kNumber));
    }
    return why;
}

std::string Narrator::why_lost(const RuleBlock& rule, const Selection& selection) const {
    const auto number = rule.text(RuleBlock::kNumber);
    const auto region = rule.text(RuleBlock::kRegion);
    if (region == call_.region) {
        return fmt::format("lost: shorter than {}", selection.rule->text(RuleBlock::kNumber));
    }
    if (number.size() != call_.number.size()) {
        return fmt::format("lost: {} is in {}; only exact numbers count from other regions", number,
                           region);
    }
    if (selection.match == Match::kOtherRegion) {
        return fmt::format("lost: {} comes after {} in the order of regions", region,
                           selection.rule->text(RuleBlock::kRegion));
    }
    return fmt::format("lost: {} is in {}; other regions count only when {} has no rule", number,
                       region, call_.region);
}

void Narrator::list(const RuleBlock& rule, bool won, std::string why) {
    explanation_.rules.push_back({.phone_number = std::string(rule.text(RuleBlock::kNumber)),
                                  .region = std::string(rule.text(RuleBlock::kRegion)),
                                  .won = won,
                                  .why = std::move(why)});
}

}  // namespace meridian::routing
