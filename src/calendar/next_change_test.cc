// next_change() against the slow truth: status_at() asked at every minute, or every second; and
// status_at() against the rule as it is written, on wall clocks that cctz reads.
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/random.h"
#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

// Weeks in which something odd happens to a wall clock.
struct Place {
    const char* zone;
    const char* around;
};
constexpr Place kPlaces[] = {
    {"UTC", "2025-02-26"},
    {"America/New_York", "2025-03-09"},
    {"America/New_York", "2025-11-02"},
    {"America/New_York", "2825-03-13"},  // past the listed and spelled-out transitions
    {"Europe/Dublin", "2025-03-30"},
    {"Europe/Dublin", "2025-10-26"},
    {"Australia/Lord_Howe", "2025-04-06"},
    {"Australia/Lord_Howe", "2025-10-05"},
    {"Asia/Kolkata", "2025-02-26"},
    {"Asia/Kathmandu", "1986-01-01"},     // +5:30 → +5:45 at midnight
    {"Pacific/Apia", "2011-12-30"},       // a date left out
    {"Pacific/Kwajalein", "1969-10-01"},  // a date lived twice
    {"Pacific/Kwajalein", "1993-08-21"},
    {"Africa/Casablanca", "2025-02-23"},
    {"Africa/Casablanca", "2025-04-06"},
    {"America/Sao_Paulo", "2018-02-18"},  // midnight twice
    {"America/Sao_Paulo", "2018-11-04"},  // no midnight
    {"America/St_Johns", "2006-10-29"},   // 00:01 → 23:01 of the day before
    {"America/St_Johns", "2007-03-11"},
    {"Antarctica/Troll", "2025-03-30"},  // two hours
    {"America/Caracas", "2007-12-09"},   // half an hour, not for summer
};

std::uint64_t seed() {
    const char* given = std::getenv("MERIDIAN_SEED");  // NOLINT(concurrency-mt-unsafe)
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 20250226;
}

class RandomSchedules {
  public:
    explicit RandomSchedules(seconds granularity) : granularity_(granularity) {}

    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }

    // Many bounds lie in the small hours, where clocks are changed, and at midnight.
    seconds time_of_day() {
        switch (below(4)) {
            case 0:
                return below(2) == 0 ? 0h : 24h;
            case 1:
                return seconds{below(static_cast<std::uint64_t>(24h / granularity_)) *
                               static_cast<std::uint64_t>(granularity_.count())};
            default:
                return seconds{below(static_cast<std::uint64_t>(4h / granularity_)) *
                               static_cast<std::uint64_t>(granularity_.count())};
        }
    }

    Schedule next(const Place& place) {
        Schedule schedule;
        schedule.zone = Zone::load(place.zone).value();
        const std::uint64_t periods_max = below(3);
        for (auto& periods : schedule.week) {
            for (std::uint64_t count = below(periods_max + 1); count > 0; --count) {
                periods.push_back({.open = time_of_day(), .close = time_of_day()});
            }
        }
        const sys_days middle = parse_date(place.around).value();
        for (std::uint64_t count = below(4); count > 0; --count) {
            const sys_days date = middle + days{below(12)} - days{6};
            schedule.holidays.emplace(date, below(2) == 0 ? "Rest" : "Feast");
        }
        return schedule;
    }

    Instant near(const Place& place) {
        return Instant{sys_days{parse_date(place.around).value()}} +
               milliseconds{below(8ULL * 86'400'000)} - days{4};
    }

  private:
    SeededRandom random_{seed()};
    seconds granularity_;
};

bool same(Status a, Status b) {
    return a.state == b.state && a.reason == b.reason;
}

// The first change after `at` and not after `until`, found by trying; every bound must lie on
// `step`.
std::optional<Instant> stepped(const Schedule& schedule, Instant at, Instant until, seconds step) {
    const Status now = status_at(schedule, at);
    Instant time = at - (at.time_since_epoch() % step);
    while ((time += step) <= until) {
        if (time > at && !same(status_at(schedule, time), now)) {
            return time;
        }
    }
    return std::nullopt;
}

void expect_stepping_agrees(int schedules_a_place, seconds granularity, seconds reach) {
    RandomSchedules schedules(granularity);
    for (const Place& place : kPlaces) {
        for (int i = 0; i < schedules_a_place; ++i) {
            const Schedule schedule = schedules.next(place);
            const Instant at = schedules.near(place);
            const auto change = next_change(schedule, at);
            const Instant until = at + reach;
            const auto expected = stepped(schedule, at, until, granularity);
            if (expected) {
                ASSERT_TRUE(change) << place.zone << ' ' << place.around << " #" << i;
                ASSERT_EQ(format_instant(change->at), format_instant(*expected))
                    << place.zone << " #" << i << " after " << format_instant(at);
                ASSERT_TRUE(same(change->to, status_at(schedule, change->at)));
            } else {
                ASSERT_TRUE(!change || change->at > until)
                    << place.zone << ' ' << place.around << " #" << i << " says "
                    << format_instant(change->at) << " after " << format_instant(at);
            }
        }
    }
}

TEST(NextChangeProperty, EveryMinuteOfThreeWeeksAgrees) {
    RecordProperty("seed", std::to_string(seed()));
    expect_stepping_agrees(40, 1min, days{21});
}

TEST(NextChangeProperty, EverySecondOfADayAgrees) {
    expect_stepping_agrees(20, 1s, days{1});
}

// Before zones had whole minutes: Dublin was at -00:25:21 until 1916, Kolkata at +05:53:28.
TEST(NextChangeProperty, OldOffsetsOfOddSecondsAgree) {
    RandomSchedules schedules(1min);
    for (const Place& place :
         {Place{"Europe/Dublin", "1916-05-21"}, Place{"Asia/Kolkata", "1854-06-28"},
          Place{"America/New_York", "1883-11-18"}}) {
        for (int i = 0; i < 20; ++i) {
            const Schedule schedule = schedules.next(place);
            const Instant at = schedules.near(place);
            const auto expected = stepped(schedule, at, at + days{1}, 1s);
            const auto change = next_change(schedule, at);
            ASSERT_EQ(change && change->at <= at + days{1}, expected.has_value()) << place.zone;
            ASSERT_TRUE(!expected || change->at == *expected) << place.zone << " #" << i;
        }
    }
}

bool open_by_the_rule(const Schedule& schedule, sys_days date, seconds time) {
    const auto today = weekday{date}.c_encoding();
    const auto yesterday = weekday{date - days{1}}.c_encoding();
    bool open = false;
    for (const Period& period : schedule.week[today]) {
        open |= period.close > period.open ? period.open <= time && time < period.close
                                           : time >= period.open;
    }
    for (const Period& period : schedule.week[yesterday]) {
        const bool crossing = period.close <= period.open && period.close != 24h;
        open |= crossing && time < period.close && !schedule.holidays.contains(date - days{1});
    }
    return open;
}

TEST(StatusAtProperty, IsTheRuleAppliedToTheWallClock) {
    RandomSchedules schedules(1min);
    int open = 0;
    for (const Place& place : kPlaces) {
        cctz::time_zone zone;
        ASSERT_TRUE(cctz::load_time_zone(place.zone, &zone));
        for (int i = 0; i < 500; ++i) {
            const Schedule schedule = schedules.next(place);
            const Instant at = schedules.near(place);
            const cctz::civil_second wall_clock = cctz::convert(at, zone);
            const sys_days date =
                sys_days{} + days{cctz::civil_day(wall_clock) - cctz::civil_day(1970, 1, 1)};
            const seconds time{wall_clock - cctz::civil_second(cctz::civil_day(wall_clock))};
            const auto holiday = schedule.holidays.find(date);
            const bool is_open = open_by_the_rule(schedule, date, time);
            const Status expected = holiday != schedule.holidays.end()
                                        ? Status{State::kHoliday, holiday->second}
                                        : Status{is_open ? State::kOpen : State::kClosed, {}};
            ASSERT_TRUE(same(status_at(schedule, at), expected))
                << place.zone << " at " << format_instant(at);
            open += is_open ? 1 : 0;
        }
    }
    EXPECT_GT(open, 1000);  // the schedules are not all closed
}

}  // namespace
}  // namespace meridian::calendar
