// One log per process: lines on standard error, "2025-02-26T15:00:00.000Z warn  us-east-1 store:
// …". Control characters become '?', so that a line stays one line whatever was put into it.
//
// Callers' numbers go through mask_number() first; payloads are never logged. Threads: any.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace meridian {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

// Call once, before the first line. `who` stands in every line: the region, or the command.
void start_log(std::string_view who, LogLevel lowest);
void write_log(LogLevel level, std::string_view area, std::string_view line);
[[nodiscard]] bool log_wants(LogLevel level);

template <typename... Args>
void log(LogLevel level, std::string_view area, fmt::format_string<Args...> format,
         Args&&... args) {
    if (log_wants(level)) {
        write_log(level, area, fmt::format(format, std::forward<Args>(args)...));
    }
}

}  // namespace meridian
