// Whether something that has failed is worth asking again.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace meridian::catalog {

// Role: after two failures in a row nobody asks for a while, which doubles as long as the one who
// asks next fails too. That one is the only one until it is back. Threads: any. `clock` must
// outlive it.
class CircuitBreaker {
  public:
    explicit CircuitBreaker(const Clock& clock) : clock_(clock) {}

    // Whether to ask now. Whoever is told yes says how it went; whoever asks all the same may.
    [[nodiscard]] bool admit();
    void report(bool succeeded);

  private:
    static constexpr int kFailuresMax = 2;
    static constexpr std::chrono::seconds kPauseMin{1};
    static constexpr std::chrono::seconds kPauseMax{30};
    static constexpr std::chrono::seconds kTrialMax{5};  // a trial of which nothing was heard

    const Clock& clock_;
    std::mutex mutex_;  // of everything below
    int failures_ = 0;  // in a row
    bool trying_ = false;
    std::chrono::nanoseconds pause_ = kPauseMin;
    std::optional<std::chrono::nanoseconds> closed_until_;
};

}  // namespace meridian::catalog
