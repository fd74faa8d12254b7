#include "manage/calendar_days.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/instant.h"
#include "calendar/schedule.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view kDayBegins = "00:00";
constexpr std::string_view kDayEnds = "24:00";

// What the wall clock shows.
struct LocalTime {
    sys_days date;
    std::string time;  // "09:00", "09:00:30"
};

Result<LocalTime> local_time(std::string_view text) {
    constexpr std::size_t kTime = 11;
    const auto date = date_of(text);
    if (!date || text.size() < kTime + 8) {
        return fail(ErrorCode::kInvalidInput, "the server's calendar has a time that is none");
    }
    const bool is_whole = text.substr(kTime + 5, 3) == ":00";
    return LocalTime{*date, std::string(text.substr(kTime, is_whole ? 5 : 8))};
}

std::string state_after(std::string_view event) {
    return event == "opens" ? "open" : event == "closes" ? "closed" : std::string(event);
}

// "-05:00" → -5 h.
std::chrono::minutes offset_of(std::string_view text) {
    const auto time = calendar::parse_time_of_day(text.substr(text.empty() ? 0 : 1));
    const auto minutes =
        std::chrono::floor<std::chrono::minutes>(time ? *time : std::chrono::seconds{});
    return text.starts_with('-') ? -minutes : minutes;
}

// Role: days that are filled with states from left to right. Threads: one.
class Days {
  public:
    explicit Days(const CalendarRange& range) {
        for (int i = 0; i < range.days; ++i) {
            days_.push_back({range.first + days{i}, {}, {}});
        }
    }

    // The state from where the last one ended up to `end`.
    void fill(std::string_view state, std::string_view why, const LocalTime& end) {
        for (auto& day : days_) {
            if (day.date < from_.date || day.date > end.date) {
                continue;
            }
            const auto begins = day.date == from_.date ? from_.time : std::string(kDayBegins);
            const auto ends = day.date == end.date ? end.time : std::string(kDayEnds);
            if (begins != ends) {
                note(day, state, why, begins, ends);
            }
        }
        from_ = end;
    }

    void add_note(sys_days date, std::string text) {
        for (auto& day : days_) {
            if (day.date == date) {
                day.notes.push_back(std::move(text));
            }
        }
    }

    std::vector<CalendarDay> take() && { return std::move(days_); }

  private:
    static void note(CalendarDay& day, std::string_view state, std::string_view why,
                     const std::string& begins, const std::string& ends) {
        if (state != "open") {
            const auto text = why.empty() ? std::string(state) : fmt::format("{}: {}", state, why);
            if (state != "closed" && std::ranges::find(day.notes, text) == day.notes.end()) {
                day.notes.push_back(text);
            }
        } else if (!day.open.empty() && day.open.back().second == begins) {
            day.open.back().second = ends;
        } else {
            day.open.emplace_back(begins, ends);
        }
    }

    std::vector<CalendarDay> days_;
    LocalTime from_{sys_days::min(), std::string(kDayBegins)};
};

// "clocks go from 02:00 to 03:00".
void note_clocks(const item::Map& calendar, Days& days) {
    for (const auto& entry : list_at(calendar, "offsetChanges")) {
        const auto* change = entry.as<item::Map>();
        const auto at = change == nullptr ? fail(ErrorCode::kInvalidInput, "")
                                          : parse_instant(text_at(*change, "at"));
        if (!at) {
            continue;
        }
        const auto before = *at + offset_of(text_at(*change, "before"));
        const auto after = *at + offset_of(text_at(*change, "after"));
        days.add_note(std::chrono::floor<std::chrono::days>(before),
                      fmt::format("clocks go from {} to {}", format_instant(before).substr(11, 5),
                                  format_instant(after).substr(11, 5)));
    }
}

}  // namespace

Result<std::vector<CalendarDay>> calendar_days(const CalendarRange& range, const item::Map& status,
                                               const item::Map& calendar) {
    Days days(range);
    auto state = text_at(status, "state");
    auto why = text_at(status, "why");
    for (const auto& entry : list_at(calendar, "entries")) {
        const auto* change = entry.as<item::Map>();
        const auto at = local_time(change == nullptr ? "" : text_at(*change, "localTime"));
        if (!at) {
            return std::unexpected(at.error());
        }
        days.fill(state, why, *at);
        state = state_after(text_at(*change, "event"));
        why = text_at(*change, "why");
    }
    days.fill(state, why, {range.first + std::chrono::days{range.days}, std::string(kDayBegins)});
    note_clocks(calendar, days);
    return std::move(days).take();
}

std::pair<Instant, Instant> instants_around(const CalendarRange& range) {
    constexpr std::chrono::hours kOffsetMax{16};  // zones were that far from UTC
    const Instant first = range.first;
    return {first - kOffsetMax, first + days{range.days} + kOffsetMax};
}

Result<sys_days> date_of(std::string_view local_time) {
    const auto date = calendar::parse_date(local_time.substr(0, 10));
    return date ? Result<sys_days>(sys_days{*date}) : std::unexpected(date.error());
}

std::string date_text(sys_days date) {
    constexpr std::array<std::string_view, 7> kNames{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    return fmt::format("{} {}", kNames[std::chrono::weekday{date}.c_encoding()],
                       format_instant(Instant{date}).substr(0, 10));
}

}  // namespace meridian::app
