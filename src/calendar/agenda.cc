#include "calendar/agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "calendar/offset_table.h"
#include "calendar/period.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

// Where looking ends: `to`, or so far from `from` as is looked in one go.
Instant end_of(TimeRange range) {
    return range.from < Instant::max() - kAgendaDaysMax
               ? std::min(range.to, range.from + kAgendaDaysMax)
               : range.to;
}

// The open times of each weekday, worked out once.
class Week {
  public:
    explicit Week(const Schedule& schedule) {
        for (unsigned day = 0; day < days_.size(); ++day) {
            days_[day] = {open_intervals(schedule, weekday{day}, false),
                          open_intervals(schedule, weekday{day}, true)};
        }
    }
    [[nodiscard]] const std::vector<Interval>& open_on(sys_days date, bool after_holiday) const {
        return days_[weekday{date}.c_encoding()][after_holiday ? 1 : 0];
    }

  private:
    std::array<std::array<std::vector<Interval>, 2>, 7> days_;
};

// Puts down each status that is another than the one before.
class Recorder {
  public:
    Recorder(Status now, std::size_t entries_max, Agenda& agenda)
        : now_(now), entries_max_(entries_max), agenda_(agenda) {}

    // False: there is no place left for it, and the agenda is cut here.
    bool record(sys_seconds at, Status status, seconds offset) {
        if (status.state == now_.state && status.reason == now_.reason) {
            return true;
        }
        if (agenda_.entries.size() == entries_max_) {
            agenda_.next = at;
            return false;
        }
        agenda_.entries.push_back({.at = at, .from = now_, .to = status, .utc_offset = offset});
        now_ = status;
        return true;
    }

  private:
    Status now_;
    std::size_t entries_max_;
    Agenda& agenda_;
};

// A part of one date in one span of constant offset, so that time runs straight on in it.
struct Stretch {
    sys_days date;
    seconds from;  // since the wall clock's midnight
    seconds until;
    seconds offset;

    [[nodiscard]] sys_seconds instant_of(seconds time) const {
        return sys_seconds{date} - offset + time;
    }
};

Stretch stretch_at(const Zone& zone, sys_seconds at, sys_seconds end) {
    const auto span = zone.data().offsets.span_at(at);
    const sys_seconds wall_clock = at + span.offset;
    const sys_days date = floor<days>(wall_clock);
    const sys_seconds midnight = sys_seconds{date} - span.offset;
    return {.date = date,
            .from = wall_clock - date,
            .until = std::min({span.until, midnight + kDay, end}) - midnight,
            .offset = span.offset};
}

bool record_stretch(const Schedule& schedule, const Week& week, const Stretch& stretch,
                    Recorder& recorder) {
    const auto record = [&](seconds time, Status status) {
        return recorder.record(stretch.instant_of(time), status, stretch.offset);
    };
    if (const auto holiday = schedule.holidays.find(stretch.date);
        holiday != schedule.holidays.end()) {
        return record(stretch.from, {.state = State::kHoliday, .reason = holiday->second});
    }
    const bool after_holiday = schedule.holidays.contains(stretch.date - days{1});
    seconds time = stretch.from;
    for (const Interval& open : week.open_on(stretch.date, after_holiday)) {
        if (open.close <= time) {
            continue;
        }
        if (open.open >= stretch.until) {
            break;
        }
        if ((open.open > time && !record(time, {.state = State::kClosed, .reason = {}})) ||
            !record(std::max(open.open, time), {.state = State::kOpen, .reason = {}})) {
            return false;
        }
        time = open.close;
    }
    return time >= stretch.until || record(time, {.state = State::kClosed, .reason = {}});
}

}  // namespace

Agenda agenda(const Schedule& schedule, TimeRange range, std::size_t entries_max) {
    Agenda agenda;
    if (schedule.emergency || range.to <= range.from) {
        return agenda;  // an emergency ends by hand
    }
    const Instant just_before = range.from - milliseconds{range.from > Instant::min() ? 1 : 0};
    const Week week(schedule);
    Recorder recorder(status_at(schedule, just_before), entries_max, agenda);
    const Instant end = end_of(range);
    // States change on whole seconds: bounds of periods and offsets are whole seconds.
    const sys_seconds last = ceil<seconds>(end);
    for (sys_seconds at = ceil<seconds>(range.from); at < last;) {
        const Stretch stretch = stretch_at(schedule.zone, at, last);
        if (!record_stretch(schedule, week, stretch, recorder)) {
            return agenda;
        }
        at = stretch.instant_of(stretch.until);
    }
    if (end < range.to) {
        agenda.next = end;
    }
    return agenda;
}

std::vector<OffsetChange> offset_changes(const Zone& zone, TimeRange range) {
    const OffsetTable& offsets = zone.data().offsets;
    const sys_seconds end = ceil<seconds>(end_of(range));
    std::vector<OffsetChange> changes;
    // A change at the range's beginning is one of the range.
    const sys_seconds before = ceil<seconds>(range.from) - seconds{1};
    for (auto span = offsets.span_at(before); span.until < end;
         span = offsets.span_at(span.until)) {
        changes.push_back(
            {.at = span.until, .before = span.offset, .after = offsets.offset_at(span.until)});
    }
    return changes;
}

std::string local_time(const Zone& zone, Instant at) {
    const seconds offset = zone.data().offsets.offset_at(floor<seconds>(at));
    const Instant wall_clock = at + offset;
    const auto day = floor<days>(wall_clock);
    const year_month_day date{day};
    const hh_mm_ss time{wall_clock - day};
    const auto fraction = time.subseconds().count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}", int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                       time.minutes().count(), time.seconds().count(),
                       fraction == 0 ? "" : fmt::format(".{:03}", fraction), offset_text(offset));
}

std::string offset_text(seconds offset) {
    const hh_mm_ss time{offset};  // of its absolute value
    const auto odd_seconds = time.seconds().count();
    return fmt::format("{}{:02}:{:02}{}", time.is_negative() ? '-' : '+', time.hours().count(),
                       time.minutes().count(),
                       odd_seconds == 0 ? "" : fmt::format(":{:02}", odd_seconds));
}

}  // namespace meridian::calendar
