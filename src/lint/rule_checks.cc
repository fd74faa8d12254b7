#include "lint/rule_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "connect/contact_event.h"
#include "lint/destination_checks.h"

namespace meridian::lint {
namespace {

using routing::Rule;

}  // namespace

void RuleChecks::check(const Rules& rules, std::size_t regions_with_prefix) {
    std::vector<const Hours*> used;
    used.reserve(rules.size());
    for (const Rule& rule : rules) {
        number(rule);
        region(rule, rules);
        check_destination(rule, rules, findings_);
        fallbacks(rule);
        used.push_back(rule.business_hours_id.empty() ? nullptr
                                                      : hours_.use(rule.business_hours_id));
        hours(rule, used.back());
    }
    foreign(rules, regions_with_prefix);
    hours_among(rules, used);
}

void RuleChecks::number(const Rule& rule) {
    const std::string& text = rule.phone_number;
    const bool is_plus = text.starts_with('+');
    if (deployment_.digits_of(text) || (!is_plus && !looks_like_a_number(text))) {
        return;
    }
    findings_.add(Code::kNumberNotDialled, rule_ref(rule), [&] {
        return Words{
            .message = is_plus ? fmt::format("No telephone number begins with this: they are '+' "
                                             "and up to {} digits, the first not 0",
                                             deployment_.numbers().digits_max)
                               : "No telephone call reaches it: Amazon Connect gives numbers as "
                                 "'+' and digits, with the country code",
            .mend = "Write it as '+' and digits, like +18005551234"};
    });
}

// Calls' regions are written as Amazon writes them.
void RuleChecks::region(const Rule& rule, const Rules& rules) {
    if (connect::is_region_name(rule.region) || deployment_.has(rule.region)) {
        return;
    }
    findings_.add(Code::kRegionMisspelt, rule_ref(rule), [&] {
        const std::string plain = plain_region(rule.region);
        const Rule* const other = plain == rule.region ? nullptr : rule_in(rules, plain);
        return Words{
            .message = fmt::format("{} is not how a region is written, so no call arrives there{}",
                                   quoted(rule.region),
                                   other == nullptr ? ""
                                                    : ", and the rule in " + quoted(plain) +
                                                          " serves the number instead"),
            .mend = connect::is_region_name(plain)
                        ? fmt::format("Write {}", quoted(plain))
                        : std::string("Write a region's name like us-east-1"),
            .other = other == nullptr ? std::nullopt : std::optional(id_of(rule_ref(*other)))};
    });
}

// Rules of regions where no call arrives serve only what step 2 of the algorithm leaves them: calls
// to exactly their number, from regions without a prefix of it, unless a region that comes before
// has a rule for exactly the number too.
void RuleChecks::foreign(const Rules& rules, std::size_t regions_with_prefix) {
    if (!deployment_.is_known()) {
        return;
    }
    const auto deployed = std::ranges::find_if(
        rules, [this](const Rule& rule) { return deployment_.has(rule.region); });
    const Rule& first = deployed == rules.end() ? rules.front() : *deployed;
    const bool is_shadowed = regions_with_prefix == deployment_.region_count();
    for (const Rule& rule : rules) {
        if (deployment_.has(rule.region)) {
            continue;
        }
        if (&rule != &first) {
            never_wins(rule, "calls to this number from elsewhere go first to the rule in", &first);
        } else if (is_shadowed) {
            never_wins(rule, "each region of the deployment has a rule for a prefix of this number",
                       nullptr);
        } else if (connect::is_region_name(rule.region)) {
            not_deployed(rule);
        }
    }
}

void RuleChecks::never_wins(const Rule& rule, std::string_view why, const Rule* winner) {
    findings_.add(Code::kRuleNeverWins, rule_ref(rule), [&] {
        Words words{
            .message = fmt::format("No call arrives in {}, and {}", quoted(rule.region), why),
            .mend = "Delete it, or write a region of the deployment"};
        if (winner != nullptr) {
            words.message += " " + quoted(winner->region);
            words.other = id_of(rule_ref(*winner));
        }
        return words;
    });
}

void RuleChecks::not_deployed(const Rule& rule) {
    findings_.add(Code::kRegionNotDeployed, rule_ref(rule), [&] {
        const bool is_number = deployment_.may_be_dialled(rule.phone_number);
        return Words{
            .message = fmt::format(
                "{} is no region of the deployment, so the rule serves {}", quoted(rule.region),
                is_number ? "only calls to exactly this number from regions without a rule for it"
                          : "no telephone call: from elsewhere only exact numbers count, and this "
                            "is the beginning of one"),
            .mend = "Write a region of the deployment, or add the region to it"};
    });
}

void RuleChecks::fallbacks(const Rule& rule) {
    std::vector<std::string_view> regions(rule.fallback_regions.begin(),
                                          rule.fallback_regions.end());
    std::ranges::sort(regions);
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const auto report = [&](Code code, std::string_view what, std::string_view mend) {
            findings_.add(code, rule_ref(rule), [&] {
                return Words{.message = fmt::format("{} {}", quoted(regions[i]), what),
                             .mend = std::string(mend)};
            });
        };
        if (i > 0 && regions[i] == regions[i - 1]) {
            report(Code::kFallbackTwice,
                   "stands more than once among the fallback regions, which changes nothing",
                   "Name each region once");
        } else if (regions[i] == rule.region) {
            report(Code::kFallbackOwnRegion,
                   "is the rule's own region, so that falling back to it changes nothing",
                   "Name other regions");
        } else if (!deployment_.may_have(regions[i])) {
            report(Code::kFallbackUnknown,
                   "is among the fallback regions and none of the deployment's, so calls that fall "
                   "back to it reach nobody",
                   "Name regions of the deployment");
        }
    }
}

void RuleChecks::hours(const Rule& rule, const Hours* hours) {
    if (rule.business_hours_id.empty()) {
        return;
    }
    const auto other = id_of(hours_ref(rule.business_hours_id));
    if (hours == nullptr) {
        findings_.add(Code::kHoursUnknown, rule_ref(rule), [&] {
            return Words{.message = fmt::format("There are no business hours {}, so its calls "
                                                "count as open at all times",
                                                quoted(rule.business_hours_id)),
                         .mend = "Write the id of business hours that exist, or create them",
                         .other = other};
        });
    } else if (hours->content != Hours::kAlwaysOpen && rule.after_hours_contact_flow_id.empty()) {
        findings_.add(Code::kAfterHoursMissing, rule_ref(rule), [&] {
            return Words{.message = fmt::format("When {} are closed, its calls go to the "
                                                "deployment's after-hours flow or the default",
                                                quoted(rule.business_hours_id)),
                         .mend = "Write an afterHoursContactFlowId, if callers should get another",
                         .other = other};
        });
    }
}

// Against the first one where calls may arrive.
void RuleChecks::hours_among(const Rules& rules, const std::vector<const Hours*>& hours) {
    const auto counts = [&](std::size_t i) {
        return deployment_.may_have(rules[i].region) &&
               (rules[i].business_hours_id.empty() || hours[i] != nullptr);
    };
    const auto content_of = [&](std::size_t i) {
        return hours[i] == nullptr ? Hours::kAlwaysOpen : hours[i]->content;
    };
    std::size_t first = 0;
    while (first < rules.size() && !counts(first)) {
        ++first;
    }
    for (std::size_t i = first + 1; i < rules.size(); ++i) {
        if (!counts(i) || content_of(first) == content_of(i)) {
            continue;
        }
        findings_.add(Code::kHoursDifferByRegion, rule_ref(rules[i]), [&] {
            return Words{
                .message = fmt::format(
                    "The rule for this number in {} has other business hours, so callers may find "
                    "it open in one region and closed in the other",
                    quoted(rules[first].region)),
                .mend = "Use the same business hours in both, if callers should find the same",
                .other = id_of(rule_ref(rules[first]))};
        });
    }
}

}  // namespace meridian::lint
