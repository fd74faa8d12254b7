// Where time comes from. Everything above takes a Clock, so that a test decides what time it is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/instant.h"

namespace meridian {

// Threads: every member may be called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;

    // What time it is. May step backwards: an operator or NTP may set it.
    [[nodiscard]] virtual Instant now() const = 0;

    // For measuring how long something takes: never steps, counts from an arbitrary moment.
    [[nodiscard]] virtual std::chrono::nanoseconds monotonic() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override;
};

// Stands still until it is moved.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant start) : now_(start.time_since_epoch().count()) {}

    [[nodiscard]] Instant now() const override;
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override;

    void advance(std::chrono::milliseconds by);
    // Sets the wall clock only, as a step of NTP does; monotonic() goes on.
    void step_to(Instant instant);

  private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> elapsed_ms_ = 0;
};

}  // namespace meridian
