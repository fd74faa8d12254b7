// A clock that is set wrong on purpose.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace meridian {

// Another clock's time, plus an offset that may be set at any moment: to see what a region does
// whose clock was stepped. Only the wall clock steps; monotonic() is the other clock's. Threads:
// any. `actual` must outlive it.
class AdjustableClock final : public Clock {
  public:
    explicit AdjustableClock(const Clock& actual) : actual_(actual) {}

    [[nodiscard]] Instant now() const override { return actual_.now() + offset(); }
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override {
        return actual_.monotonic();
    }

    // Until monotonic() is `until`, or for good.
    void set(std::chrono::milliseconds offset,
             std::chrono::nanoseconds until = std::chrono::nanoseconds::max());
    // 0 when it goes right.
    [[nodiscard]] std::chrono::milliseconds offset() const;

    [[nodiscard]] const Clock& actual() const { return actual_; }

  private:
    const Clock& actual_;
    std::atomic<std::chrono::milliseconds> offset_ = std::chrono::milliseconds{0};
    std::atomic<std::chrono::nanoseconds> until_ = std::chrono::nanoseconds::max();
};

}  // namespace meridian
