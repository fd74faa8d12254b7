// Hybrid logical time: stamps that follow the wall clock, and never step back when it does.
//
// A write that has seen another one has the greater stamp, whatever the clocks of their regions say
// (Kulkarni and others, "Logical Physical Clocks", 2014).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "base/instant.h"

namespace meridian {

// 48 bits of Unix milliseconds, then 16 bits that count within one; the count may run over into the
// milliseconds. 0 stands for "before everything".
struct HybridTime {
    std::uint64_t bits = 0;
    friend auto operator<=>(HybridTime, HybridTime) = default;
};

// No clock reaches these, so whoever says one is mistaken.
inline constexpr HybridTime kHybridTimeEnd{std::uint64_t{1} << 63};

// The first stamp of that millisecond. Before 1970 counts as 1970, after 4199 as then.
[[nodiscard]] HybridTime hybrid_time_of(Instant instant);
[[nodiscard]] Instant instant_of(HybridTime time);

// Threads: one at a time.
class HybridClock {
  public:
    // `newest` is what a former life of this clock has reached.
    explicit HybridClock(HybridTime newest = {}) : newest_(newest) {}

    // A stamp above all that tick() gave, above all that observe() took in, and above `seen`.
    // REQUIRES: `seen` is below kHybridTimeEnd.
    [[nodiscard]] HybridTime tick(Instant now, HybridTime seen = {});

    // Takes in a stamp of another region. One that is more than kAheadMax ahead of the wall clock
    // is not taken in: a region whose clock is set wrong must not set all others' wrong, for good.
    // What such a stamp is on is merged like anything else; a write that has seen it gets the
    // next stamp (tick()'s `seen`), and the clock stays where it is.
    void observe(HybridTime stamp, Instant now);

    // The newest that was given or taken in.
    [[nodiscard]] HybridTime newest() const { return newest_; }

    static constexpr std::chrono::hours kAheadMax{24};

  private:
    HybridTime newest_;
};

}  // namespace meridian
