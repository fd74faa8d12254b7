#include "base/hybrid_clock.h"

#include <algorithm>

#include "base/check.h"

namespace meridian {
namespace {

constexpr int kCountBits = 16;
// Far below kHybridTimeEnd, so that counting on never gets there.
constexpr std::int64_t kMillisecondsMax = std::int64_t{1} << 46;

}  // namespace

HybridTime hybrid_time_of(Instant instant) {
    const std::int64_t ms = instant.time_since_epoch().count();
    const auto clamped = std::clamp<std::int64_t>(ms, 0, kMillisecondsMax);
    return {static_cast<std::uint64_t>(clamped) << kCountBits};
}

Instant instant_of(HybridTime time) {
    return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(time.bits >> kCountBits)}};
}

HybridTime HybridClock::tick(Instant now, HybridTime seen) {
    CHECK(seen < kHybridTimeEnd);
    observe(seen, now);
    newest_ = std::max(HybridTime{newest_.bits + 1}, hybrid_time_of(now));
    return std::max(newest_, HybridTime{seen.bits + 1});
}

void HybridClock::observe(HybridTime stamp, Instant now) {
    if (instant_of(stamp) - kAheadMax <= now) {
        newest_ = std::max(newest_, stamp);
    }
}

}  // namespace meridian
