#include "calendar/schedule.h"

#include <gtest/gtest.h>

#include <cctype>
#include <span>
#include <sstream>

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

constexpr const char* kOfficeHours = "mon-fri 09:00-17:00";

Instant instant(std::string_view text) {
    return parse_instant(text).value();
}

int day_index(std::string_view name) {
    return static_cast<int>(std::string_view("sun mon tue wed thu fri sat").find(name)) / 4;
}

// "mon-fri 09:00-12:00 13:00-17:00 sat 10:00-14:00"
std::array<std::vector<Period>, 7> week(const std::string& text) {
    std::array<std::vector<Period>, 7> week;
    int first = 0;
    int last = -1;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto dash = word.find('-');
        if (std::isalpha(static_cast<unsigned char>(word[0])) != 0) {
            first = day_index(word.substr(0, 3));
            last = dash == std::string::npos ? first : day_index(word.substr(dash + 1));
            continue;
        }
        for (int day = first; day <= last; ++day) {
            week[static_cast<std::size_t>(day)].push_back(
                {.open = parse_time_of_day(word.substr(0, dash)).value(),
                 .close = parse_time_of_day(word.substr(dash + 1)).value()});
        }
    }
    return week;
}

// Holidays: "2025-12-25 Christmas 2025-12-26 Stephen"
Schedule schedule(const std::string& zone, const std::string& periods,
                  const std::string& holidays = "") {
    Schedule schedule{.id = "BH",
                      .name = "Business hours",
                      .zone = Zone::load(zone).value(),
                      .week = week(periods),
                      .holidays = {},
                      .emergency = {}};
    std::istringstream words(holidays);
    std::string name;
    for (std::string date; words >> date >> name;) {
        schedule.holidays.emplace(parse_date(date).value(), name);
    }
    return schedule;
}

std::string text_of(Status status) {
    std::string text{to_string(status.state)};
    return status.reason.empty() ? text : text + " " + std::string(status.reason);
}

std::string text_of(const std::optional<StateChange>& change) {
    return change ? format_instant(change->at) + " " + text_of(change->to) : "never";
}

struct StatusRow {
    const char* zone;
    const char* week;
    const char* at;
    const char* expected;
};

void expect_states(std::span<const StatusRow> rows) {
    for (const StatusRow& row : rows) {
        EXPECT_EQ(text_of(status_at(schedule(row.zone, row.week), instant(row.at))), row.expected)
            << row.zone << ", " << row.week << ", at " << row.at;
    }
}

TEST(StatusAt, OpensIncludedAndClosesExcluded) {
    const StatusRow rows[] = {
        {"America/New_York", kOfficeHours, "2025-02-26T13:59:59.999Z", "closed"},
        {"America/New_York", kOfficeHours, "2025-02-26T14:00:00Z", "open"},
        {"America/New_York", kOfficeHours, "2025-02-26T21:59:59Z", "open"},
        {"America/New_York", kOfficeHours, "2025-02-26T21:59:59.999Z", "open"},
        {"America/New_York", kOfficeHours, "2025-02-26T22:00:00Z", "closed"},
        {"America/New_York", kOfficeHours, "2025-03-01T15:00:00Z", "closed"},  // a Saturday
        {"America/New_York", "thu 09:00-17:00", "2024-02-29T15:00:00Z", "open"},
        {"UTC", "wed 09:00-12:00 13:00-17:00", "2025-02-26T11:59:59Z", "open"},
        {"UTC", "wed 09:00-12:00 13:00-17:00", "2025-02-26T12:00:00Z", "closed"},
        {"UTC", "wed 09:00-12:00 13:00-17:00", "2025-02-26T13:00:00Z", "open"},
        {"UTC", "wed 13:00-17:00 09:00-14:00", "2025-02-26T13:30:00Z", "open"},  // any order
        {"UTC", "wed 09:00:30-09:00:31", "2025-02-26T09:00:30.500Z", "open"},
        {"UTC", "wed 09:00:30-09:00:31", "2025-02-26T09:00:31Z", "closed"},
        {"UTC", "", "2025-02-26T12:00:00Z", "closed"},
    };
    expect_states(rows);
}

TEST(StatusAt, AroundMidnight) {
    const StatusRow rows[] = {
        {"UTC", "wed 22:00-06:00", "2025-02-26T21:59:59Z", "closed"},
        {"UTC", "wed 22:00-06:00", "2025-02-26T22:00:00Z", "open"},
        {"UTC", "wed 22:00-06:00", "2025-02-27T00:00:00Z", "open"},
        {"UTC", "wed 22:00-06:00", "2025-02-27T05:59:59.999Z", "open"},
        {"UTC", "wed 22:00-06:00", "2025-02-27T06:00:00Z", "closed"},
        {"UTC", "wed 22:00-06:00", "2025-02-26T05:00:00Z", "closed"},  // Tuesday's would be
        {"UTC", "sat 22:00-06:00", "2025-03-02T05:00:00Z", "open"},    // into Sunday
        {"UTC", "wed 22:00-24:00", "2025-02-26T23:59:59.999Z", "open"},
        {"UTC", "wed 22:00-24:00", "2025-02-27T00:00:00Z", "closed"},
        {"UTC", "wed 22:00-00:00", "2025-02-26T23:59:59.999Z", "open"},
        {"UTC", "wed 22:00-00:00", "2025-02-27T00:00:00Z", "closed"},
        {"UTC", "wed 00:00-24:00", "2025-02-26T00:00:00Z", "open"},
        {"UTC", "wed 00:00-24:00", "2025-02-26T23:59:59Z", "open"},
        {"UTC", "wed 00:00-24:00", "2025-02-27T00:00:00Z", "closed"},
        {"UTC", "wed 00:00-00:00", "2025-02-26T00:00:00Z", "open"},
        {"UTC", "wed 00:00-00:00", "2025-02-26T23:59:59Z", "open"},
        {"UTC", "wed 00:00-00:00", "2025-02-27T00:00:00Z", "closed"},
        {"UTC", "wed 09:00-09:00", "2025-02-26T08:59:59Z", "closed"},  // 24 hours from nine
        {"UTC", "wed 09:00-09:00", "2025-02-27T08:59:59Z", "open"},
        {"UTC", "wed 09:00-09:00", "2025-02-27T09:00:00Z", "closed"},
        {"UTC", "wed 24:00-24:00", "2025-02-26T23:59:59Z", "closed"},  // nothing
        {"UTC", "wed 24:00-24:00", "2025-02-27T12:00:00Z", "closed"},
        {"UTC", "wed 24:00-06:00", "2025-02-27T05:00:00Z", "open"},
    };
    expect_states(rows);
}

TEST(StatusAt, InTheZoneOfTheSchedule) {
    const StatusRow rows[] = {
        {"Europe/Dublin", kOfficeHours, "2025-07-02T07:59:59Z", "closed"},  // summer: UTC+1
        {"Europe/Dublin", kOfficeHours, "2025-07-02T08:30:00Z", "open"},
        {"Europe/Dublin", kOfficeHours, "2025-01-08T08:30:00Z", "closed"},
        {"Asia/Kolkata", "mon 01:00-06:00", "2025-03-02T19:30:00Z", "open"},  // Sunday in UTC
        {"Asia/Kolkata", "mon 01:00-06:00", "2025-03-02T19:29:59Z", "closed"},
        {"Asia/Kathmandu", kOfficeHours, "2025-03-03T03:14:59Z", "closed"},  // UTC+5:45
        {"Asia/Kathmandu", kOfficeHours, "2025-03-03T03:15:00Z", "open"},
        {"Asia/Singapore", "mon 07:00-18:00", "2025-03-02T23:00:00Z", "open"},
        {"America/New_York", "sun 20:00-23:00", "2025-03-03T01:30:00Z", "open"},  // Monday in UTC
        {"Australia/Lord_Howe", kOfficeHours, "2025-01-06T22:00:00Z", "open"},    // UTC+11
        {"Australia/Lord_Howe", kOfficeHours, "2025-07-06T22:00:00Z", "closed"},  // UTC+10:30
        {"Australia/Lord_Howe", kOfficeHours, "2025-07-06T22:30:00Z", "open"},
    };
    expect_states(rows);
}

TEST(StatusAt, InGapsAndOverlapsOfTheWallClock) {
    const StatusRow rows[] = {
        // New York, 9 March 2025: 02:00 EST (07:00Z) is followed by 03:00 EDT.
        {"America/New_York", "sun 02:30-03:30", "2025-03-09T06:59:59.999Z", "closed"},
        {"America/New_York", "sun 02:30-03:30", "2025-03-09T07:00:00Z", "open"},
        {"America/New_York", "sun 02:30-03:30", "2025-03-09T07:29:59Z", "open"},
        {"America/New_York", "sun 02:30-03:30", "2025-03-09T07:30:00Z", "closed"},
        {"America/New_York", "sun 02:15-02:45", "2025-03-09T07:00:00Z",
         "closed"},  // all in the gap
        // 2 November 2025: 02:00 EDT (06:00Z) is followed by 01:00 EST.
        {"America/New_York", "sun 01:00-02:00", "2025-11-02T05:30:00Z", "open"},
        {"America/New_York", "sun 01:00-02:00", "2025-11-02T06:30:00Z", "open"},
        {"America/New_York", "sun 01:00-02:00", "2025-11-02T07:00:00Z", "closed"},
        {"America/New_York", "sun 01:00-01:30", "2025-11-02T05:45:00Z", "closed"},
        {"America/New_York", "sun 01:00-01:30", "2025-11-02T06:15:00Z", "open"},
        // Dublin, 30 March 2025 01:00Z: 01:00 → 02:00; its summer time is its standard time.
        {"Europe/Dublin", "sun 02:00-03:00", "2025-03-30T00:59:59Z", "closed"},
        {"Europe/Dublin", "sun 02:00-03:00", "2025-03-30T01:00:00Z", "open"},
        {"Europe/Dublin", "sun 01:00-02:00", "2025-10-26T00:30:00Z", "open"},
        {"Europe/Dublin", "sun 01:00-02:00", "2025-10-26T01:30:00Z", "open"},
        // Lord Howe, 6 April 2025: 02:00 +11 (5 April 15:00Z) is followed by 01:30 +10:30.
        {"Australia/Lord_Howe", "sun 01:45-02:00", "2025-04-05T14:50:00Z", "open"},
        {"Australia/Lord_Howe", "sun 01:45-02:00", "2025-04-05T15:05:00Z", "closed"},
        {"Australia/Lord_Howe", "sun 01:45-02:00", "2025-04-05T15:20:00Z", "open"},
        // São Paulo, 4 November 2018: the day begins at 01:00.
        {"America/Sao_Paulo", "sun 00:00-02:00", "2018-11-04T02:59:59Z", "closed"},
        {"America/Sao_Paulo", "sun 00:00-02:00", "2018-11-04T03:00:00Z", "open"},
        // Apia had no Friday 30 December 2011: Saturday follows Thursday at 10:00Z.
        {"Pacific/Apia", "fri 00:00-24:00", "2011-12-30T09:59:59Z", "closed"},
        {"Pacific/Apia", "fri 00:00-24:00", "2011-12-30T10:00:00Z", "closed"},
        {"Pacific/Apia", "sat 00:00-24:00", "2011-12-30T10:00:00Z", "open"},
        // Casablanca leaves summer time for Ramadan: 23 February 2025 03:00 → 02:00.
        {"Africa/Casablanca", "sun 02:00-03:00", "2025-02-23T01:30:00Z", "open"},
        {"Africa/Casablanca", "sun 02:00-03:00", "2025-02-23T02:30:00Z", "open"},
    };
    expect_states(rows);
}

TEST(StatusAt, HolidaysAreLocalDates) {
    const struct {
        const char* zone;
        const char* week;
        const char* at;
        const char* expected;
    } rows[] = {
        {"America/New_York", "mon-fri 00:00-24:00", "2025-12-25T04:59:59.999Z", "open"},
        {"America/New_York", "mon-fri 00:00-24:00", "2025-12-25T05:00:00Z", "holiday Christmas"},
        {"America/New_York", "mon-fri 00:00-24:00", "2025-12-26T04:59:59Z", "holiday Christmas"},
        {"America/New_York", "mon-fri 00:00-24:00", "2025-12-26T05:00:00Z", "open"},
        {"America/New_York", "", "2025-12-25T15:00:00Z", "holiday Christmas"},  // closed anyway
        // What opened the evening before ends at the holiday's midnight …
        {"UTC", "wed 22:00-06:00", "2025-12-24T23:59:59Z", "open"},
        {"UTC", "wed 22:00-06:00", "2025-12-25T00:00:00Z", "holiday Christmas"},
        // … and what would have opened on the holiday does not run on after it,
        {"UTC", "thu 22:00-06:00", "2025-12-26T05:00:00Z", "closed"},
        // unlike what opens after it.
        {"UTC", "thu 22:00-06:00 fri 00:00-01:00", "2025-12-26T00:30:00Z", "open"},
        {"UTC", "thu 22:00-06:00", "2026-01-02T05:00:00Z", "open"},
    };
    for (const auto& row : rows) {
        const auto hours = schedule(row.zone, row.week, "2025-12-25 Christmas");
        EXPECT_EQ(text_of(status_at(hours, instant(row.at))), row.expected)
            << row.zone << ", " << row.week << ", at " << row.at;
    }
}

TEST(StatusAt, EmergencyComesBeforeEverything) {
    Schedule hours = schedule("UTC", "mon-fri 09:00-17:00", "2025-12-25 Christmas");
    hours.emergency = "Flood";
    for (const char* at :
         {"2025-12-25T12:00:00Z", "2025-12-24T12:00:00Z", "2025-12-24T20:00:00Z"}) {
        EXPECT_EQ(text_of(status_at(hours, instant(at))), "emergency Flood");
        EXPECT_EQ(text_of(next_change(hours, instant(at))), "never");  // it ends by hand
    }
    hours.emergency = "";  // closed, although nobody wrote why
    EXPECT_EQ(status_at(hours, instant("2025-12-24T12:00:00Z")).state, State::kEmergency);
}

TEST(StatusAt, AtTheEndsOfTime) {
    for (const char* zone : {"UTC", "America/New_York", "Asia/Kathmandu"}) {
        const auto always = schedule(zone, "sun-sat 00:00-24:00", "2025-12-25 Christmas");
        const auto nights = schedule(zone, "sun-sat 22:00-06:00", "2025-12-25 Christmas");
        for (const Instant at : {Instant::min(), instant("0000-01-01T00:00:00Z"), Instant{-1ms},
                                 instant("9999-12-31T23:59:59.999Z"), Instant::max()}) {
            EXPECT_EQ(status_at(always, at).state, State::kOpen);
            const auto change = next_change(nights, at);
            EXPECT_TRUE(!change || change->at > at);
        }
        EXPECT_EQ(text_of(next_change(nights, Instant::max())), "never");
        EXPECT_TRUE(next_change(nights, Instant::min()));
    }
    EXPECT_EQ(
        text_of(next_change(schedule("UTC", "sat 09:00-10:00"), instant("9999-12-31T12:00:00Z"))),
        "10000-01-01T09:00:00.000Z open");
}

struct ChangeRow {
    const char* zone;
    const char* week;
    const char* holidays;
    const char* at;
    const char* expected;
};

void expect_changes(std::span<const ChangeRow> rows) {
    for (const ChangeRow& row : rows) {
        const auto hours = schedule(row.zone, row.week, row.holidays);
        EXPECT_EQ(text_of(next_change(hours, instant(row.at))), row.expected)
            << row.zone << ", " << row.week << ", " << row.holidays << ", after " << row.at;
    }
}

TEST(NextChange, FollowsTheWeek) {
    const ChangeRow rows[] = {
        {"UTC", kOfficeHours, "", "2025-02-26T08:00:00Z", "2025-02-26T09:00:00.000Z open"},
        {"UTC", kOfficeHours, "", "2025-02-26T08:59:59.999Z", "2025-02-26T09:00:00.000Z open"},
        {"UTC", kOfficeHours, "", "2025-02-26T09:00:00Z", "2025-02-26T17:00:00.000Z closed"},
        {"UTC", kOfficeHours, "", "2025-02-28T17:00:00Z", "2025-03-03T09:00:00.000Z open"},
        {"UTC", "wed 09:00-10:00", "", "2025-02-26T10:00:00Z", "2025-03-05T09:00:00.000Z open"},
        {"UTC", "wed 09:00-09:00:01", "", "2025-02-26T09:00:00Z",
         "2025-02-26T09:00:01.000Z closed"},
        {"America/New_York", kOfficeHours, "", "2025-03-07T22:00:00Z",
         "2025-03-10T13:00:00.000Z open"},  // summer time began on the weekend
    };
    expect_changes(rows);
}

TEST(NextChange, JoinsPeriodsThatTouchOrOverlap) {
    const ChangeRow rows[] = {
        {"UTC", "wed 22:00-24:00 thu 00:00-06:00", "", "2025-02-26T22:00:00Z",
         "2025-02-27T06:00:00.000Z closed"},
        {"UTC", "wed 22:00-00:00 thu 00:00-06:00", "", "2025-02-26T23:00:00Z",
         "2025-02-27T06:00:00.000Z closed"},
        {"UTC", "wed 13:00-17:00 09:00-13:00", "", "2025-02-26T09:00:00Z",
         "2025-02-26T17:00:00.000Z closed"},
        {"UTC", "wed 09:00-17:00 10:00-11:00", "", "2025-02-26T09:00:00Z",
         "2025-02-26T17:00:00.000Z closed"},
        {"UTC", "wed 22:00-06:00 thu 05:00-12:00", "", "2025-02-26T22:00:00Z",
         "2025-02-27T12:00:00.000Z closed"},
        {"UTC", "sun-sat 09:00-09:00", "", "2025-02-26T22:00:00Z", "never"},
        {"UTC", "sun-sat 00:00-12:00 12:00-00:00", "", "2025-02-26T22:00:00Z", "never"},
        {"UTC", "", "", "2025-02-26T22:00:00Z", "never"},
    };
    expect_changes(rows);
}

TEST(NextChange, SeesHolidays) {
    const ChangeRow rows[] = {
        {"America/New_York", kOfficeHours, "2025-12-25 Christmas", "2025-12-24T23:00:00Z",
         "2025-12-25T05:00:00.000Z holiday Christmas"},
        {"America/New_York", kOfficeHours, "2025-12-25 Christmas", "2025-12-25T12:00:00Z",
         "2025-12-26T05:00:00.000Z closed"},
        {"UTC", "sun-sat 00:00-24:00", "2025-12-25 Christmas", "2025-12-25T12:00:00Z",
         "2025-12-26T00:00:00.000Z open"},
        {"UTC", "sun-sat 22:00-06:00", "2025-12-25 Christmas", "2025-12-24T22:00:00Z",
         "2025-12-25T00:00:00.000Z holiday Christmas"},
        {"UTC", "sun-sat 22:00-06:00", "2025-12-25 Christmas", "2025-12-26T00:00:00Z",
         "2025-12-26T22:00:00.000Z open"},
        // The name counts, the date does not.
        {"UTC", kOfficeHours, "2025-12-25 Christmas 2025-12-26 Stephen", "2025-12-25T12:00:00Z",
         "2025-12-26T00:00:00.000Z holiday Stephen"},
        {"UTC", kOfficeHours, "2025-12-25 Christmas 2025-12-26 Christmas", "2025-12-25T12:00:00Z",
         "2025-12-27T00:00:00.000Z closed"},
        // However far away, when nothing else changes anything.
        {"UTC", "", "2025-12-25 Christmas", "2025-12-26T00:00:00Z", "never"},
        {"UTC", "", "2025-12-25 Christmas", "1900-01-01T00:00:00Z",
         "2025-12-25T00:00:00.000Z holiday Christmas"},
        {"Asia/Kolkata", "sun-sat 00:00-24:00", "9999-12-31 Last", "2025-12-26T00:00:00Z",
         "9999-12-30T18:30:00.000Z holiday Last"},
        // A holiday on a date that never was.
        {"Pacific/Apia", "", "2011-12-30 Never 2012-01-02 After", "2011-12-26T00:00:00Z",
         "2012-01-01T10:00:00.000Z holiday After"},
    };
    expect_changes(rows);
}

TEST(NextChange, InGapsAndOverlapsOfTheWallClock) {
    const ChangeRow rows[] = {
        {"America/New_York", "sun 02:30-03:30", "", "2025-03-09T06:00:00Z",
         "2025-03-09T07:00:00.000Z open"},
        {"America/New_York", "sun 02:30-03:30", "", "2025-03-09T07:00:00Z",
         "2025-03-09T07:30:00.000Z closed"},
        {"America/New_York", "sun 02:15-02:45", "", "2025-03-09T00:00:00Z",
         "2025-03-16T06:15:00.000Z open"},  // wholly in the gap: a week later
        {"America/New_York", "sun 01:00-02:00", "", "2025-11-02T05:00:00Z",
         "2025-11-02T07:00:00.000Z closed"},  // no change between the two occurrences
        {"America/New_York", "sun 01:00-01:30", "", "2025-11-02T05:00:00Z",
         "2025-11-02T05:30:00.000Z closed"},
        {"America/New_York", "sun 01:00-01:30", "", "2025-11-02T05:30:00Z",
         "2025-11-02T06:00:00.000Z open"},  // again
        {"America/New_York", "sun 00:00-01:30", "", "2025-11-02T06:00:00Z",
         "2025-11-02T06:30:00.000Z closed"},
        {"Australia/Lord_Howe", "sun 01:45-02:00", "", "2025-04-05T14:45:00Z",
         "2025-04-05T15:00:00.000Z closed"},
        {"Australia/Lord_Howe", "sun 01:45-02:00", "", "2025-04-05T15:00:00Z",
         "2025-04-05T15:15:00.000Z open"},
        {"America/Sao_Paulo", "sun 00:00-02:00", "", "2018-11-03T20:00:00Z",
         "2018-11-04T03:00:00.000Z open"},
        // The midnight of 18 February 2018 came twice: 24:00 was followed by Saturday's 23:00.
        {"America/Sao_Paulo", "", "2018-02-17 Carnival", "2018-02-17T12:00:00Z",
         "2018-02-18T03:00:00.000Z closed"},
        {"America/Sao_Paulo", "", "2018-02-18 Rest", "2018-02-17T12:00:00Z",
         "2018-02-18T03:00:00.000Z holiday Rest"},
        {"Pacific/Apia", "fri 09:00-17:00", "", "2011-12-24T03:00:00Z",
         "2012-01-05T19:00:00.000Z open"},  // two weeks, for a Friday was skipped
        {"Pacific/Apia", "sun-sat 00:00-24:00", "2011-12-31 Eve", "2011-12-30T00:00:00Z",
         "2011-12-30T10:00:00.000Z holiday Eve"},
    };
    expect_changes(rows);
}

// One hundred years of holidays, and a run of them that has no change in it.
TEST(NextChange, PassesOverLongRunsOfHolidays) {
    Schedule hours = schedule("Europe/Dublin", kOfficeHours);
    const sys_days first = 2025y / 1 / 1;
    for (days day{0}; day < days{36'524}; ++day) {
        hours.holidays.emplace(first + day, "Closed for good");
    }
    EXPECT_EQ(text_of(next_change(hours, instant("2025-02-26T12:00:00Z"))),
              "2125-01-01T00:00:00.000Z closed");
}

TEST(StateNames, AreWhatCallersRead) {
    EXPECT_EQ(to_string(State::kOpen), "open");
    EXPECT_EQ(to_string(State::kClosed), "closed");
    EXPECT_EQ(to_string(State::kHoliday), "holiday");
    EXPECT_EQ(to_string(State::kEmergency), "emergency");
}

}  // namespace
}  // namespace meridian::calendar
