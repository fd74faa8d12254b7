#include "catalog/circuit_breaker.h"

#include <algorithm>
#include <utility>

namespace meridian::catalog {

bool CircuitBreaker::admit() {
    const std::lock_guard lock(mutex_);
    if (!closed_until_) {
        return true;
    }
    const auto now = clock_.monotonic();
    if (now < *closed_until_) {
        return false;
    }
    closed_until_ = now + kTrialMax;  // the others wait for how this one goes
    trying_ = true;
    return true;
}

void CircuitBreaker::report(bool succeeded) {
    const std::lock_guard lock(mutex_);
    const bool was_trial = std::exchange(trying_, false);
    if (succeeded) {
        failures_ = 0;
        pause_ = kPauseMin;
        closed_until_.reset();
        return;
    }
    if (closed_until_ && !was_trial) {
        return;  // one that asked all the same
    }
    if (++failures_ >= kFailuresMax) {
        closed_until_ = clock_.monotonic() + pause_;
        pause_ = std::min<std::chrono::nanoseconds>(2 * pause_, kPauseMax);
    }
}

}  // namespace meridian::catalog
