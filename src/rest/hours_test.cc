// When business hours are open, as the API tells it.
#include <gtest/gtest.h>

#include "rest/asking_for_tests.h"

namespace meridian::rest {
namespace {

using management::Kind;
using testing::HasSubstr;

constexpr std::string_view kNineToFive = R"({
  "regionId": "US", "timezone": "America/New_York",
  "schedule": {"monday": {"isOpen": true, "hours": [{"open": "09:00", "close": "17:00"}]},
               "wednesday": {"isOpen": true, "hours": [{"open": "09:00", "close": "17:00"}]},
               "friday": {"isOpen": true, "hours": [{"open": "09:00", "close": "17:00"}]}},
  "holidays": [{"date": "2025-03-12", "name": "A Holiday"}]})";

class Hours : public testing::Test {
  protected:
    Hours() { region_.store_item(Kind::kHours, kNineToFive); }

    [[nodiscard]] Seen get(const std::string& rest) const {
        return region_.ask("GET", "/business-hours/" + rest);
    }

    const TestRegion region_;
};

TEST_F(Hours, StatusIsThatOfNow) {
    // A Wednesday, ten in the morning.
    EXPECT_EQ(
        get("US/status").response.body,
        R"({"at":"2025-02-26T15:00:00.000Z","id":"US","localTime":"2025-02-26T10:00:00-05:00",)"
        R"("nextChange":{"at":"2025-02-26T22:00:00.000Z","localTime":"2025-02-26T17:00:00-05:00",)"
        R"("state":"closed","why":""},"open":true,"state":"open","timezone":"America/New_York",)"
        R"("why":""})");
}

TEST_F(Hours, StatusAtAnInstant) {
    const auto seen = get("US/status?at=2025-03-12T12:00:00-04:00");
    EXPECT_EQ(seen.text("state"), "holiday");
    EXPECT_EQ(seen.at("open"), "false");
    EXPECT_EQ(seen.text("why"), "A Holiday");
    EXPECT_EQ(seen.text("nextChange/localTime"), "2025-03-13T00:00:00-04:00");
    EXPECT_EQ(seen.text("nextChange/state"), "closed");
    EXPECT_EQ(get("US/status?at=noon").status, 400);
}

TEST_F(Hours, StatusOfAnEmergencyHasNoEnd) {
    region_.store_item(
        Kind::kHours,
        R"({"regionId":"E","timezone":"UTC","emergencyClose":{"isActive":true,"message":"Fire"}})");
    const auto seen = get("E/status");
    EXPECT_EQ(seen.text("state"), "emergency");
    EXPECT_EQ(seen.text("why"), "Fire");
    EXPECT_EQ(seen.at("nextChange"), "null");
}

// As RouteCall has it: hours that can't be placed in time are open.
TEST_F(Hours, OfAnUnknownZoneAreOpen) {
    region_.store_item(Kind::kHours, R"({"regionId":"X","timezone":"Mars/Olympus","schedule":{}})");
    const auto seen = get("X/status");
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.text("state"), "open");
    EXPECT_THAT(seen.text("why"), HasSubstr("time zone"));
    EXPECT_EQ(seen.at("nextChange"), "null");
    EXPECT_EQ(get("X/calendar").at("entries"), "[]");
}

TEST_F(Hours, ThatAreNotThere) {
    EXPECT_EQ(get("NONE/status").status, 404);
    EXPECT_EQ(get("NONE/calendar").status, 404);
}

TEST_F(Hours, CalendarOfAWeekByItself) {
    const auto seen = get("US/calendar");
    EXPECT_EQ(seen.text("from"), "2025-02-26T15:00:00.000Z");
    EXPECT_EQ(seen.text("to"), "2025-03-05T15:00:00.000Z");
    EXPECT_EQ(seen.at("entries/0"),
              R"({"at":"2025-02-26T22:00:00.000Z","event":"closes",)"
              R"("localTime":"2025-02-26T17:00:00-05:00","utcOffset":"-05:00","why":""})");
    EXPECT_EQ(seen.text("entries/5/event"), "opens");
    EXPECT_EQ(seen.at("entries/6"), "-");
    EXPECT_EQ(seen.at("offsetChanges"), "[]");
    EXPECT_EQ(seen.at("next"), "-");
}

TEST_F(Hours, CalendarMarksSummerTimeAndHolidays) {
    const auto seen =
        get("US/calendar?from=2025-03-08T00:00:00-05:00&to=2025-03-14T00:00:00-04:00");
    EXPECT_EQ(seen.at("offsetChanges"),
              R"([{"after":"-04:00","at":"2025-03-09T07:00:00.000Z","before":"-05:00"}])");
    EXPECT_EQ(seen.text("entries/0/utcOffset"), "-04:00");
    EXPECT_EQ(seen.text("entries/2/event"), "holiday");
    EXPECT_EQ(seen.text("entries/2/why"), "A Holiday");
    EXPECT_EQ(seen.text("entries/3/event"), "closes");
}

TEST_F(Hours, CalendarComesInPages) {
    const std::string range = "from=2025-03-01T00:00:00Z&to=2025-04-01T00:00:00Z";
    const auto whole = get("US/calendar?" + range);
    std::string next;
    std::size_t found = 0;
    std::size_t offset_changes = 0;
    do {
        const auto page =
            get("US/calendar?" + range + "&limit=1" + (next.empty() ? "" : "&next=" + next));
        ASSERT_EQ(page.status, 200) << page.response.body;
        if (page.at("entries/0") != "-") {
            EXPECT_EQ(page.at("entries/0"), whole.at("entries/" + std::to_string(found)));
            ++found;
        }
        offset_changes += page.at("offsetChanges/0") == "-" ? 0 : 1;
        next = page.text("next");
    } while (next != "-");
    EXPECT_GT(found, 20U);
    EXPECT_EQ(whole.at("entries/" + std::to_string(found)), "-");
    EXPECT_EQ(offset_changes, 1U);
}

TEST_F(Hours, CalendarRefusesOddRanges) {
    for (const auto* query :
         {"from=x", "to=x", "from=2025-03-02T00:00:00Z&to=2025-03-01T00:00:00Z",
          "from=2025-03-02T00:00:00Z&to=2045-03-01T00:00:00Z", "next=zzz", "limit=0"}) {
        EXPECT_EQ(get("US/calendar?" + std::string(query)).status, 400) << query;
    }
    const auto token = get("US/calendar?limit=1").text("next");
    EXPECT_EQ(get("US/calendar?from=2030-01-01T00:00:00Z&next=" + token).status, 400);
    EXPECT_EQ(get("US/calendar?to=2025-02-26T15:00:00Z").at("entries"), "[]") << "an empty range";
}

}  // namespace
}  // namespace meridian::rest
