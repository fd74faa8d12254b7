// Times, rates and faults as people write and read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "faults/fault.h"

namespace meridian::app {

// "200ms", "1.5s", "10m", "2h"; with a sign: "+10m", "-10m". kInvalidInput.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
// "64KB/s", "1.5MB/s", "500B/s" (also without "/s"): bytes a second; a KB is 1,024 of them.
// kInvalidInput; so is none at all.
[[nodiscard]] Result<std::uint64_t> parse_rate(std::string_view text);

// "200 ms", "1.5 s", "10 min".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

struct FaultLine {
    std::string what;   // "hears nothing of eu-west-1"
    std::string lasts;  // "29 s", or "until healed"
};
// One for each fault that is on.
[[nodiscard]] std::vector<FaultLine> fault_lines(const faults::Faults& faults);

}  // namespace meridian::app
