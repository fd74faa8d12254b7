// Faults that no single rule shows: what is wrong, or most likely not meant, across all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "management/entity.h"
#include "routing/snapshot.h"

namespace meridian::lint {

// error: calls go where nobody meant. warning: most likely not meant. note: worth knowing.
enum class Severity : std::uint8_t { kError, kWarning, kNote };
[[nodiscard]] std::string_view to_string(Severity severity);

struct Finding {
    Severity severity = Severity::kWarning;
    std::string_view code;  // "rule-never-wins"; one of all_codes()
    management::EntityId entity;
    std::optional<management::EntityId> other;  // what it is in conflict with
    std::string message;                        // one sentence: what, and what follows from it
    std::string mend;                           // one sentence: what to do
};

// Every check, with what it finds in a sentence.
struct CodeInfo {
    std::string_view code;
    Severity severity;
    std::string_view meaning;
};
[[nodiscard]] const std::vector<CodeInfo>& all_codes();

// Which telephone numbers there are: '+' and so many digits, the first of them not zero (ITU-T
// E.164; none in use is shorter). Addresses that don't begin with '+' can be anything.
struct NumberPlan {
    std::size_t digits_min = 7;
    std::size_t digits_max = 15;  // at most 18
};

struct Options {
    std::vector<std::string> regions = {};  // the deployment's; empty: regions aren't judged
    std::size_t findings_max = 1000;        // more are counted, and not listed
    NumberPlan numbers = {};
};

struct Report {
    std::vector<Finding> findings;                   // errors first, then by entity
    std::map<std::string_view, std::size_t> counts;  // by code, unlisted ones too
    std::size_t rules = 0;
    std::size_t hours = 0;
};

// Looks at all rules of a snapshot and all items of BusinessHours, in time in proportion to their
// number (and its logarithm) and memory in proportion to the business hours and what is found.
[[nodiscard]] Report lint(const routing::Snapshot& snapshot,
                          const std::vector<item::Item>& hours_items, const Options& options);

}  // namespace meridian::lint
