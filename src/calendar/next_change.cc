// The search for the next change: from one stretch of wall clock to the next, where a stretch lies
// within one date and one span of constant offset, so that time runs straight on in it.
#include <algorithm>
#include <optional>
#include <vector>

#include "calendar/offset_table.h"
#include "calendar/period.h"
#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

constexpr days kBeyondHolidays{14};
// How far from its date, as read in UTC, a holiday is felt: offsets are less than a day, and it
// also closes what would have run on into the next day.
constexpr days kHolidayReach{3};

// Open all week, or closed all week: only holidays change anything.
bool is_steady(const Schedule& schedule) {
    const std::vector<Interval> whole_day{{.open = seconds{0}, .close = kDay}};
    unsigned open_days = 0;
    unsigned closed_days = 0;
    for (unsigned day = 0; day < schedule.week.size(); ++day) {
        const auto intervals = open_intervals(schedule, weekday{day}, false);
        open_days += intervals == whole_day ? 1 : 0;
        closed_days += intervals.empty() ? 1 : 0;
    }
    return open_days == schedule.week.size() || closed_days == schedule.week.size();
}

// `cursor`, or a later instant before which no holiday is felt.
sys_seconds skip_to_holiday(const Schedule& schedule, sys_seconds cursor) {
    const auto nearest = schedule.holidays.lower_bound(floor<days>(cursor) - kHolidayReach);
    return nearest == schedule.holidays.end()
               ? sys_seconds::max()
               : std::max(cursor, sys_seconds{nearest->first - kHolidayReach});
}

seconds first_open(const std::vector<Interval>& intervals, seconds from) {
    const auto next = std::ranges::find_if(
        intervals, [from](const Interval& interval) { return from < interval.close; });
    return next == intervals.end() ? kDay : std::max(from, next->open);
}

seconds first_closed(const std::vector<Interval>& intervals, seconds from) {
    const auto around = std::ranges::find_if(
        intervals, [from](const Interval& interval) { return interval.contains(from); });
    return around == intervals.end() ? from : around->close;
}

// The first time of `date`, not before `from`, that has another status than `now`; kDay if none
// has.
seconds first_difference(const Schedule& schedule, sys_days date, seconds from, Status now) {
    if (const auto holiday = schedule.holidays.find(date); holiday != schedule.holidays.end()) {
        return now.state == State::kHoliday && now.reason == holiday->second ? kDay : from;
    }
    if (now.state == State::kHoliday) {
        return from;
    }
    const bool after_holiday = schedule.holidays.contains(date - days{1});
    const auto intervals = open_intervals(schedule, weekday{date}, after_holiday);
    return now.state == State::kOpen ? first_closed(intervals, from) : first_open(intervals, from);
}

sys_seconds search_end(const Schedule& schedule, sys_seconds at) {
    sys_days last = floor<days>(at);
    if (!schedule.holidays.empty()) {
        last = std::max(last, schedule.holidays.rbegin()->first);
    }
    return std::min(sys_seconds{last + kBeyondHolidays + kHolidayReach},
                    floor<seconds>(Instant::max()));
}

}  // namespace

std::optional<StateChange> next_change(const Schedule& schedule, Instant at) {
    if (schedule.emergency) {
        return std::nullopt;
    }
    const Status now = status_at(schedule, at);
    const bool steady = is_steady(schedule);
    // States change on whole seconds: bounds of periods and offsets are whole seconds.
    sys_seconds cursor = floor<seconds>(at) + seconds{1};
    const sys_seconds end = search_end(schedule, cursor);
    for (;;) {
        cursor = steady ? skip_to_holiday(schedule, cursor) : cursor;
        if (cursor >= end) {
            return std::nullopt;
        }
        const auto span = schedule.zone.data().offsets.span_at(cursor);
        const sys_seconds wall_clock = cursor + span.offset;
        const sys_days date = floor<days>(wall_clock);
        const sys_seconds midnight = sys_seconds{date} - span.offset;
        const sys_seconds stretch_end = std::min({span.until, midnight + kDay, end});
        const sys_seconds change =
            midnight + first_difference(schedule, date, wall_clock - date, now);
        if (change < stretch_end) {
            return StateChange{.at = change, .to = status_at(schedule, change)};
        }
        cursor = stretch_end;
    }
}

}  // namespace meridian::calendar
