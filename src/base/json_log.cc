#include "base/json_log.h"

#include <algorithm>
#include <utility>

#include "base/instant.h"
#include "base/json_text.h"
#include "base/log_sink.h"

namespace meridian {
namespace {

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return "DEBUG";
        case LogLevel::kInfo:
            return "INFO";
        case LogLevel::kWarn:
            return "WARN";
        case LogLevel::kError:
            return "ERROR";
    }
    return "ERROR";
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string json_log_line(const JsonLogOptions& options, Instant at, LogLevel level,
                          std::string_view area, std::string_view message) {
    std::string line;
    const auto member = [&line](std::string_view name, std::string_view text) {
        line.append(line.empty() ? "{\"" : ",\"").append(name).append("\":");
        append_json_text(text, line);
    };
    member("timestamp", format_instant(at));
    member("level", name_of(level));
    member("area", area);
    member("message", message);
    if (const auto id = options.request_id ? options.request_id() : std::string(); !id.empty()) {
        member("requestId", id);
    }
    member("function", options.function);
    member("region", options.region);
    line.push_back('}');
    return line;
}

void start_json_log(JsonLogOptions options, const Clock& clock) {
    const auto lowest = options.lowest;
    start_log(
        [options = std::move(options), &clock](LogLevel level, std::string_view area,
                                               std::string_view line) {
            options.write(json_log_line(options, clock.now(), level, area, line));
        },
        lowest);
}

std::optional<LogLevel> parse_log_level(std::string_view name) {
    for (const auto level :
         {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
        if (std::ranges::equal(name, name_of(level), {}, upper)) {
            return level;
        }
    }
    return std::nullopt;
}

}  // namespace meridian
