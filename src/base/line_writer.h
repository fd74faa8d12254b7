// Lines for whoever collects a process's output.
#pragma once

#include <functional>
#include <string_view>

namespace meridian {

// Writes one line, whose end it adds. Threads: any; lines don't mix.
using LineWriter = std::function<void(std::string_view line)>;

// One line, one write; what can't be written (nobody reads, the disk is full) is lost.
[[nodiscard]] LineWriter standard_output();

}  // namespace meridian
