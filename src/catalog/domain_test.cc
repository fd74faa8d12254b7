#include "catalog/domain.h"

#include <gtest/gtest.h>

#include <string>

#include "item/json.h"

namespace meridian::catalog {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

item::Item item_of(const std::string& json) {
    const auto value = item::parse_plain_json(json);
    EXPECT_TRUE(value) << json;
    return *value->as<item::Map>();
}

TEST(RuleOf, ReadsEverythingThatTheOriginalRuleHas) {
    Complaints complaints;
    const auto rule =
        rule_of(item_of(R"({"phoneNumber":"+1800","region":"us-east-1","routingProfile":"sales",
        "priority":1,"fallbackRegions":["eu-west-1","ap-southeast-1"],"businessHoursId":"US","contactFlowId":"f",
        "queueId":"q","afterHoursContactFlowId":"af","afterHoursQueueId":"aq","attributes":{"b":1,"a":"x"},
        "lastUpdated":"2025-02-26T12:00:00Z","version":3,"colour":"blue"})"),
                complaints);
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->phone_number, "+1800");
    EXPECT_EQ(rule->region, "us-east-1");
    EXPECT_EQ(rule->routing_profile, "sales");
    EXPECT_EQ(rule->priority, 1);
    EXPECT_EQ(rule->version, 3);
    EXPECT_THAT(rule->fallback_regions, ElementsAre("eu-west-1", "ap-southeast-1"));
    EXPECT_EQ(rule->business_hours_id, "US");
    EXPECT_EQ(rule->contact_flow_id, "f");
    EXPECT_EQ(rule->queue_id, "q");
    EXPECT_EQ(rule->after_hours_contact_flow_id, "af");
    EXPECT_EQ(rule->after_hours_queue_id, "aq");
    EXPECT_EQ(rule->attributes, R"({"a":"x","b":1})");
    EXPECT_THAT(complaints, IsEmpty());
}

TEST(RuleOf, APriorityThatIsNoWholeNumberIsTold) {
    for (const char* priority : {"1.5", "1e30", "\"1\""}) {
        Complaints complaints;
        const auto rule = rule_of(item_of(R"({"phoneNumber":"+1","region":"r","priority":)" +
                                          std::string(priority) + "}"),
                                  complaints);
        ASSERT_TRUE(rule);
        EXPECT_EQ(rule->priority, 0) << priority;
        EXPECT_THAT(complaints, ElementsAre(HasSubstr("priority is not a"))) << priority;
    }
}

TEST(ScheduleOf, AMissingEmergencyCloseIsToldAndClosesNothing) {
    Complaints complaints;
    const auto schedule = schedule_of(item_of(R"({"regionId":"BH"})"), complaints);
    ASSERT_NE(schedule, nullptr);
    EXPECT_FALSE(schedule->emergency);
    EXPECT_THAT(complaints, ElementsAre("BusinessHours BH: emergencyClose is missing"));
}

// An empty one would be the region that serves the call: it is never out of service.
TEST(RuleOf, AnEmptyFallbackRegionIsNotGiven) {
    Complaints complaints;
    const auto rule = rule_of(
        item_of(R"({"phoneNumber":"+1","region":"r","fallbackRegions":["",5,null,"eu-west-1"]})"),
        complaints);
    ASSERT_TRUE(rule);
    EXPECT_THAT(rule->fallback_regions, ElementsAre("eu-west-1"));
    EXPECT_THAT(complaints, Contains(HasSubstr("fallbackRegions has an element")));
}

TEST(RuleOf, NullIsNotGivenAndWithoutAKeyThereIsNoRule) {
    Complaints complaints;
    EXPECT_TRUE(
        rule_of(item_of(R"({"phoneNumber":"+1","region":"r","queueId":null,"attributes":null})"),
                complaints));
    EXPECT_THAT(complaints, IsEmpty());
    for (const char* json : {"{}", R"({"phoneNumber":"+1"})", R"({"phoneNumber":5,"region":"r"})",
                             R"({"phoneNumber":"","region":"r"})"}) {
        EXPECT_FALSE(rule_of(item_of(json), complaints)) << json;
    }
    EXPECT_THAT(complaints, Contains(HasSubstr("no phoneNumber or no region")));
}

TEST(ScheduleOf, AnActiveEmergencyNeedsNoTimeZone) {
    Complaints complaints;
    const auto wrong_zone = R"("timezone":"Mars/Olympus","schedule":{})";
    EXPECT_EQ(
        schedule_of(item_of(R"({"regionId":"BH",)" + std::string(wrong_zone) + "}"), complaints),
        nullptr);
    EXPECT_THAT(complaints, Contains(HasSubstr("timezone is not an IANA time zone")));
    const auto flood = schedule_of(
        item_of(R"({"regionId":"BH","emergencyClose":{"isActive":true,"message":"flood"},)" +
                std::string(wrong_zone) + "}"),
        complaints);
    ASSERT_NE(flood, nullptr);
    EXPECT_EQ(calendar::status_at(*flood, Instant{}).state, calendar::State::kEmergency);
    EXPECT_EQ(calendar::status_at(*flood, Instant{}).reason, "flood");
}

TEST(ScheduleOf, WrongShapesNeverCloseOrOpenByAccident) {
    // Wednesday noon, UTC. Each item's one wrong attribute counts as not given.
    const auto at = *parse_instant("2025-02-26T12:00:00Z");
    struct Row {
        const char* attributes;
        calendar::State state;
        const char* complaint;
    };
    const std::string open =
        R"("schedule":{"wednesday":{"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]}})";
    using calendar::State;
    for (const auto& [attributes, state, complaint] : {
             Row{R"("emergencyClose":{"isActive":"true"})", State::kOpen,
                 "isActive is not true or false"},
             Row{R"("emergencyClose":"yes")", State::kOpen, "emergencyClose is not a map"},
             Row{R"("emergencyClose":{"isActive":1})", State::kOpen,
                 "isActive is not true or false"},
             Row{R"("holidays":"2025-02-26")", State::kOpen, "holidays is not a list"},
             Row{R"("holidays":[{"date":"26.2.2025"}])", State::kOpen, "date is not YYYY-MM-DD"},
             Row{R"("holidays":["2025-02-26"])", State::kOpen, "a holiday is not a map"},
             Row{R"("holidays":[{"date":"2025-02-26","name":7}])", State::kHoliday,
                 "name is not a text"},
             Row{R"("timezone":7)", State::kOpen, "timezone is not a text"},
             Row{R"("timezone":"")", State::kOpen, ""},
             Row{R"("colour":"blue")", State::kOpen, ""},
         }) {
        Complaints complaints;
        const auto schedule = schedule_of(
            item_of(R"({"regionId":"BH","emergencyClose":null,)" + open + "," + attributes + "}"),
            complaints);
        ASSERT_NE(schedule, nullptr) << attributes;
        EXPECT_EQ(calendar::status_at(*schedule, at).state, state) << attributes;
        if (*complaint != '\0') {
            EXPECT_THAT(complaints, ElementsAre(HasSubstr(complaint))) << attributes;
        } else {
            EXPECT_THAT(complaints, IsEmpty()) << attributes;
        }
    }
}

TEST(ScheduleOf, UnreadablePeriodsAndDaysAreNotOpen) {
    const auto at = *parse_instant("2025-02-26T12:00:00Z");
    for (const char* day :
         {R"({"isOpen":true,"hours":[{"open":"9am","close":"5pm"}]})",
          R"({"isOpen":true,"hours":[{"open":"09:00"}]})",
          R"({"isOpen":true,"hours":"09:00-17:00"})", R"({"isOpen":true,"hours":["09:00"]})",
          R"({"isOpen":true})", R"({"isOpen":"true","hours":[{"open":"09:00","close":"17:00"}]})",
          R"("open")", "null"}) {
        Complaints complaints;
        const auto schedule = schedule_of(
            item_of(R"({"regionId":"BH","schedule":{"wednesday":)" + std::string(day) + "}}"),
            complaints);
        ASSERT_NE(schedule, nullptr) << day;
        EXPECT_EQ(calendar::status_at(*schedule, at).state, calendar::State::kClosed) << day;
    }
}

}  // namespace
}  // namespace meridian::catalog
