#include "lint/prefix_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace meridian::lint {
namespace {

std::uint64_t power_of_ten(std::size_t exponent) {
    std::uint64_t power = 1;
    for (; exponent > 0; --exponent) {
        power *= 10;
    }
    return power;
}

// Whether calls that the one wins are answered as the other would answer them.
bool answers_the_same(const routing::Rule& one, const routing::Rule& other) {
    const auto answer = [](const routing::Rule& rule) {
        return std::tie(rule.contact_flow_id, rule.queue_id, rule.after_hours_contact_flow_id,
                        rule.after_hours_queue_id, rule.business_hours_id, rule.routing_profile,
                        rule.fallback_regions, rule.attributes);
    };
    return answer(one) == answer(other);
}

}  // namespace

void PrefixChain::leave_for(std::string_view number) {
    while (!levels_.empty() && !number.starts_with(levels_.back().number)) {
        leave_one();
    }
}

void PrefixChain::finish() {
    while (!levels_.empty()) {
        leave_one();
    }
}

void PrefixChain::enter(std::vector<routing::Rule> rules) {
    std::erase_if(rules, [this](const auto& rule) { return !deployment_.may_have(rule.region); });
    if (rules.empty()) {
        return;
    }
    Level& level = levels_.emplace_back();
    level.number = rules.front().phone_number;
    level.frames.reserve(rules.size());
    for (auto& rule : rules) {
        Frame& frame = level.frames.emplace_back();
        frame.rule = std::move(rule);
        const auto [place, is_first] = innermost_.try_emplace(frame.rule.region, &frame);
        frame.shorter = is_first ? nullptr : std::exchange(place->second, &frame);
    }
    for (const Frame& frame : level.frames) {
        if (frame.shorter != nullptr) {
            relate(*frame.shorter, frame);
        }
    }
}

void PrefixChain::relate(Frame& shorter, const Frame& longer) {
    if (shorter.first_longer.empty()) {
        shorter.first_longer = longer.rule.phone_number;
    }
    if (answers_the_same(shorter.rule, longer.rule)) {
        report_redundant(shorter, longer);
    } else if (shorter.elsewhere++ == 0) {
        shorter.first_elsewhere = longer.rule.phone_number;
    }
    const auto from = deployment_.digits_of(shorter.rule.phone_number);
    const auto to = deployment_.digits_of(longer.rule.phone_number);
    if (from && to) {
        shorter.numbers_covered += power_of_ten(deployment_.numbers().digits_max - *to);
        // The numbers between the two are beginnings of the longer one; some may be whole numbers.
        shorter.has_gap |= *to > std::max(*from + 1, deployment_.numbers().digits_min);
    }
}

// Calls of other regions look for exactly the longer rule's number, and would miss it.
void PrefixChain::report_redundant(const Frame& shorter, const Frame& longer) {
    const bool others_need_it =
        deployment_.may_be_dialled(longer.rule.phone_number) &&
        (!deployment_.is_known() || regions_with_prefix() < deployment_.region_count());
    if (others_need_it) {
        return;
    }
    findings_.add(Code::kRuleRedundant, rule_ref(longer.rule), [&] {
        return Words{
            .message = fmt::format("The rule for {} in {} answers the same, so calls go the same "
                                   "way without this one",
                                   quoted(shorter.rule.phone_number), quoted(longer.rule.region)),
            .mend = "Delete it, unless it is there to be changed soon",
            .other = id_of(rule_ref(shorter.rule))};
    });
}

bool PrefixChain::is_covered(const Frame& frame) const {
    const auto digits = deployment_.digits_of(frame.rule.phone_number);
    if (!digits || *digits == deployment_.numbers().digits_max || frame.has_gap) {
        return false;
    }
    const std::uint64_t tenth = power_of_ten(deployment_.numbers().digits_max - *digits - 1);
    return frame.numbers_covered == tenth * (*digits == 0 ? 9 : 10);  // no number begins with +0
}

void PrefixChain::close(const Frame& frame) {
    const auto entity = rule_ref(frame.rule);
    const auto other = [&](const std::string& number) {
        return management::EntityId{management::Kind::kRule, number, frame.rule.region};
    };
    if (is_covered(frame)) {
        findings_.add(Code::kPrefixCovered, entity, [&] {
            const bool is_number = deployment_.may_be_dialled(frame.rule.phone_number);
            return Words{.message = fmt::format(
                             "Every longer telephone number has a longer rule in {}, so "
                             "this one serves {}",
                             quoted(frame.rule.region),
                             is_number ? "only calls to exactly its number" : "no telephone call"),
                         .mend = "Delete it, or delete the longer rules that should not be there",
                         .other = other(frame.first_longer)};
        });
    }
    if (frame.elsewhere > 0) {
        findings_.add(Code::kPrefixOverlap, entity, [&] {
            return Words{.message = fmt::format(
                             "{} longer rule{} of {} take{} calls from this prefix and answer{} "
                             "otherwise, first {}",
                             frame.elsewhere, frame.elsewhere == 1 ? "" : "s",
                             quoted(frame.rule.region), frame.elsewhere == 1 ? "s" : "",
                             frame.elsewhere == 1 ? "s" : "", quoted(frame.first_elsewhere)),
                         .mend = "Nothing, if these numbers are meant to be exceptions",
                         .other = other(frame.first_elsewhere)};
        });
    }
}

void PrefixChain::leave_one() {
    Level& level = levels_.back();
    for (Frame& frame : level.frames) {
        close(frame);
        const auto place = innermost_.find(frame.rule.region);
        if (frame.shorter != nullptr) {
            place->second = frame.shorter;
        } else {
            innermost_.erase(place);
        }
    }
    levels_.pop_back();
}

}  // namespace meridian::lint
