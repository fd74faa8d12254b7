// Which differences stay: while regions write, what was read of one is older than what was read of
// another.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "proof/compare.h"
#include "proof/hash_source.h"

namespace meridian::proof {

struct SettleOptions {
    std::chrono::milliseconds time{10'000};  // for all that is waited
    std::chrono::milliseconds poll{100};
    // Waits for so long.
    std::function<void(std::chrono::milliseconds)> pause;
};

struct Settled {
    std::vector<Difference> stay;       // with what the regions said of them last
    std::vector<Difference> unsettled;  // replication may yet bring them
    std::vector<std::string> behind;    // "eu-west-1 has not applied all of us-east-1": why
};

// A difference stays when it contradicts itself (contradict()); or when each region has applied all
// that the others had written before, and the same states, or an older write than one that others
// had before, are still there. One that goes, or moves on, was a write under way.
[[nodiscard]] std::expected<Settled, Failed> settle(std::span<RegionSource* const> sources,
                                                    std::vector<Difference> differences,
                                                    const SettleOptions& options,
                                                    const Clock& clock);

// Waits until each region has applied all that the others had written when it was called, or until
// `end` of the clock's monotonic time. Who has not, as in Settled::behind.
[[nodiscard]] std::expected<std::vector<std::string>, Failed> catch_up(
    std::span<RegionSource* const> sources, const SettleOptions& options, const Clock& clock,
    std::chrono::nanoseconds end);

}  // namespace meridian::proof
