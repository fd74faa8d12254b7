#include "manage/item_text.h"

#include <gmock/gmock.h>

#include "item/json.h"
#include "manage/progress.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using management::Kind;
using testing::HasSubstr;

item::Map parse(std::string_view json) {
    auto value = item::parse_plain_json(json);
    return value && value->as<item::Map>() != nullptr ? *value->as<item::Map>() : item::Map{};
}

TEST(ItemText, JsonHasFieldsInTheOrderOfPeople) {
    EXPECT_EQ(pretty_json(Kind::kRule, parse(R"({"version":3,"aaa":1,"attributes":{},"region":"r",
        "phoneNumber":"+1","fallbackRegions":["a","b"]})")),
              R"({
  "phoneNumber": "+1",
  "region": "r",
  "fallbackRegions": ["a", "b"],
  "attributes": {},
  "aaa": 1,
  "version": 3
})");
    EXPECT_EQ(pretty_json(Kind::kHours, parse(R"({"regionId":"A","schedule":{
        "tuesday":{"hours":[],"isOpen":false},
        "monday":{"hours":[{"close":"17:00","open":"09:00"},{"close":"20:00","open":"18:00"}],"isOpen":true}}})")),
              R"({
  "regionId": "A",
  "schedule": {
    "monday": {
      "isOpen": true,
      "hours": [{"open": "09:00", "close": "17:00"}, {"open": "18:00", "close": "20:00"}]
    },
    "tuesday": {"isOpen": false, "hours": []}
  }
})");
}

// Whatever the layout, it is the same value when it is read again.
TEST(ItemText, JsonIsTheItem) {
    const std::string long_text(200, 'x');
    for (const auto& json : std::vector<std::string>{
             "{}", R"({"a":[]})", R"({"a":[[1,2],[3,{"b":null}]],"c":{"d":{"e":"f\n\"\\"}}})",
             R"({"list":[")" + long_text + R"(",{"x":")" + long_text + R"("},[")" + long_text +
                 R"("]]})"}) {
        const auto back = item::parse_plain_json(pretty_json(Kind::kRule, parse(json)));
        ASSERT_TRUE(back) << json;
        EXPECT_EQ(*back, item::Value(parse(json)));
        EXPECT_EQ(*item::parse_plain_json(pretty_json(item::Value(parse(json)))), *back);
    }
}

TEST(ItemText, ACardHasALineAField) {
    EXPECT_EQ(card(Kind::kAgent, parse(R"({"agentId":"a","skills":["x","y"],"level":{"x":5},
                                          "evil":"\u001b[2J"})")),
              "agentId  a\n"
              "skills   x;y\n"
              "level.x  5\n"
              "evil     \uFFFD[2J\n");
}

TEST(ItemText, ListsShowTheLastPartOfAnArn) {
    const auto cells = list_cells(
        Kind::kRule,
        parse(
            R"({"phoneNumber":"+1","region":"r","queueId":"arn:aws:connect:r:1:instance/i/queue/q",
                  "contactFlowId":"plain/flow","fallbackRegions":["a","b"],"version":7})"));
    EXPECT_EQ(cells, (std::vector<std::string>{"+1", "r", "plain/flow", "q", "", "a;b", "7"}));
    EXPECT_EQ(
        list_cells(Kind::kHours, parse(R"({"regionId":"A","emergencyClose":{"isActive":true}})")),
        (std::vector<std::string>{"A", "", "", "CLOSED", ""}));
    for (const auto kind : {Kind::kRule, Kind::kHours, Kind::kAgent}) {
        EXPECT_EQ(list_titles(kind).size(), list_cells(kind, {}).size());
    }
}

TEST(ItemText, DifferencesSayWhatWasAndWhatIs) {
    const auto lines = difference_lines(
        without_stamps(management::diff(parse(R"({"a":1,"b":"x","m":{"k":"v"},"version":1})"),
                                        parse(R"({"b":"y","c":[1],"m":{"k":"w"},"version":2})"))),
        Ink::kPlain);
    EXPECT_EQ(lines,
              "  - a: 1\n"
              "  ~ b: \"x\" → \"y\"\n"
              "  + c: [1]\n"
              "  ~ m.k: \"v\" → \"w\"\n");
}

TEST(Text, FaultsNameTheFieldAndAnExample) {
    EXPECT_EQ(fault_text({"/schedule/monday", "is not a time", "\"09:00\""}),
              "schedule.monday: is not a time, as in 09:00");
    EXPECT_EQ(fault_text({"/priority", "is not a number", "1"}),
              "priority: is not a number, as in 1");
    EXPECT_EQ(fault_text({"", "is no object", ""}), "is no object");
    EXPECT_EQ(dotted("/a~1b/c~0d/0"), "a/b.c~d.0");
}

TEST(Text, NumbersHaveCommas) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1'000), "1,000");
    EXPECT_EQ(with_commas(1'234'567), "1,234,567");
    EXPECT_EQ(counted(1, "rule", "rules"), "1 rule");
}

TEST(Progress, SaysWhatIsKnown) {
    using std::chrono::seconds;
    EXPECT_EQ(progress_text(123'000, 0.5, "rows", seconds{10}),
              "50%  123,000 rows  12,300/s  0:10 left");
    EXPECT_EQ(progress_text(500, 0, "rows", seconds{2}), "500 rows  250/s");
    EXPECT_EQ(progress_text(600'000, 0.1, "rows", seconds{60}),
              "10%  600,000 rows  10,000/s  9:00 left");
    EXPECT_THAT(progress_text(0, 0, "rows", seconds{0}), HasSubstr("0 rows"));
}

}  // namespace
}  // namespace meridian::app
