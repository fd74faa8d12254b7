// A schedule of business hours, and whether it is open at an instant.
//
// Everything here but Zone::load is a pure function of its arguments: no wall clock, no I/O. A
// state depends only on what the wall clock in the zone shows: where it shows a time twice, both
// count; what it skips never happens, and a period begun in a gap is open from the gap's end.
// Threads: values; any.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace meridian::calendar {

// An IANA time zone ("Europe/Dublin"). Cheap to copy.
class Zone {
  public:
    Zone();  // UTC
    // Reads the machine's time zone database ($TZDIR, or /usr/share/zoneinfo) the first time that a
    // zone is asked for, and keeps it for the life of the process; "UTC" needs no database.
    // kInvalidInput: the zone is not in it. Names are those of IANA and reach no other file.
    [[nodiscard]] static Result<Zone> load(const std::string& name);
    [[nodiscard]] const std::string& name() const { return name_; }

    struct Data;  // hides cctz
    [[nodiscard]] const Data& data() const { return *data_; }

  private:
    std::string name_;
    std::shared_ptr<const Data> data_;
};

// Wall-clock times since the day's midnight, within [00:00, 24:00]. Open from `open` (included) to
// `close` (excluded). With close <= open the period runs to `close` on the next day, and belongs to
// the day that it opens on; 00:00–00:00 and 00:00–24:00 are the whole day.
struct Period {
    std::chrono::seconds open{};
    std::chrono::seconds close{};
    friend bool operator==(const Period&, const Period&) = default;
};

// "9:00", "09:00", "17:30:00", up to "24:00" → since midnight. kInvalidInput otherwise.
[[nodiscard]] Result<std::chrono::seconds> parse_time_of_day(std::string_view text);
// "2025-12-25". kInvalidInput for what is not a date of the calendar.
[[nodiscard]] Result<std::chrono::year_month_day> parse_date(std::string_view text);

struct Schedule {
    std::string id;
    std::string name;
    Zone zone;
    std::array<std::vector<Period>, 7>
        week;  // index: days since Sunday (std::chrono::weekday::c_encoding)
    std::map<std::chrono::sys_days, std::string>
        holidays;  // dates in `zone`; the value is the holiday's name
    std::optional<std::string>
        emergency;  // closed until further notice, with the message for callers
};

enum class State : std::uint8_t { kOpen, kClosed, kHoliday, kEmergency };
[[nodiscard]] std::string_view to_string(State state);  // "open", "closed", "holiday", "emergency"

// State at an instant. `reason` is the holiday's name or the emergency's message, else empty; it
// lives as long as the schedule. The order of precedence is emergency, holiday, closed, open. A
// holiday closes its whole local date, and the part after midnight of a period that would have
// opened on it.
struct Status {
    State state = State::kOpen;
    std::string_view reason;
};
[[nodiscard]] Status status_at(const Schedule& schedule, Instant at);

// The next instant after `at` at which the state (or a holiday's name) is another one. Nothing when
// there is none: no change within the schedule's holidays and two weeks beyond, or an emergency,
// which ends by hand.
struct StateChange {
    Instant at;
    Status to;
};
[[nodiscard]] std::optional<StateChange> next_change(const Schedule& schedule, Instant at);

}  // namespace meridian::calendar
