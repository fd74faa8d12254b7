// Coarse time for deadlines: counting ticks costs a request nothing, where a timer for each
// operation would cost it several system calls.
#pragma once

#include <chrono>
#include <cstdint>

namespace meridian::net {

// A deadline is never early, and late by at most two intervals while its thread isn't blocked.
// Threads: one.
class TickClock {
  public:
    using Deadline = std::uint64_t;

    explicit TickClock(std::chrono::milliseconds interval) : interval_(interval) {}

    // Call it at most once an interval: rather late than twice in a row.
    void tick() { ++now_; }

    [[nodiscard]] Deadline after(std::chrono::milliseconds timeout) const {
        return now_ + static_cast<std::uint64_t>(timeout / interval_) + 2;
    }
    // How long ago after(timeout) gave that deadline.
    [[nodiscard]] std::chrono::milliseconds elapsed(Deadline deadline,
                                                    std::chrono::milliseconds timeout) const {
        return interval_ * static_cast<std::int64_t>(after(timeout) - deadline);
    }
    [[nodiscard]] bool has_passed(Deadline deadline) const { return now_ >= deadline; }

  private:
    std::chrono::milliseconds interval_;
    std::uint64_t now_ = 0;
};

}  // namespace meridian::net
