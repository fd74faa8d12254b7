// The parts of a period that fall on one date: on the date that it opens on, and after midnight.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "calendar/schedule.h"

namespace meridian::calendar {

inline constexpr std::chrono::seconds kDay = std::chrono::hours{24};

// Times of one day, from `open` (included) to `close` (excluded). Empty if close <= open.
struct Interval {
    std::chrono::seconds open;
    std::chrono::seconds close;

    [[nodiscard]] bool contains(std::chrono::seconds time) const {
        return open <= time && time < close;
    }
    friend bool operator==(const Interval&, const Interval&) = default;
};

[[nodiscard]] inline Interval opened_today(const Period& period) {
    return {.open = period.open, .close = period.close > period.open ? period.close : kDay};
}

[[nodiscard]] inline Interval opened_yesterday(const Period& period) {
    const bool crosses_midnight = period.close <= period.open && period.close < kDay;
    return {.open = std::chrono::seconds{0},
            .close = crosses_midnight ? period.close : std::chrono::seconds{0}};
}

// The open times of a weekday, in order, neither overlapping nor touching. `after_holiday`: nothing
// runs on from the day before.
[[nodiscard]] std::vector<Interval> open_intervals(const Schedule& schedule,
                                                   std::chrono::weekday day, bool after_holiday);

}  // namespace meridian::calendar
