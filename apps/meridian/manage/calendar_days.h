// Business hours over days, as a calendar on the wall has them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/value.h"

namespace meridian::app {

// One day of the schedule's own zone.
struct CalendarDay {
    std::chrono::sys_days date;
    std::vector<std::pair<std::string, std::string>> open;  // "09:00" to "17:00"; to "24:00"
    std::vector<std::string> notes;                         // holidays, emergencies, clocks
};

struct CalendarRange {
    std::chrono::sys_days first;
    int days = 14;
};

// `status`: what GET …/status answers for an instant before the first day; `calendar`: what GET
// …/calendar answers from that instant on, all pages as one. kInvalidInput: they aren't that.
[[nodiscard]] Result<std::vector<CalendarDay>> calendar_days(const CalendarRange& range,
                                                             const item::Map& status,
                                                             const item::Map& calendar);

// The range's instants with all of its local days in them, wherever on earth its zone is.
[[nodiscard]] std::pair<Instant, Instant> instants_around(const CalendarRange& range);

// "2025-02-26" of "2025-02-26T10:00:00-05:00". kInvalidInput.
[[nodiscard]] Result<std::chrono::sys_days> date_of(std::string_view local_time);

// "Wed 2025-02-26".
[[nodiscard]] std::string date_text(std::chrono::sys_days date);

}  // namespace meridian::app
