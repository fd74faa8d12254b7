#include "decision_text.h"

#include <fmt/format.h>

#include <string_view>

#include "item/value.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

// One line of a two-column text; nothing for an empty value.
void print_line(std::string_view name, const std::string& value) {
    if (!value.empty()) {
        fmt::print("{:<16}{}\n", name, printable(value));
    }
}

// "won  …" or "lost …": the reason of a winner names the rule, that of a loser begins with "lost:
// ".
void print_rule(const item::Map& rule) {
    const auto* won = item::find(rule, "won");
    auto why = text_at(rule, "why");
    if (won != nullptr && *won == item::Value(true)) {
        fmt::print("  won  {}\n", printable(why));
        return;
    }
    constexpr std::string_view kLost = "lost: ";
    if (why.starts_with(kLost)) {
        why.erase(0, kLost.size());
    }
    fmt::print("  lost {} in {}: {}\n", printable(text_at(rule, "phoneNumber")),
               printable(text_at(rule, "region")), printable(why));
}

}  // namespace

void print_answer(const item::Map& answer) {
    const auto rule = text_at(answer, "ruleId");
    print_line("flow", text_at(answer, "contactFlowId"));
    print_line("queue", text_at(answer, "queueId"));
    print_line("region", text_at(answer, "targetRegion"));
    print_line("transfer to", text_at(answer, "transferNumber"));
    print_line("hours", text_at(answer, "hours"));
    print_line("message", text_at(answer, "message"));
    print_line("rule", rule.empty() ? "none: the defaults" : rule);
    print_line("attributes", text_at(answer, "attributes"));
    print_line("decision", text_at(answer, "decisionId"));
    if (text_at(answer, "stale") == "true") {
        print_line("stale", "yes: the tables could not be read; this is the last known answer");
    }
}

void print_explanation(const item::Map& explanation) {
    fmt::print("\nwhy, at {}\n", text_at(explanation, "at"));
    for (const auto& rule : list_at(explanation, "rules")) {
        if (const auto* map = rule.as<item::Map>()) {
            print_rule(*map);
        }
    }
    for (const auto& step : list_at(explanation, "steps")) {
        if (const auto* text = step.as<std::string>()) {
            fmt::print("  - {}\n", printable(*text));
        }
    }
}

}  // namespace meridian::app
