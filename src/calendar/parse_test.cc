#include <gtest/gtest.h>

#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

TEST(TimeOfDay, ReadsHoursMinutesAndSeconds) {
    const struct {
        const char* text;
        seconds time;
    } rows[] = {
        {"00:00", 0s},
        {"0:00", 0s},
        {"9:00", 9h},
        {"9:00:00", 9h},
        {"09:00", 9h},
        {"09:05", 9h + 5min},
        {"17:30:00", 17h + 30min},
        {"17:30:59", 17h + 30min + 59s},
        {"23:59:59", 24h - 1s},
        {"24:00", 24h},
        {"24:00:00", 24h},
    };
    for (const auto& row : rows) {
        const auto time = parse_time_of_day(row.text);
        ASSERT_TRUE(time) << row.text;
        EXPECT_EQ(*time, row.time) << row.text;
    }
}

// A guess would open or close a contact centre at the wrong hour.
TEST(TimeOfDay, RefusesEverythingElse) {
    for (const std::string_view text :
         {"",           "9",        "9am",     "9:00am",   "09:00 AM",    "25:00",
          "24:01",      "24:00:01", "12:60",   "12:00:60", "-1:00",       "+9:00",
          " 9:00",      "9:00 ",    "9:0",     "09:0",     "009:00",      "09:000",
          "09.00",      "0900",     "09:00:0", "09:00:",   "09:00-",      "09:00.0",
          "09:00:00.5", ":00",      "::::",    "ab:cd",    "09:00:00:00", "\xD9\xA0\xD9\xA9:00",
          "1e:00",      "0x:00"}) {
        const auto time = parse_time_of_day(text);
        ASSERT_FALSE(time) << text;
        EXPECT_EQ(time.error().code, ErrorCode::kInvalidInput);
    }
    EXPECT_FALSE(parse_time_of_day(std::string_view("09:00\0", 6)));
    EXPECT_LT(parse_time_of_day(std::string(100'000, '9')).error().message.size(), 150U);
}

TEST(Date, ReadsDatesOfTheCalendar) {
    EXPECT_EQ(parse_date("2025-12-25"), 2025y / 12 / 25);
    EXPECT_EQ(parse_date("2024-02-29"), 2024y / 2 / 29);
    EXPECT_EQ(parse_date("0000-01-01"), 0y / 1 / 1);
    EXPECT_EQ(parse_date("9999-12-31"), 9999y / 12 / 31);
}

TEST(Date, RefusesEverythingElse) {
    for (const std::string_view text :
         {"", "2025-02-29", "2025-13-01", "2025-00-10", "2025-01-00", "2025-04-31", "1900-02-29",
          "2025-1-1", "25-12-25", "2025/12/25", "20251225", "12-25-2025", " 2025-12-25",
          "2025-12-25 ", "2025-12-25T00:00:00Z", "-025-12-25", "+2025-12-2", "2025-12-2x",
          "10000-01-01"}) {
        const auto date = parse_date(text);
        ASSERT_FALSE(date) << text;
        EXPECT_EQ(date.error().code, ErrorCode::kInvalidInput);
    }
}

}  // namespace
}  // namespace meridian::calendar
