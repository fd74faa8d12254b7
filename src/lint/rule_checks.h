// What is wrong with rules by themselves, and among those of one number. For this module.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lint/deployment.h"
#include "lint/findings.h"
#include "lint/hours_book.h"
#include "routing/rule.h"

namespace meridian::lint {

// Role: judges all rules of one number at a time. Threads: one.
class RuleChecks {
  public:
    RuleChecks(const Deployment& deployment, HoursBook& hours, Findings& findings)
        : deployment_(deployment), hours_(hours), findings_(findings) {}

    // The rules of one number, by the bytes of their regions. `regions_with_prefix`: how many of
    // the deployment's regions have a shorter prefix of the number.
    void check(const std::vector<routing::Rule>& rules, std::size_t regions_with_prefix);

  private:
    using Rules = std::vector<routing::Rule>;

    void number(const routing::Rule& rule);
    void region(const routing::Rule& rule, const Rules& rules);
    void foreign(const Rules& rules, std::size_t regions_with_prefix);
    void never_wins(const routing::Rule& rule, std::string_view why, const routing::Rule* winner);
    void not_deployed(const routing::Rule& rule);
    void destination(const routing::Rule& rule, const Rules& rules);
    void fallbacks(const routing::Rule& rule);
    void hours(const routing::Rule& rule, const Hours* hours);
    void hours_among(const Rules& rules, const std::vector<const Hours*>& hours);

    const Deployment& deployment_;
    HoursBook& hours_;
    Findings& findings_;
};

}  // namespace meridian::lint
