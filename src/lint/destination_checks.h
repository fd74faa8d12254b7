// Whether a rule's flows and queues can serve together, where it serves. For this module.
#pragma once

#include <vector>

#include "lint/findings.h"
#include "routing/rule.h"

namespace meridian::lint {

// `rules`: all of the rule's number, by the bytes of their regions.
void check_destination(const routing::Rule& rule, const std::vector<routing::Rule>& rules,
                       Findings& findings);

// A region's name as it would be without capitals and blanks.
[[nodiscard]] std::string plain_region(std::string_view region);
// Null: no rule is of that region.
[[nodiscard]] const routing::Rule* rule_in(const std::vector<routing::Rule>& rules,
                                           std::string_view region);

}  // namespace meridian::lint
