// How long changes take from their write in one region until they can be read in another.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/instant.h"

namespace meridian::replication {

// How long changes took from their write there until they could be read here.
struct Lag {
    std::chrono::milliseconds p50{0};
    std::chrono::milliseconds p99{0};
    std::uint64_t items = 0;  // that this is about: of the last minute
};

// Role: the lags of the last minute, as counts by second and by about how long: a percentile is
// said up to 6 % too long, never too short. 120 KB whatever is noted. Threads: one at a time.
class LagWindow {
  public:
    // `now` is monotonic.
    void note(std::chrono::nanoseconds now, std::chrono::milliseconds lag);
    [[nodiscard]] Lag summary(std::chrono::nanoseconds now) const;

  private:
    static constexpr std::size_t kSeconds = 60;
    static constexpr std::size_t kLengths = 464;  // up to 2^32 ms

    struct Second {
        std::int64_t second = -1;
        std::array<std::uint32_t, kLengths> counts{};
    };
    std::array<Second, kSeconds> seconds_{};
};

// Role: by how much a peer's wall clock is ahead of this one's, as far as answers show it. An
// answer was made between its question and its arrival, so that what the peer's clock said lies
// between two times of this one's: an interval, narrowed by each answer, for half a minute. As long
// as it has 0 in it nothing speaks against equal clocks, and lags are plain differences; else its
// end nearest to 0 is taken, which is at most one exchange off. A clock that was stepped
// contradicts the interval, and starts a new one. Threads: one at a time.
class ClockOffset {
  public:
    // `asked` and `answered` by this region's wall clock; `now` is monotonic.
    void note(Instant asked, Instant answered, Instant peer, std::chrono::nanoseconds now);
    // Positive: the peer's clock is ahead.
    [[nodiscard]] std::chrono::milliseconds ahead() const;

  private:
    struct Interval {
        std::chrono::milliseconds low{0};
        std::chrono::milliseconds high{0};
        std::chrono::nanoseconds since{0};
    };
    std::optional<Interval> interval_;
};

}  // namespace meridian::replication
