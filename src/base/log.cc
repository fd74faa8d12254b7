#include "base/log.h"

// spdlog's functions are compiled here, their only place: a program then needs no library of
// spdlog.
#undef SPDLOG_COMPILED_LIB
#define SPDLOG_HEADER_ONLY

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/log_sink.h"

namespace meridian {
namespace {

// Set once, before there are threads.
struct OwnSink {
    LogSink write;
    LogLevel lowest = LogLevel::kInfo;
};
OwnSink own_sink;

spdlog::logger& logger() {
    static spdlog::logger instance("meridian", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    return instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarn:
            return spdlog::level::warn;
        case LogLevel::kError:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void start_log(std::string_view who, LogLevel lowest) {
    std::string pattern = "%Y-%m-%dT%H:%M:%S.%eZ %-5l ";
    for (const char c : who) {
        pattern += c == '%' ? "%%" : std::string(1, c);
    }
    logger().set_formatter(std::make_unique<spdlog::pattern_formatter>(
        pattern + " %v", spdlog::pattern_time_type::utc));
    logger().set_level(to_spdlog(lowest));
    logger().flush_on(spdlog::level::trace);
}

void start_log(LogSink sink, LogLevel lowest) {
    own_sink = {std::move(sink), lowest};
}

bool log_wants(LogLevel level) {
    if (own_sink.write) {
        return level >= own_sink.lowest;
    }
    return logger().should_log(to_spdlog(level));
}

void write_log(LogLevel level, std::string_view area, std::string_view line) {
    if (own_sink.write) {
        own_sink.write(level, area, line);
        return;
    }
    std::string safe(line);
    std::ranges::replace_if(safe, [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
    logger().log(to_spdlog(level), "{}: {}", area, safe);
}

}  // namespace meridian
