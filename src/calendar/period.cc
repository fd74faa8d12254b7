#include "calendar/period.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace meridian::calendar {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::weekday;

std::vector<Interval> open_intervals(const Schedule& schedule, weekday day, bool after_holiday) {
    std::vector<Interval> parts;
    for (const Period& period : schedule.week[day.c_encoding()]) {
        parts.push_back(opened_today(period));
    }
    if (!after_holiday) {
        for (const Period& period : schedule.week[(day - days{1}).c_encoding()]) {
            parts.push_back(opened_yesterday(period));
        }
    }
    std::erase_if(parts, [](const Interval& part) { return part.close <= part.open; });
    std::ranges::sort(parts, {}, &Interval::open);

    std::vector<Interval> joined;
    for (const Interval& part : parts) {
        if (!joined.empty() && part.open <= joined.back().close) {
            joined.back().close = std::max(joined.back().close, part.close);
        } else {
            joined.push_back(part);
        }
    }
    return joined;
}

}  // namespace meridian::calendar
