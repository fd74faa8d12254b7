// How long to wait before something is tried again.
#pragma once

#include <chrono>

#include "store/dynamodb/link.h"

namespace meridian::store::dynamodb {

// Longer and longer, by chance between nothing and all of it, so that those who wait for the same
// don't come back together ("full jitter"). Threads: one.
class Backoff {
  public:
    struct Limits {
        std::chrono::milliseconds first;
        std::chrono::milliseconds longest;
        std::chrono::milliseconds altogether;  // as the clock has it
    };
    Backoff(const Link& link, Limits limits);

    // False: there is no time left, and nobody waited: `altogether` is over, or would be, or the
    // deadline of the thread.
    [[nodiscard]] bool wait();
    // What came since was worth the wait: the next one is short again.
    void start_over() { next_ = limits_.first; }

  private:
    [[nodiscard]] bool has_time_for(std::chrono::milliseconds time) const;

    const Link& link_;
    const Limits limits_;
    const std::chrono::nanoseconds started_;
    std::chrono::milliseconds next_;
};

}  // namespace meridian::store::dynamodb
