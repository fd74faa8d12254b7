// Numbers for which all regions are asked what they decide.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "agreement/region_source.h"
#include "base/instant.h"
#include "base/result.h"
#include "proof/compare.h"

namespace meridian::app {

// A call: the dialled number, and where it arrives.
struct Probe {
    std::string number;
    std::string region;
};

// `count` numbers of rules from all over the table, each with a longer one, which a prefix decides
// at most, and one that no rule is likely to be for. In each of the rules' own regions.
[[nodiscard]] Result<std::vector<Probe>> choose_probes(HttpRegion& region, std::size_t count);
// These numbers, calls to each of the regions.
[[nodiscard]] std::vector<Probe> probes_of(const std::vector<std::string>& numbers,
                                           const std::vector<std::string>& regions);

// What each region decided, as one text: all that a caller is told, but the decision's id, which
// is of the whole snapshot.
using Decisions = std::vector<std::string>;

// Of all regions, as of that instant.
[[nodiscard]] std::expected<Decisions, proof::Failed> decide(std::span<HttpRegion* const> regions,
                                                             const Probe& probe, Instant at);
[[nodiscard]] bool all_same(const Decisions& decisions);

}  // namespace meridian::app
