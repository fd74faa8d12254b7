#include "lint/hours_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "calendar/period.h"
#include "catalog/domain.h"
#include "catalog/tables.h"

namespace meridian::lint {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)
using calendar::kDay;
using calendar::Period;
using calendar::Schedule;

constexpr std::array<std::string_view, 7> kDays{"sunday",   "monday", "tuesday", "wednesday",
                                                "thursday", "friday", "saturday"};
constexpr seconds kNightMax = hours{18};

std::string clock_text(seconds time) {
    const hh_mm_ss parts{time};
    const auto text = fmt::format("{:02}:{:02}", parts.hours().count(), parts.minutes().count());
    return parts.seconds() == seconds{0} ? text
                                         : fmt::format("{}:{:02}", text, parts.seconds().count());
}

std::string period_text(std::size_t day, const Period& period) {
    return fmt::format("{} {}–{}", kDays[day], clock_text(period.open), clock_text(period.close));
}

// Reports in the name of one item.
class HoursCheck {
  public:
    HoursCheck(const item::Item& item, Findings& findings)
        : item_(item), id_(*item::find(item, "regionId")->as<std::string>()), findings_(findings) {}

    void item(const Schedule* schedule, const catalog::Complaints& complaints);
    void schedule(const Schedule& schedule);

  private:
    void report(Code code, std::string message, std::string mend) {
        findings_.add(code, hours_ref(id_), [&] {
            return Words{.message = std::move(message), .mend = std::move(mend)};
        });
    }
    template <typename T>
    const T* attribute(const item::Map& map, std::string_view name) const {
        const auto* value = item::find(map, name);
        return value == nullptr ? nullptr : value->as<T>();
    }
    void misshapen(std::string_view complaint, bool is_usable);
    void day(std::string_view name, const item::Value& value, const Schedule* schedule);
    void holidays(const Schedule& schedule);
    void overlaps(const Schedule& schedule);
    void lengths(const Schedule& schedule);
    void whole(const Schedule& schedule);

    const item::Item& item_;
    std::string_view id_;
    Findings& findings_;
};

void HoursCheck::item(const Schedule* schedule, const catalog::Complaints& complaints) {
    const auto* zone = attribute<std::string>(item_, "timezone");
    if (schedule == nullptr) {
        report(Code::kHoursUnusable,
               fmt::format("{} is no time zone, so rules that use these hours are open at all "
                           "times",
                           quoted(zone == nullptr ? "" : *zone)),
               "Write an IANA name like Europe/Dublin");
    } else if (zone == nullptr || zone->empty()) {
        report(Code::kHoursWithoutZone,
               "They have no time zone, so their times are read as UTC, summer and winter",
               "Write the time zone's IANA name, like Europe/Dublin, or UTC");
    }
    for (const auto& complaint : complaints) {
        misshapen(complaint, schedule != nullptr);
    }
    if (const auto* week = attribute<item::Map>(item_, "schedule")) {
        for (const auto& [name, value] : *week) {
            day(name, value, schedule);
        }
    }
}

void HoursCheck::misshapen(std::string_view complaint, bool is_usable) {
    const auto about = complaint.substr(
        std::min(complaint.size(), fmt::format("{} {}: ", catalog::kHoursTable, id_).size()));
    const bool is_told = !is_usable && about.starts_with("timezone");
    if (!is_told && about != "emergencyClose is missing") {  // which is as good as not active
        report(Code::kHoursMisshapen, fmt::format("{}, and counts as not given", about),
               "Write the attribute in its shape, or leave it out");
    }
}

void HoursCheck::day(std::string_view name, const item::Value& value, const Schedule* schedule) {
    const auto known = std::ranges::find(kDays, name);
    if (known == kDays.end()) {
        report(Code::kWeekdayUnknown,
               fmt::format("The schedule's day {} is no weekday, so its hours are never open",
                           quoted(name)),
               "Name days monday to sunday, in small letters");
        return;
    }
    const auto* map = value.as<item::Map>();
    if (map == nullptr) {
        return;  // a complaint
    }
    const auto* open = attribute<bool>(*map, "isOpen");
    const auto* periods = attribute<item::List>(*map, "hours");
    const auto index = static_cast<std::size_t>(known - kDays.begin());
    if (open != nullptr && *open) {
        if (schedule != nullptr && schedule->week[index].empty()) {
            report(Code::kDayOpenWithoutHours,
                   fmt::format("On {} isOpen is true and there are no readable hours, so it does "
                               "not open",
                               name),
                   "Write its hours, or isOpen: false");
        }
    } else if (periods != nullptr && !periods->empty()) {
        report(
            Code::kDayClosedWithHours,
            fmt::format("On {} there are hours and isOpen is not true, so it does not open", name),
            "Write isOpen: true, or take the hours out");
    }
}

void HoursCheck::schedule(const Schedule& schedule) {
    if (schedule.emergency) {
        report(Code::kEmergencyActive,
               "An emergency close is active, so all calls are treated as after hours",
               "Set emergencyClose.isActive to false when it is over");
    }
    holidays(schedule);
    overlaps(schedule);
    lengths(schedule);
    whole(schedule);
}

void HoursCheck::holidays(const Schedule& schedule) {
    const auto* list = attribute<item::List>(item_, "holidays");
    if (list == nullptr) {
        return;
    }
    for (const auto& element : *list) {
        const auto* map = element.as<item::Map>();
        const auto* date = map == nullptr ? nullptr : attribute<std::string>(*map, "date");
        const auto* name = map == nullptr ? nullptr : attribute<std::string>(*map, "name");
        const auto parsed =
            date == nullptr ? std::nullopt : std::optional(calendar::parse_date(*date));
        if (!parsed || !*parsed || name == nullptr) {
            continue;
        }
        const auto used = schedule.holidays.find(sys_days{**parsed});
        if (used != schedule.holidays.end() && used->second != *name) {
            report(Code::kHolidayTwice,
                   fmt::format("{} is both {} and {}, and callers are given the first", *date,
                               quoted(used->second), quoted(*name)),
                   "Keep one of the two");
        }
    }
}

// The first two periods of the week that overlap, if any.
void HoursCheck::overlaps(const Schedule& schedule) {
    struct Span {
        seconds from;
        seconds until;
        std::string text;
        auto operator<=>(const Span&) const = default;
    };
    std::vector<Span> spans;
    for (std::size_t day = 0; day < kDays.size(); ++day) {
        const seconds midnight = kDay * static_cast<int>(day);
        for (const Period& period : schedule.week[day]) {
            const seconds length = calendar::opened_today(period).close - period.open +
                                   calendar::opened_yesterday(period).close;
            if (length > seconds{0}) {
                spans.push_back({midnight + period.open, midnight + period.open + length,
                                 period_text(day, period)});
            }
        }
    }
    if (spans.empty()) {
        return;
    }
    std::ranges::sort(spans);
    spans.push_back(spans.front());  // Saturday runs into the next Sunday
    spans.back().from += 7 * kDay;
    for (std::size_t i = 1; i < spans.size(); ++i) {
        if (spans[i].from < spans[i - 1].until) {
            report(Code::kPeriodsOverlap,
                   fmt::format("{} and {} overlap, so it is open when either is", spans[i - 1].text,
                               spans[i].text),
                   "Make one period of the two, or mend their times");
            return;
        }
    }
}

void HoursCheck::lengths(const Schedule& schedule) {
    for (std::size_t day = 0; day < kDays.size(); ++day) {
        for (const Period& period : schedule.week[day]) {
            const auto after_midnight = calendar::opened_yesterday(period).close;
            const bool crosses = after_midnight > seconds{0};
            if (crosses && kDay - period.open + after_midnight > kNightMax) {
                report(Code::kPeriodVeryLong,
                       fmt::format("{} closes on the next day, so it lasts {} hours",
                                   period_text(day, period),
                                   floor<hours>(kDay - period.open + after_midnight).count()),
                       "Write the closing time with 24 hours, like 17:00 for five in the "
                       "afternoon");
            }
        }
    }
}

void HoursCheck::whole(const Schedule& schedule) {
    const Week week = week_of(schedule);
    if (week == Week::kNeverOpen) {
        report(Code::kHoursNeverOpen,
               "They are never open, so all calls are treated as after hours",
               "Write the hours of the days that are open, or let rules go without business hours");
    }
    if (week == Week::kAlwaysOpen && !schedule.holidays.empty() && !schedule.emergency) {
        report(Code::kHoursAlwaysOpen,
               fmt::format("They are open at all times but for {} holiday{}",
                           schedule.holidays.size(), schedule.holidays.size() == 1 ? "" : "s"),
               "Nothing, if calls are meant to be answered day and night");
    }
}

}  // namespace

Week week_of(const Schedule& schedule) {
    const std::vector<calendar::Interval> whole_day{{.open = seconds{0}, .close = kDay}};
    unsigned open_days = 0;
    unsigned closed_days = 0;
    for (unsigned day = 0; day < kDays.size(); ++day) {
        const auto intervals = calendar::open_intervals(schedule, weekday{day}, false);
        open_days += intervals == whole_day ? 1 : 0;
        closed_days += intervals.empty() ? 1 : 0;
    }
    return open_days == kDays.size()     ? Week::kAlwaysOpen
           : closed_days == kDays.size() ? Week::kNeverOpen
                                         : Week::kSometimesOpen;
}

std::shared_ptr<const Schedule> check_hours(const item::Item& item, Findings& findings) {
    catalog::Complaints complaints;
    auto schedule = catalog::schedule_of(item, complaints);
    HoursCheck check(item, findings);
    check.item(schedule.get(), complaints);
    if (schedule != nullptr) {
        check.schedule(*schedule);
    }
    return schedule;
}

}  // namespace meridian::lint
