#include "base/clock.h"

namespace meridian {

Instant SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::monotonic() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

Instant ManualClock::now() const {
    return Instant{std::chrono::milliseconds{now_.load()}};
}

std::chrono::nanoseconds ManualClock::monotonic() const {
    return std::chrono::milliseconds{elapsed_ms_.load()};
}

void ManualClock::advance(std::chrono::milliseconds by) {
    now_ += by.count();
    elapsed_ms_ += by.count();
}

void ManualClock::step_to(Instant instant) {
    now_ = instant.time_since_epoch().count();
}

}  // namespace meridian
