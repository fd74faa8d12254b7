// What takes the log's lines where they don't go to standard error.
#pragma once

#include <functional>
#include <string_view>

#include "base/log.h"

namespace meridian {

// Called for each line that is wanted, from any thread.
using LogSink = std::function<void(LogLevel level, std::string_view area, std::string_view line)>;

// Call once, before the first line and before there are other threads.
void start_log(LogSink sink, LogLevel lowest);

}  // namespace meridian
