#include "calendar/agenda.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/random.h"
#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

Instant at(std::string_view text) {
    return parse_instant(text).value();
}

Schedule open_daily(const char* zone, const std::vector<Period>& periods) {
    Schedule schedule;
    schedule.zone = Zone::load(zone).value();
    schedule.week.fill(periods);
    return schedule;
}

std::string text_of(const AgendaEntry& entry, const Zone& zone) {
    return local_time(zone, entry.at) + " " + std::string(to_string(entry.to.state)) +
           (entry.to.reason.empty() ? "" : " " + std::string(entry.to.reason));
}

std::vector<std::string> texts(const Schedule& schedule, const char* from, const char* to) {
    std::vector<std::string> result;
    for (const auto& entry : agenda(schedule, {at(from), at(to)}, 1000).entries) {
        result.push_back(text_of(entry, schedule.zone));
    }
    return result;
}

bool same(Status a, Status b) {
    return a.state == b.state && a.reason == b.reason;
}

TEST(Agenda, TellsOpeningsClosingsAndHolidays) {
    Schedule schedule = open_daily("Europe/Dublin", {{.open = 9h, .close = 17h}});
    schedule.holidays.emplace(sys_days{2025y / 12 / 25}, "Christmas Day");
    EXPECT_THAT(texts(schedule, "2025-12-24T12:00:00Z", "2025-12-26T12:00:00Z"),
                ElementsAre("2025-12-24T17:00:00+00:00 closed",
                            "2025-12-25T00:00:00+00:00 holiday Christmas Day",
                            "2025-12-26T00:00:00+00:00 closed", "2025-12-26T09:00:00+00:00 open"));
}

TEST(Agenda, HoldsWhatHappensAtItsBeginningAndNotAtItsEnd) {
    const Schedule schedule = open_daily("UTC", {{.open = 9h, .close = 17h}});
    EXPECT_THAT(texts(schedule, "2025-02-26T09:00:00Z", "2025-02-26T17:00:00Z"),
                ElementsAre("2025-02-26T09:00:00+00:00 open"));
    EXPECT_THAT(texts(schedule, "2025-02-26T09:00:00.001Z", "2025-02-26T17:00:00.001Z"),
                ElementsAre("2025-02-26T17:00:00+00:00 closed"));
    EXPECT_THAT(texts(schedule, "2025-02-26T17:00:00Z", "2025-02-26T09:00:00Z"), IsEmpty());
}

// A period from 02:30 to 03:30 begins where the clock goes on, and one that the clock shows twice
// is open twice.
TEST(Agenda, GoesByTheWallClockWhereItIsChanged) {
    const Schedule schedule = open_daily("America/New_York", {{.open = 150min, .close = 210min}});
    EXPECT_THAT(texts(schedule, "2026-03-08T05:00:00Z", "2026-03-09T05:00:00Z"),
                ElementsAre("2026-03-08T03:00:00-04:00 open", "2026-03-08T03:30:00-04:00 closed"));
    const Schedule night = open_daily("America/New_York", {{.open = 1h, .close = 90min}});
    EXPECT_THAT(texts(night, "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"),
                ElementsAre("2025-11-02T01:00:00-04:00 open", "2025-11-02T01:30:00-04:00 closed",
                            "2025-11-02T01:00:00-05:00 open", "2025-11-02T01:30:00-05:00 closed"));
}

TEST(Agenda, LeavesOutADateThatTheZoneLeftOut) {
    const Schedule schedule = open_daily("Pacific/Apia", {{.open = 9h, .close = 17h}});
    EXPECT_THAT(texts(schedule, "2011-12-30T00:00:00Z", "2011-12-31T05:00:00Z"),
                ElementsAre("2011-12-29T17:00:00-10:00 closed", "2011-12-31T09:00:00+14:00 open",
                            "2011-12-31T17:00:00+14:00 closed"));
}

TEST(Agenda, SaysWhereItWasCut) {
    const Schedule schedule = open_daily("UTC", {{.open = 9h, .close = 17h}});
    const TimeRange range{at("2025-02-26T00:00:00Z"), at("2025-02-28T00:00:00Z")};
    const Agenda cut = agenda(schedule, range, 3);
    ASSERT_EQ(cut.entries.size(), 3U);
    EXPECT_EQ(cut.next, at("2025-02-27T17:00:00Z"));
    EXPECT_EQ(agenda(schedule, {*cut.next, range.to}, 3).entries.size(), 1U);
    EXPECT_EQ(agenda(schedule, range, 4).next, std::nullopt);
}

TEST(Agenda, AnEmergencyChangesNothing) {
    Schedule schedule = open_daily("UTC", {{.open = 9h, .close = 17h}});
    schedule.emergency = "Flood";
    const Agenda none = agenda(schedule, {Instant::min(), Instant::max()}, 1);
    EXPECT_THAT(none.entries, IsEmpty());
    EXPECT_EQ(none.next, std::nullopt);
}

TEST(Agenda, LooksAtTenYearsAtOnce) {
    Schedule schedule = open_daily("UTC", {{.open = 0h, .close = 24h}});
    schedule.holidays.emplace(sys_days{2036y / 6 / 1}, "Jubilee");
    TimeRange range{at("2025-01-01T00:00:00Z"), Instant::max()};
    const Agenda first = agenda(schedule, range, 10);
    EXPECT_THAT(first.entries, IsEmpty());
    ASSERT_EQ(first.next, range.from + kAgendaDaysMax);
    const Agenda second = agenda(schedule, {*first.next, range.to}, 10);
    EXPECT_EQ(second.entries.size(), 2U);
}

TEST(Agenda, StandsTheEndsOfTime) {
    const Schedule schedule = open_daily("Australia/Lord_Howe", {{.open = 9h, .close = 17h}});
    for (const Instant from : {Instant::min(), Instant::max() - days{3}}) {
        const Agenda some = agenda(schedule, {from, from + days{2}}, 100);
        EXPECT_GE(some.entries.size(), 3U);
        EXPECT_LE(offset_changes(schedule.zone, {from, Instant::max()}).size(), 25U);
    }
}

TEST(OffsetChanges, AreThoseOfTheRange) {
    const Zone zone = Zone::load("America/New_York").value();
    const auto year =
        offset_changes(zone, {at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")});
    ASSERT_EQ(year.size(), 2U);
    EXPECT_EQ(year[0].at, at("2026-03-08T07:00:00Z"));
    EXPECT_EQ(year[0].before, -5h);
    EXPECT_EQ(year[0].after, -4h);
    EXPECT_EQ(year[1].at, at("2026-11-01T06:00:00Z"));
    EXPECT_EQ(offset_changes(zone, {year[0].at, year[1].at}).size(), 1U);
    EXPECT_EQ(offset_changes(zone, {year[0].at + 1ms, year[1].at}).size(), 0U);
    EXPECT_THAT(offset_changes(Zone(), {Instant::min(), Instant::max()}), IsEmpty());
    EXPECT_EQ(offset_changes(zone, {at("2026-01-01T00:00:00Z"), Instant::max()}).size(), 20U);
}

TEST(LocalTime, IsWhatTheWallClockShows) {
    struct Row {
        const char* zone;
        const char* instant;
        const char* local;
    };
    for (const auto& [zone, instant, local] : {
             Row{"UTC", "2026-03-08T07:00:00Z", "2026-03-08T07:00:00+00:00"},
             Row{"America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"},
             Row{"America/New_York", "2026-03-08T06:59:59.999Z", "2026-03-08T01:59:59.999-05:00"},
             Row{"America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30"},
             Row{"Australia/Lord_Howe", "2025-04-05T15:00:00Z", "2025-04-06T01:30:00+10:30"},
             Row{"Asia/Kathmandu", "2025-01-01T00:00:00Z", "2025-01-01T05:45:00+05:45"},
             Row{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"},
             Row{"Europe/Dublin", "1900-01-01T00:00:00Z", "1899-12-31T23:34:39-00:25:21"},
         }) {
        const std::string text = local_time(Zone::load(zone).value(), at(instant));
        EXPECT_EQ(text, local);
        if (text.size() <= std::string_view("2026-03-08T01:59:59.999-05:00").size() &&
            text.find("-00:25:21") == std::string::npos) {
            EXPECT_EQ(at(text), at(instant)) << "it is the same instant";
        }
    }
}

// ---- Against the slow truth: status_at() asked at every minute.

constexpr const char* kPlaces[][2] = {
    {"UTC", "2025-02-26"},
    {"America/New_York", "2026-03-08"},
    {"America/New_York", "2025-11-02"},
    {"Europe/Dublin", "2025-10-26"},
    {"Australia/Lord_Howe", "2025-04-06"},  // half an hour
    {"Australia/Lord_Howe", "2025-10-05"},
    {"America/St_Johns", "2006-10-29"},  // 00:01 → 23:01 of the day before
    {"America/St_Johns", "2007-03-11"},
    {"Africa/Casablanca", "2025-02-23"},  // Ramadan
    {"Africa/Casablanca", "2025-04-06"},
    {"Pacific/Apia", "2011-12-30"},       // a date left out
    {"Pacific/Kwajalein", "1969-10-01"},  // a date lived twice
    {"America/Sao_Paulo", "2018-02-18"},  // midnight twice
    {"America/Sao_Paulo", "2018-11-04"},  // no midnight
};

std::uint64_t seed() {
    const char* given = std::getenv("MERIDIAN_SEED");  // NOLINT(concurrency-mt-unsafe)
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 20250226;
}

class Worlds {
  public:
    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }

    // Half of the bounds lie in the small hours, where clocks are changed, and at midnight.
    minutes time_of_day() {
        const std::uint64_t kind = below(4);
        return kind == 0 ? minutes{below(2) * 1440} : minutes{below(kind == 1 ? 1441 : 240)};
    }

    Schedule schedule(const char* zone, sys_days around) {
        Schedule schedule;
        schedule.zone = Zone::load(zone).value();
        const std::uint64_t periods_max = below(5);
        for (auto& periods : schedule.week) {
            for (std::uint64_t count = below(periods_max + 1); count > 0; --count) {
                periods.push_back({.open = time_of_day(), .close = time_of_day()});
            }
        }
        for (std::uint64_t count = below(5); count > 0; --count) {
            schedule.holidays.emplace(around + days{below(12)} - days{6},
                                      below(2) == 0 ? "Rest" : "Feast");
        }
        if (below(20) == 0) {
            schedule.emergency = "Flood";
        }
        return schedule;
    }

    TimeRange range(sys_days around) {
        const Instant from = Instant{around} - days{6} + milliseconds{below(4ULL * 86'400'000)};
        return {from, from + milliseconds{below(10ULL * 86'400'000)}};
    }

  private:
    SeededRandom random_{seed()};
};

std::vector<AgendaEntry> sampled(const Schedule& schedule, TimeRange range) {
    std::vector<AgendaEntry> entries;
    for (Instant time = ceil<minutes>(range.from); time < range.to; time += 1min) {
        const Status before = status_at(schedule, time - 1ms);
        const Status after = status_at(schedule, time);
        if (!same(before, after)) {
            entries.push_back({.at = time, .from = before, .to = after, .utc_offset = {}});
        }
    }
    return entries;
}

std::vector<AgendaEntry> in_pages(const Schedule& schedule, TimeRange range, std::size_t page) {
    std::vector<AgendaEntry> entries;
    std::optional<Instant> next = range.from;
    while (next) {
        const Agenda part = agenda(schedule, {*next, range.to}, page);
        EXPECT_TRUE(!part.next || !part.entries.empty());
        entries.insert(entries.end(), part.entries.begin(), part.entries.end());
        next = part.next;
    }
    return entries;
}

void expect_equal(const std::vector<AgendaEntry>& found, const std::vector<AgendaEntry>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_EQ(format_instant(found[i].at), format_instant(expected[i].at));
        ASSERT_TRUE(same(found[i].from, expected[i].from));
        ASSERT_TRUE(same(found[i].to, expected[i].to));
    }
}

TEST(AgendaProperty, EveryMinuteAgrees) {
    RecordProperty("seed", std::to_string(seed()));
    Worlds worlds;
    std::size_t entries = 0;
    for (const auto& [zone, date] : kPlaces) {
        const sys_days around = parse_date(date).value();
        for (int i = 0; i < 100; ++i) {
            SCOPED_TRACE(std::string(zone) + " " + date + " #" + std::to_string(i));
            const Schedule schedule = worlds.schedule(zone, around);
            const TimeRange range = worlds.range(around);
            const auto expected = sampled(schedule, range);
            ASSERT_NO_FATAL_FAILURE(
                expect_equal(agenda(schedule, range, 10'000).entries, expected));
            ASSERT_NO_FATAL_FAILURE(
                expect_equal(in_pages(schedule, range, 1 + worlds.below(5)), expected));
            entries += expected.size();
        }
    }
    EXPECT_GT(entries, 3000U);
}

TEST(AgendaProperty, TenYearsAreTheChainOfNextChanges) {
    Worlds worlds;
    for (const auto& [zone, date] : kPlaces) {
        const sys_days around = parse_date(date).value();
        Schedule schedule = worlds.schedule(zone, around);
        schedule.emergency.reset();
        const TimeRange range{Instant{around} + 1ms, Instant{around} + days{3650}};
        std::vector<AgendaEntry> expected;
        Status now = status_at(schedule, range.from);
        for (auto change = next_change(schedule, range.from); change && change->at < range.to;
             change = next_change(schedule, change->at)) {
            expected.push_back({.at = change->at, .from = now, .to = change->to, .utc_offset = {}});
            now = change->to;
        }
        ASSERT_NO_FATAL_FAILURE(expect_equal(agenda(schedule, range, 1'000'000).entries, expected));
    }
}

TEST(OffsetChangesProperty, EveryMinuteAgrees) {
    for (const auto& [name, date] : kPlaces) {
        const Zone zone = Zone::load(name).value();
        const Instant around = sys_days{parse_date(date).value()};
        const auto text_at = [&](Instant time) {
            const std::string local = local_time(zone, time);
            return local.substr(local.size() - 6);
        };
        std::vector<std::string> expected;
        for (Instant time = around - days{20}; time < around + days{20}; time += 1min) {
            if (text_at(time - 1ms) != text_at(time)) {
                expected.push_back(local_time(zone, time) + " from " + text_at(time - 1ms));
            }
        }
        std::vector<std::string> found;
        for (const auto& change : offset_changes(zone, {around - days{20}, around + days{20}})) {
            EXPECT_EQ(offset_text(change.after), text_at(change.at));
            found.push_back(local_time(zone, change.at) + " from " + offset_text(change.before));
        }
        EXPECT_EQ(found, expected) << name << ' ' << date;
    }
}

}  // namespace
}  // namespace meridian::calendar
