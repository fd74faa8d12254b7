// The log as lines of JSON on standard output, as log services read them:
//   {"timestamp":"2025-02-26T15:00:00.000Z","level":"WARN","area":"store","message":"…",
//    "requestId":"…","function":"RouteCall","region":"us-east-1"}
// `level` is DEBUG, INFO, WARN or ERROR; `requestId` is there while a request is in work.
//
// Source of the names: AWS Lambda developer guide, "Using Lambda advanced logging controls with
// your function" (what is filtered by level and time stamp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/instant.h"
#include "base/line_writer.h"
#include "base/log.h"

namespace meridian {

struct JsonLogOptions {
    std::string function = {};
    std::string region = {};
    LogLevel lowest = LogLevel::kInfo;
    std::function<std::string()> request_id = {};  // empty, or gives nothing: none is in work
    LineWriter write = standard_output();
};

// In the place of start_log(). `clock` must live as long as the process.
void start_json_log(JsonLogOptions options, const Clock& clock);

// The line that start_json_log()'s log writes, without its end.
[[nodiscard]] std::string json_log_line(const JsonLogOptions& options, Instant at, LogLevel level,
                                        std::string_view area, std::string_view message);

// "debug", "info", "warn" or "error", in any case; nothing: no level has that name.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name);

}  // namespace meridian
