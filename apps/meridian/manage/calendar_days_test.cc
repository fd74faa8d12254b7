#include "manage/calendar_days.h"

#include <gmock/gmock.h>

#include "item/json.h"

namespace meridian::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

item::Map parse(std::string_view json) {
    auto value = item::parse_plain_json(json);
    return value && value->as<item::Map>() != nullptr ? *value->as<item::Map>() : item::Map{};
}

CalendarRange range(std::string_view first, int days) {
    return {*date_of(first), days};
}

std::string entry(std::string_view local, std::string_view event, std::string_view why = "") {
    return fmt::format(R"({{"localTime":"{}","event":"{}","why":"{}"}})", local, event, why);
}

TEST(CalendarDays, HaveTheOpeningsOfEachLocalDay) {
    const auto days =
        calendar_days(range("2025-12-24", 3), parse(R"({"state":"closed","why":""})"),
                      parse(R"({"entries":[)" + entry("2025-12-23T09:00:00+01:00", "opens") + "," +
                            entry("2025-12-23T17:00:00+01:00", "closes") + "," +
                            entry("2025-12-24T09:00:00+01:00", "opens") + "," +
                            entry("2025-12-24T12:00:30+01:00", "closes") + "," +
                            entry("2025-12-24T13:00:00+01:00", "opens") + "," +
                            entry("2025-12-25T00:00:00+01:00", "holiday", "Weihnachten") + "," +
                            entry("2025-12-26T00:00:00+01:00", "opens") + "]}"));
    ASSERT_TRUE(days);
    ASSERT_EQ(days->size(), 3U);
    EXPECT_THAT((*days)[0].open, ElementsAre(Pair("09:00", "12:00:30"), Pair("13:00", "24:00")));
    EXPECT_THAT((*days)[0].notes, IsEmpty());
    EXPECT_THAT((*days)[1].open, IsEmpty());
    EXPECT_THAT((*days)[1].notes, ElementsAre("holiday: Weihnachten"));
    EXPECT_THAT((*days)[2].open, ElementsAre(Pair("00:00", "24:00")));
    EXPECT_EQ(date_text((*days)[2].date), "Fri 2025-12-26");
}

TEST(CalendarDays, GoOnWithTheStateOfBefore) {
    const auto emergency =
        calendar_days(range("2025-03-01", 2), parse(R"({"state":"emergency","why":"Flood"})"),
                      parse(R"({"entries":[]})"));
    ASSERT_TRUE(emergency);
    for (const auto& day : *emergency) {
        EXPECT_THAT(day.open, IsEmpty());
        EXPECT_THAT(day.notes, ElementsAre("emergency: Flood"));
    }
    const auto night =
        calendar_days(range("2025-03-01", 1), parse(R"({"state":"open","why":""})"),
                      parse(R"({"entries":[)" + entry("2025-03-01T06:00:00Z", "closes") + "," +
                            entry("2025-03-01T22:00:00Z", "opens") + "]}"));
    ASSERT_TRUE(night);
    EXPECT_THAT(night->front().open, ElementsAre(Pair("00:00", "06:00"), Pair("22:00", "24:00")));
}

TEST(CalendarDays, NoteWhenTheClocksChange) {
    const auto days = calendar_days(range("2025-03-08", 3), parse(R"({"state":"open","why":""})"),
                                    parse(R"({"entries":[],"offsetChanges":[
            {"at":"2025-03-09T07:00:00.000Z","before":"-05:00","after":"-04:00"}]})"));
    ASSERT_TRUE(days);
    EXPECT_THAT((*days)[0].notes, IsEmpty());
    EXPECT_THAT((*days)[1].notes, ElementsAre("clocks go from 02:00 to 03:00"));
    EXPECT_THAT((*days)[2].notes, IsEmpty());
    EXPECT_THAT((*days)[1].open, ElementsAre(Pair("00:00", "24:00")));
}

TEST(CalendarDays, AnAnswerThatIsNoCalendarIsAnError) {
    EXPECT_FALSE(calendar_days(range("2025-03-08", 3), {},
                               parse(R"({"entries":[{"localTime":"soon","event":"opens"}]})")));
    EXPECT_FALSE(calendar_days(range("2025-03-08", 3), {}, parse(R"({"entries":[7]})")));
}

}  // namespace
}  // namespace meridian::app
