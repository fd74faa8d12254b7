// What happens over a range of time: every opening and closing of a schedule, and every change of
// its zone's offset from UTC.
//
// Everything here is a pure function of its arguments. Threads: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "calendar/schedule.h"

namespace meridian::calendar {

// From `from` (included) to `to` (excluded). Empty if to <= from.
struct TimeRange {
    Instant from;
    Instant to;
};
// No more of a range is looked at in one go.
inline constexpr std::chrono::days kAgendaDaysMax{3'660};  // ten years

// One change of a schedule's status. Reasons are views into the schedule.
struct AgendaEntry {
    Instant at;
    Status from;
    Status to;
    std::chrono::seconds utc_offset;  // from `at` on; east of UTC is positive
};
struct Agenda {
    std::vector<AgendaEntry> entries;  // ascending
    std::optional<Instant> next;       // there is more of the range: it begins here
};
// The changes of status in the range, at most `entries_max` of them: exactly the instants at which
// status_at() answers otherwise than just before. Where it was cut, at `entries_max` or after
// kAgendaDaysMax, the range from `next` on has the rest. Time in proportion to the days looked at.
// REQUIRES: entries_max > 0.
[[nodiscard]] Agenda agenda(const Schedule& schedule, TimeRange range, std::size_t entries_max);

// One change of a zone's offset from UTC, for summer or for good.
struct OffsetChange {
    Instant at;
    std::chrono::seconds before;
    std::chrono::seconds after;  // from `at` on
};
// Those in the first kAgendaDaysMax of the range, ascending.
[[nodiscard]] std::vector<OffsetChange> offset_changes(const Zone& zone, TimeRange range);

// What the wall clock shows, and its offset from UTC: "2026-03-08T03:00:00-04:00". Milliseconds
// only where there are any; an offset has seconds only where it has any, as before about 1970, and
// then no RFC 3339 knows it.
[[nodiscard]] std::string local_time(const Zone& zone, Instant at);
// "-04:00".
[[nodiscard]] std::string offset_text(std::chrono::seconds offset);

}  // namespace meridian::calendar
