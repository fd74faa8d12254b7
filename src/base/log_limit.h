// Keeps lines that outside input can cause from flooding the log.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace meridian {

struct LogRate {
    std::uint32_t lines_max = 10;
    std::chrono::nanoseconds period = std::chrono::seconds{10};
};

// One kind of line. Threads: any. `clock` must outlive it.
class LogLimit {
  public:
    explicit LogLimit(const Clock& clock, LogRate rate = {}) : clock_(clock), rate_(rate) {}

    // How many lines were held back since the last one that was let through; nothing: hold this
    // one back too.
    [[nodiscard]] std::optional<std::uint64_t> admit();

  private:
    const Clock& clock_;
    const LogRate rate_;
    std::mutex mutex_;  // of everything below
    std::optional<std::chrono::nanoseconds> period_start_;
    std::uint32_t lines_ = 0;  // in this period
    std::uint64_t held_back_ = 0;
};

// log(), unless there were too many of the kind; the next line that is written says how many.
template <typename... Args>
void log_limited(LogLimit& limit, LogLevel level, std::string_view area,
                 fmt::format_string<Args...> format, Args&&... args) {
    if (!log_wants(level)) {
        return;
    }
    if (const auto held_back = limit.admit()) {
        const auto line = fmt::format(format, std::forward<Args>(args)...);
        write_log(level, area,
                  *held_back == 0
                      ? line
                      : fmt::format("{} ({} more like it were not logged)", line, *held_back));
    }
}

}  // namespace meridian
