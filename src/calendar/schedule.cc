#include "calendar/schedule.h"

#include "calendar/offset_table.h"
#include "calendar/period.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

bool is_open(const Schedule& schedule, sys_days date, seconds time) {
    const weekday today{date};
    for (const Period& period : schedule.week[today.c_encoding()]) {
        if (opened_today(period).contains(time)) {
            return true;
        }
    }
    for (const Period& period : schedule.week[(today - days{1}).c_encoding()]) {
        if (opened_yesterday(period).contains(time)) {
            return !schedule.holidays.contains(date - days{1});
        }
    }
    return false;
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::kOpen:
            return "open";
        case State::kClosed:
            return "closed";
        case State::kHoliday:
            return "holiday";
        case State::kEmergency:
            return "emergency";
    }
    return "";
}

Status status_at(const Schedule& schedule, Instant at) {
    if (schedule.emergency) {
        return {.state = State::kEmergency, .reason = *schedule.emergency};
    }
    const sys_seconds second = floor<seconds>(at);
    const sys_seconds wall_clock = second + schedule.zone.data().offsets.offset_at(second);
    const sys_days date = floor<days>(wall_clock);
    if (const auto holiday = schedule.holidays.find(date); holiday != schedule.holidays.end()) {
        return {.state = State::kHoliday, .reason = holiday->second};
    }
    const bool open = is_open(schedule, date, wall_clock - date);
    return {.state = open ? State::kOpen : State::kClosed, .reason = {}};
}

}  // namespace meridian::calendar
