#include "lint/destination_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "management/connect_arn.h"

namespace meridian::lint {
namespace {

using routing::Rule;

struct Field {
    std::string_view name;
    std::string_view type;  // as ARNs have it
    const std::string& value;
};

std::array<Field, 4> fields_of(const Rule& rule) {
    return {{{"contactFlowId", "contact-flow", rule.contact_flow_id},
             {"queueId", "queue", rule.queue_id},
             {"afterHoursContactFlowId", "contact-flow", rule.after_hours_contact_flow_id},
             {"afterHoursQueueId", "queue", rule.after_hours_queue_id}}};
}

struct Arn {
    Field field;
    management::ConnectArn arn;
};

std::vector<Arn> arns_of(const Rule& rule) {
    std::vector<Arn> arns;
    for (const Field& field : fields_of(rule)) {
        if (const auto arn = management::parse_connect_arn(field.value)) {
            arns.push_back({field, *arn});
        }
    }
    return arns;
}

// The field of the same name in another rule of the number has the same value.
bool has_same(const Rule* other, const Field& field) {
    return other != nullptr && std::ranges::any_of(fields_of(*other), [&](const Field& theirs) {
               return theirs.name == field.name && theirs.value == field.value;
           });
}

void check_kinds(const Rule& rule, const std::vector<Arn>& arns, Findings& findings) {
    for (const Arn& one : arns) {
        const auto type = one.arn.type;
        if (type == one.field.type || (type != "queue" && type != "contact-flow")) {
            continue;
        }
        findings.add(Code::kArnOfWrongKind, rule_ref(rule), [&] {
            return Words{.message = fmt::format("{} is the ARN of a {}, so calls cannot go there",
                                                one.field.name, type),
                         .mend = fmt::format("Write the ARN of a {}", one.field.type)};
        });
    }
}

void check_regions(const Rule& rule, const std::vector<Rule>& rules, const std::vector<Arn>& arns,
                   Findings& findings) {
    const std::string region = plain_region(rule.region);
    const auto foreign =
        std::ranges::find_if(arns, [&](const Arn& one) { return one.arn.region != region; });
    if (foreign == arns.end()) {
        return;
    }
    const Rule* const original = rule_in(rules, foreign->arn.region);
    if (has_same(original, foreign->field)) {
        findings.add(Code::kArnCopied, rule_ref(rule), [&] {
            return Words{
                .message = fmt::format(
                    "{} is the one of the rule in {}, and {} cannot use it when it serves the call",
                    foreign->field.name, quoted(original->region), quoted(rule.region)),
                .mend = fmt::format("Write the ARN of its counterpart in {}", quoted(region)),
                .other = id_of(rule_ref(*original))};
        });
        return;
    }
    findings.add(Code::kArnOfOtherRegion, rule_ref(rule), [&] {
        return Words{.message = fmt::format(
                         "{} is of an instance in {}, and {} cannot use it when it serves the call",
                         foreign->field.name, quoted(foreign->arn.region), quoted(rule.region)),
                     .mend = fmt::format("Write the ARN of its counterpart in {}", quoted(region))};
    });
}

void check_instances(const Rule& rule, const std::vector<Arn>& arns, Findings& findings) {
    const auto differs = std::ranges::adjacent_find(arns, [](const Arn& one, const Arn& two) {
        return one.arn.region == two.arn.region &&
               (one.arn.account != two.arn.account || one.arn.instance != two.arn.instance);
    });
    if (differs == arns.end()) {
        return;
    }
    findings.add(Code::kArnInstancesDiffer, rule_ref(rule), [&] {
        const auto& [one, two] = std::pair(*differs, *(differs + 1));
        const bool accounts = one.arn.account != two.arn.account;
        return Words{.message = fmt::format(
                         "{} and {} are of different {}, {} and {}, so a call cannot go to both",
                         one.field.name, two.field.name, accounts ? "accounts" : "instances",
                         quoted(accounts ? one.arn.account : one.arn.instance),
                         quoted(accounts ? two.arn.account : two.arn.instance)),
                     .mend = "Write ARNs of one instance"};
    });
}

}  // namespace

std::string plain_region(std::string_view region) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = std::min(region.find_first_not_of(kBlanks), region.size());
    std::string plain(region.substr(begin, region.find_last_not_of(kBlanks) + 1 - begin));
    std::ranges::transform(plain, plain.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return plain;
}

const Rule* rule_in(const std::vector<Rule>& rules, std::string_view region) {
    const auto place = std::ranges::lower_bound(rules, region, {}, &Rule::region);
    return place != rules.end() && place->region == region ? &*place : nullptr;
}

void check_destination(const Rule& rule, const std::vector<Rule>& rules, Findings& findings) {
    const auto arns = arns_of(rule);
    check_kinds(rule, arns, findings);
    check_regions(rule, rules, arns, findings);
    check_instances(rule, arns, findings);
    if (rule.contact_flow_id.empty() && rule.queue_id.empty()) {
        findings.add(Code::kRuleWithoutDestination, rule_ref(rule), [] {
            return Words{.message =
                             "It has neither a contactFlowId nor a queueId, so its calls go to the "
                             "defaults",
                         .mend = "Write at least one of them, or delete the rule"};
        });
    }
}

}  // namespace meridian::lint
