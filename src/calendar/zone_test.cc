#include <cctz/time_zone.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/random.h"
#include "calendar/offset_table.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

std::vector<std::string> zones_of_the_machine() {
    std::vector<std::string> names;
    std::ifstream lines("/usr/share/zoneinfo/tzdata.zi");
    std::string kind;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        std::string second;
        words >> kind >> first >> second;
        if (kind == "Z") {
            names.push_back(first);
        } else if (kind == "L") {
            names.push_back(second);
        }
    }
    return names;
}

TEST(Zone, DefaultIsUtc) {
    const Zone zone;
    EXPECT_EQ(zone.name(), "UTC");
    EXPECT_EQ(zone.data().offsets.offset_at(sys_days{2025y / 7 / 1}), 0s);
}

TEST(Zone, LoadsEveryNameOfTheDatabase) {
    const auto names = zones_of_the_machine();
    ASSERT_GT(names.size(), 400U);
    for (const std::string& name : names) {
        const auto zone = Zone::load(name);
        ASSERT_TRUE(zone) << name;
        EXPECT_EQ(zone->name(), name);
    }
}

// Zone names come from table items that people write: none may reach a file that is no zone, or a
// setting of the machine.
TEST(Zone, RefusesWhatIsNoIanaName) {
    const std::vector<std::string> names = {"",
                                            "Mars/Olympus",
                                            "europe/dublin",
                                            "Europe",
                                            "Europe/",
                                            "/Europe/Dublin",
                                            "Europe//Dublin",
                                            "Europe/Dublin/",
                                            " Europe/Dublin",
                                            "Europe/Dublin ",
                                            "Europe\\Dublin",
                                            "../zoneinfo/Europe/Dublin",
                                            "Europe/../Europe/Dublin",
                                            "Europe/./Dublin",
                                            "..",
                                            ".",
                                            "/",
                                            "/usr/share/zoneinfo/Europe/Dublin",
                                            "file:/usr/share/zoneinfo/Europe/Dublin",
                                            "file:Europe/Dublin",
                                            "libc:localtime",
                                            "localtime",
                                            "posixrules",
                                            "posix/Europe/Dublin",
                                            "right/Europe/Dublin",
                                            "tzdata.zi",
                                            "zone.tab",
                                            "leapseconds",
                                            "/etc/passwd",
                                            "../../../etc/passwd",
                                            "Fixed/UTC+05:00:00",
                                            "UTC+5",
                                            "utc",
                                            "EST5EDT,M3.2.0,M11.1.0",
                                            std::string("Europe/Dublin\0", 14),
                                            std::string("UTC\0", 4),
                                            "Europe/D\u00FAblin",
                                            std::string(64, 'A'),
                                            std::string(65, 'A'),
                                            std::string(1'000'000, 'A')};
    for (const std::string& name : names) {
        const auto zone = Zone::load(name);
        ASSERT_FALSE(zone) << name.substr(0, 80);
        EXPECT_EQ(zone.error().code, ErrorCode::kInvalidInput);
        EXPECT_LT(zone.error().message.size(), 250U);
    }
}

TEST(Zone, RepeatedLoadsShareOneTable) {
    EXPECT_EQ(&Zone::load("Asia/Kolkata")->data(), &Zone::load("Asia/Kolkata")->data());
    EXPECT_EQ(&Zone::load("UTC")->data(), &Zone().data());
}

TEST(Zone, LoadsFromManyThreads) {
    std::array<std::jthread, 4> threads;
    for (std::jthread& thread : threads) {
        thread = std::jthread([] {
            for (const char* name : {"America/Lima", "Europe/Oslo", "Asia/Tokyo", "No/Zone"}) {
                EXPECT_EQ(Zone::load(name).has_value(), std::string(name) != "No/Zone");
            }
        });
    }
}

// Where cctz, which has the whole history, and our table must say the same: at transitions and just
// before them, and anywhere in the years that instants can name, past cctz's spelled-out years too.
TEST(OffsetTable, AgreesWithCctzInEveryZone) {
    SeededRandom random(20250226);
    const auto first = sys_seconds{sys_days{0y / 1 / 1}}.time_since_epoch().count();
    const auto last = sys_seconds{sys_days{9999y / 12 / 31}}.time_since_epoch().count();
    for (const std::string& name : zones_of_the_machine()) {
        const auto zone = Zone::load(name);
        cctz::time_zone peer;
        ASSERT_TRUE(zone && cctz::load_time_zone(name, &peer)) << name;
        for (int i = 0; i < 200; ++i) {
            const auto range = i % 2 == 0 ? last - first : 80LL * 366 * 86400;
            const auto start = i % 2 == 0 ? first : 0;
            const auto any = sys_seconds{seconds{
                start +
                static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(range))}};
            const auto span = zone->data().offsets.span_at(any);
            ASSERT_TRUE(span.from <= any && any < span.until) << name;
            for (const sys_seconds at : {any, std::max(span.from, any - days{20'000}),
                                         std::min(span.until, any + days{20'000}) - 1s,
                                         std::min(span.until, any + days{20'000})}) {
                ASSERT_EQ(zone->data().offsets.offset_at(at).count(), peer.lookup(at).offset)
                    << name << " at " << at.time_since_epoch().count();
            }
        }
    }
}

// A span's ends are where the offset really changes: no span is cut in two, also where the table
// starts to repeat.
TEST(OffsetTable, NeighbouringSpansDiffer) {
    for (const char* name : {"America/New_York", "Europe/Dublin", "Australia/Lord_Howe",
                             "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia"}) {
        const auto& offsets = Zone::load(name)->data().offsets;
        sys_seconds at = sys_days{1800y / 1 / 1};
        int spans = 0;
        while (at < sys_days{3300y / 1 / 1}) {
            const auto span = offsets.span_at(at);
            if (span.until == sys_seconds::max()) {
                break;
            }
            ASSERT_GT(span.until, at) << name;
            ASSERT_NE(offsets.offset_at(span.until), span.offset) << name;
            ASSERT_EQ(offsets.span_at(span.until).from, span.until) << name;
            at = span.until;
            ++spans;
        }
        EXPECT_GT(spans, 20) << name;
    }
}

TEST(OffsetTable, CoversAllTime) {
    for (const char* name : {"UTC", "America/New_York", "Asia/Kolkata"}) {
        const auto& offsets = Zone::load(name)->data().offsets;
        for (const sys_seconds at : {floor<seconds>(Instant::min()), floor<seconds>(Instant::max()),
                                     sys_seconds{-1s}, sys_seconds{}}) {
            const auto span = offsets.span_at(at);
            EXPECT_TRUE(span.from <= at && at < span.until) << name;
            EXPECT_EQ(span.offset, offsets.offset_at(at)) << name;
        }
    }
}

TEST(OffsetTable, RepeatsEveryFourHundredYears) {
    const auto& offsets = Zone::load("America/New_York")->data().offsets;
    const sys_seconds spring = sys_days{2025y / 3 / 9} + 7h;
    for (const int cycles : {1, 2, 19}) {
        const sys_seconds later = spring + cycles * days{146'097};
        EXPECT_EQ(offsets.offset_at(later - 1s), -5h) << cycles;
        EXPECT_EQ(offsets.offset_at(later), -4h) << cycles;
        EXPECT_EQ(offsets.span_at(later).from, later) << cycles;
    }
}

}  // namespace
}  // namespace meridian::calendar
