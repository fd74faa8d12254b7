#include "base/adjustable_clock.h"

namespace meridian {

void AdjustableClock::set(std::chrono::milliseconds offset, std::chrono::nanoseconds until) {
    until_ = until;
    offset_ = offset;
}

std::chrono::milliseconds AdjustableClock::offset() const {
    const auto offset = offset_.load();
    // The usual case asks the other clock nothing.
    return offset == std::chrono::milliseconds{0} || monotonic() < until_.load()
               ? offset
               : std::chrono::milliseconds{0};
}

}  // namespace meridian
