// What `meridian verify` found, as a paper that can be filed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agreement/probes.h"
#include "base/instant.h"
#include "item/value.h"
#include "proof/compare.h"

namespace meridian::app {

enum class Agreement : std::uint8_t { kEqual, kDifferent, kIncomplete };
[[nodiscard]] std::string_view to_string(Agreement agreement);

struct CertifiedRegion {
    std::string region;
    std::optional<std::string> error;  // it was not compared, or not to the end
    item::Map proof;                   // what it said of itself
};

struct DifferentDecision {
    Probe probe;
    Decisions decisions;
};

// Beside what is written down: nothing. Regions of differences and decisions: those without an
// error, in order.
struct Certificate {
    Instant started;
    Instant ended;
    std::vector<CertifiedRegion> regions;
    std::vector<proof::ComparedTable> tables;
    std::vector<proof::Difference> differences;
    std::vector<proof::Difference> unsettled;
    bool are_all = true;              // there are no more differences than these
    std::vector<std::string> behind;  // why some are unsettled
    Agreement snapshot = Agreement::kIncomplete;
    Instant probed_at;
    std::size_t probes = 0;
    std::vector<std::string> decision_hashes;  // of all decisions, by region
    std::vector<DifferentDecision> different_decisions;
    std::uint64_t questions = 0;

    [[nodiscard]] Agreement result() const;
};

// Has "hash": SHA-256 of the JSON without it, names in order and no spaces.
[[nodiscard]] item::Map certificate_json(const Certificate& certificate);
// For people; at most `listed` differences. Ends with the result and the hash.
[[nodiscard]] std::string certificate_text(const Certificate& certificate, std::size_t listed);

}  // namespace meridian::app
