// What has been found so far. For this module.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/codes.h"
#include "lint/lint.h"
#include "management/entity.h"

namespace meridian::lint {

// An EntityId of somebody else's texts.
struct EntityRef {
    management::Kind kind;
    std::string_view first;
    std::string_view second = {};
};
[[nodiscard]] inline EntityRef rule_ref(const routing::Rule& rule) {
    return {management::Kind::kRule, rule.phone_number, rule.region};
}
[[nodiscard]] inline EntityRef hours_ref(std::string_view id) {
    return {management::Kind::kHours, id};
}
[[nodiscard]] inline management::EntityId id_of(const EntityRef& ref) {
    return {ref.kind, std::string(ref.first), std::string(ref.second)};
}

// A text of somebody else's as a message quotes it: 'like this', and not at length.
[[nodiscard]] std::string quoted(std::string_view text);

struct Words {
    std::string message;
    std::string mend;
    std::optional<management::EntityId> other = std::nullopt;
};

// Role: counts what is found, and keeps the first of it in the order of the report. Memory: of what
// is kept. Threads: one.
class Findings {
  public:
    explicit Findings(std::size_t listed_max) : listed_max_(listed_max) {}

    // `words` makes the Words, and is only asked when the finding is kept.
    template <typename MakeWords>
    void add(Code code, const EntityRef& entity, const MakeWords& words);

    // Moves it all into the report.
    void into(Report& report) &&;

  private:
    // Whether it comes before the last of those that are kept, or there is room.
    [[nodiscard]] bool is_wanted(const CodeInfo& info, const EntityRef& entity) const;
    void keep(Finding finding);

    std::size_t listed_max_;
    std::vector<Finding> listed_;  // a heap; the last in the report's order is at its front
    std::map<std::string_view, std::size_t> counts_;
};

template <typename MakeWords>
void Findings::add(Code code, const EntityRef& entity, const MakeWords& words) {
    const CodeInfo& about = info(code);
    ++counts_[about.code];
    if (!is_wanted(about, entity)) {
        return;
    }
    Words made = words();
    keep({.severity = about.severity,
          .code = about.code,
          .entity = id_of(entity),
          .other = std::move(made.other),
          .message = std::move(made.message),
          .mend = std::move(made.mend)});
}

}  // namespace meridian::lint
