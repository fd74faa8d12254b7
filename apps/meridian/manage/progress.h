// How far a long piece of work is, for whoever waits for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace meridian::app {

// kBar: one line of a terminal, painted over. kLines: a line every few seconds, for a log.
enum class ProgressKind : std::uint8_t { kNone, kBar, kLines };

// Role: says on standard error what was done, how fast, and when it will be over. Threads: any.
// `clock` must outlive it.
class Progress {
  public:
    // `total`: of what show() gets as its share; 0: nobody knows.
    Progress(ProgressKind kind, std::uint64_t total, std::string unit, const Clock& clock);
    ~Progress();  // takes the bar away

    // Does nothing when it is too early for the next paint.
    void show(std::uint64_t done, std::uint64_t share);
    // A line of another kind: the bar makes room for it.
    void say(std::string_view line);

  private:
    void wipe();

    const ProgressKind kind_;
    const std::uint64_t total_;
    const std::string unit_;
    const Clock& clock_;
    const std::chrono::nanoseconds started_;
    std::mutex mutex_;
    std::chrono::nanoseconds next_;
    bool is_painted_ = false;
};

// "45%  123,000 rows  24,500/s  0:32 left"; what isn't known is left out.
[[nodiscard]] std::string progress_text(std::uint64_t done, double share, std::string_view unit,
                                        std::chrono::nanoseconds elapsed);

}  // namespace meridian::app
