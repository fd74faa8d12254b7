#include "bulk/columns.h"

#include <gmock/gmock.h>

#include <random>

#include "bulk/fields.h"
#include "item/json.h"

namespace meridian::bulk {
namespace {

using management::FieldError;
using management::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

item::Map parse(std::string_view json) {
    auto value = item::parse_plain_json(json);
    return value && value->as<item::Map>() != nullptr ? *value->as<item::Map>() : item::Map{};
}

// What a table of these items has, read again.
std::vector<item::Map> there_and_back(Kind kind, const std::vector<item::Map>& items) {
    ColumnWriter writer(kind);
    for (const auto& item : items) {
        writer.note(item);
    }
    const auto reader = ColumnReader::make(kind, writer.header());
    EXPECT_TRUE(reader) << reader.error().message;
    std::vector<item::Map> result;
    for (const auto& item : items) {
        std::vector<FieldError> faults;
        result.push_back(reader->read(writer.row(item), faults));
        EXPECT_THAT(faults, IsEmpty()) << faults.front().pointer << faults.front().message;
    }
    return result;
}

TEST(Columns, ARowIsTheItemThatItsHeaderSays) {
    const auto reader = ColumnReader::make(
        Kind::kRule, {"phoneNumber", "region", "priority", "fallbackRegions", "attributes.language",
                      "attributes.a.b", "costCentre", "blob:json", "#remark", " queueId "});
    ASSERT_TRUE(reader);
    std::vector<FieldError> faults;
    EXPECT_EQ(reader->read({"+1800", "us-east-1", " 5 ", "eu-west-1; ap-southeast-1", "en", "x",
                            "0042", "[1,{\"a\":null}]", "ask Ann", "q 1 "},
                           faults),
              parse(R"({"phoneNumber":"+1800","region":"us-east-1","priority":5,
                        "fallbackRegions":["eu-west-1","ap-southeast-1"],
                        "attributes":{"language":"en","a.b":"x"},"costCentre":"0042",
                        "blob":[1,{"a":null}],"queueId":"q 1 "})"));
    EXPECT_THAT(faults, IsEmpty());
}

TEST(Columns, AnEmptyCellIsNotGiven) {
    const auto reader =
        ColumnReader::make(Kind::kRule, {"phoneNumber", "region", "queueId", "attributes.a", ""});
    ASSERT_TRUE(reader);
    std::vector<FieldError> faults;
    EXPECT_EQ(reader->read({"+1", "us-east-1", "", "", ""}, faults),
              parse(R"({"phoneNumber":"+1","region":"us-east-1"})"));
    EXPECT_EQ(reader->read({"", "", "", "", ""}, faults), item::Map{});
    EXPECT_EQ(reader->read({""}, faults), item::Map{}) << "a blank line";
    EXPECT_THAT(faults, IsEmpty());
}

TEST(Columns, EachBadCellIsNamed) {
    struct Case {
        Kind kind;
        std::string_view column;
        std::string_view cell;
        std::string_view pointer;
        std::string_view words;
    };
    for (const auto& c : {
             Case{Kind::kRule, "priority", "high", "/priority", "not a number"},
             Case{Kind::kRule, "fallbackRegions", "a;;b", "/fallbackRegions", "empty element"},
             Case{Kind::kRule, "x~/y:json", "{", "/x~0~1y", "not JSON"},
             Case{Kind::kRule, ":json", "[1]", "", "no JSON object"},
             Case{Kind::kRule, "phoneNumber:json", "\"+2\"", "/phoneNumber", "two columns"},
             Case{Kind::kHours, "schedule.monday", "9-5;noon", "/schedule/monday", "neither"},
             Case{Kind::kHours, "emergencyClose.isActive", "no", "/emergencyClose/isActive",
                  "true nor false"},
             Case{Kind::kAgent, "schedule.shifts", "monday 9", "/schedule/shifts", "no day with"},
             Case{Kind::kAgent, "level.sales", "five", "/level/sales", "not a number"},
         }) {
        std::vector<std::string> header{std::string(fields_of(c.kind).front().path), "region",
                                        std::string(c.column)};
        const auto reader = ColumnReader::make(c.kind, header);
        ASSERT_TRUE(reader) << c.column;
        std::vector<FieldError> faults;
        (void)reader->read({"key", "us-east-1", std::string(c.cell)}, faults);
        ASSERT_EQ(faults.size(), 1U) << c.column;
        EXPECT_EQ(faults.front().pointer, c.pointer);
        EXPECT_THAT(faults.front().message, HasSubstr(c.words));
    }
}

TEST(Columns, ARowOfAnotherLengthThanTheHeaderIsRefused) {
    const auto reader = ColumnReader::make(Kind::kHours, {"regionId", "name"});
    ASSERT_TRUE(reader);
    for (const auto& cells : std::vector<std::vector<std::string>>{{"A"}, {"A", "b", "c"}}) {
        std::vector<FieldError> faults;
        (void)reader->read(cells, faults);
        ASSERT_EQ(faults.size(), 1U);
        EXPECT_THAT(faults.front().message, HasSubstr("the header 2"));
    }
    std::vector<FieldError> faults;
    (void)ColumnReader::make(Kind::kHours, {"regionId", ""})->read({"A", "b"}, faults);
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_THAT(faults.front().message, HasSubstr("column 2 has no name"));
}

TEST(Columns, AHeaderMustNameTheKeyAndNothingTwice) {
    struct Case {
        std::vector<std::string> header;
        std::string_view words;
    };
    for (const auto& c :
         {Case{{"phoneNumber"}, "no column region"}, Case{{"phoneNumber;region"}, "semicolons"},
          Case{{"phoneNumber", "region", "a", "a "}, "column a twice"}}) {
        const auto reader = ColumnReader::make(Kind::kRule, c.header);
        ASSERT_FALSE(reader);
        EXPECT_THAT(reader.error().message, HasSubstr(c.words));
    }
    EXPECT_TRUE(ColumnReader::make(Kind::kRule, {":json"}));
}

TEST(Columns, TheTableIsTheOneThatPeopleExpect) {
    ColumnWriter writer(Kind::kHours);
    const auto hours = parse(R"({"regionId":"US","name":"Office","timezone":"America/New_York",
        "schedule":{"monday":{"isOpen":true,"hours":[{"open":"09:00","close":"12:00"},
                                                     {"open":"13:00","close":"17:00"}]},
                    "sunday":{"isOpen":false,"hours":[]}},
        "holidays":[{"date":"2025-12-25","name":"Christmas Day"},{"date":"2026-01-01","name":"NY"}],
        "emergencyClose":{"isActive":false,"message":"Sorry"},"costCentre":"7","version":3})");
    writer.note(hours);
    EXPECT_THAT(writer.header(),
                ElementsAre("regionId", "name", "timezone", "schedule.monday", "schedule.sunday",
                            "holidays", "emergencyClose.isActive", "emergencyClose.message",
                            "costCentre", "version"));
    EXPECT_THAT(writer.row(hours),
                ElementsAre("US", "Office", "America/New_York", "09:00-12:00;13:00-17:00", "closed",
                            "2025-12-25 Christmas Day;2026-01-01 NY", "false", "Sorry", "7", "3"));
}

TEST(Columns, NothingIsLostWhateverAnItemHolds) {
    const std::vector<std::pair<Kind, std::string_view>> cases{
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","priority":"high","version":1.50})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","fallbackRegions":[]})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","fallbackRegions":["a;b"," c"]})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","fallbackRegions":["a",5]})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","queueId":"","x":null,"y":true})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","attributes":{}})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","attributes":"none"})"},
        {Kind::kRule,
         R"({"phoneNumber":"+1","region":"r","attributes":{"n":5,"t":"a,\"b\"\r\n"}})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","attributes":{"":"a","b:json":"c"}})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","attributes":{" a":"b","a.b":"é"}})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","attributes.a":"top","":"e","#n":"x"})"},
        {Kind::kRule, R"({"phoneNumber":"+1","region":"r","a:json":"x",":json":{"a":1}," b":2})"},
        {Kind::kRule,
         R"({"phoneNumber":"+1","region":"r","big":12345678901234567890,"m":{"a":1}})"},
        {Kind::kRule, "{\"phoneNumber\":\"+1\",\"region\":\"r\",\"nul\":\"a\\u0000b\"}"},
        {Kind::kHours, R"({"regionId":"A","schedule":{"monday":{"isOpen":true,"hours":[]},
            "tuesday":{"isOpen":false,"hours":[{"open":"1","close":"2"}]},
            "wednesday":{"isOpen":true,"hours":[{"open":"a-b","close":"2"}]},
            "thursday":{"isOpen":true,"hours":[{"open":"09:00","close":"17:00","x":1}]},
            "funday":"closed"}})"},
        {Kind::kHours, R"({"regionId":"A","holidays":[{"date":"2025-12-25","name":""},
            {"date":"2025-12-25","name":"a;b"}]})"},
        {Kind::kHours, R"({"regionId":"A","holidays":[{"date":"2025-12-25"}],"schedule":7,
            "emergencyClose":{"isActive":"false","message":"","until":"x"}})"},
        {Kind::kAgent, R"({"agentId":"a","level":{"sales":5,"tech":"high"},"skills":["ä"],
            "schedule":{"timezone":"UTC","shifts":[{"day":"monday","start":"9","end":"17"}]}})"},
        {Kind::kAgent, R"({"agentId":"a","schedule":{"shifts":[{"day":"mon day","start":"9","end":
            "17"}]},"maxConcurrentChats":3})"},
    };
    for (const auto kind : {Kind::kRule, Kind::kHours, Kind::kAgent}) {
        std::vector<item::Map> items;
        for (const auto& [its_kind, json] : cases) {
            if (its_kind == kind) {
                items.push_back(parse(json));
                ASSERT_FALSE(items.back().empty()) << json;
                EXPECT_THAT(there_and_back(kind, {items.back()}), ElementsAre(items.back()))
                    << json;
            }
        }
        EXPECT_EQ(there_and_back(kind, items), items) << "all in one table";
    }
}

// Any item at all, made of the names and values that are most likely to be taken for something
// else.
TEST(Columns, NothingIsLostOfAnyItem) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same items each time
    const std::vector<std::string> words{"attributes",
                                         "schedule",
                                         "level",
                                         "monday",
                                         "shifts",
                                         "timezone",
                                         "holidays",
                                         "isActive",
                                         "emergencyClose",
                                         "priority",
                                         "version",
                                         "fallbackRegions",
                                         "skills",
                                         "x",
                                         "x:json",
                                         ":json",
                                         "#x",
                                         "",
                                         " ",
                                         "a.b",
                                         "attributes.x",
                                         "schedule.monday",
                                         ";",
                                         "a;b",
                                         "closed",
                                         "09:00-17:00",
                                         "true",
                                         "5",
                                         "é",
                                         "\n",
                                         "\"",
                                         ",",
                                         "date",
                                         "name",
                                         "open",
                                         "close",
                                         "day"};
    const auto word = [&] { return words[random() % words.size()]; };
    const std::function<item::Value(int)> value = [&](int depth) -> item::Value {
        switch (random() % (depth > 2 ? 5 : 8)) {
            case 0:
                return item::Null{};
            case 1:
                return random() % 2 == 0;
            case 2:
                return item::Number(static_cast<std::int64_t>(random() % 100));
            case 3:
            case 4:
                return word();
            case 5: {
                item::List list;
                for (auto n = random() % 3; n > 0; --n) {
                    list.push_back(value(depth + 1));
                }
                return list;
            }
            default: {
                item::Map map;
                for (auto n = random() % 4; n > 0; --n) {
                    map.insert_or_assign(word(), value(depth + 1));
                }
                return map;
            }
        }
    };
    for (int round = 0; round < 3'000; ++round) {
        const auto kind = static_cast<Kind>(random() % 3);
        std::vector<item::Map> items;
        for (auto n = 1 + random() % 3; n > 0; --n) {
            item::Map item{{"k", "not empty"}};
            for (auto fields = random() % 6; fields > 0; --fields) {
                item.insert_or_assign(word(), value(0));
            }
            items.push_back(std::move(item));
        }
        ASSERT_EQ(there_and_back(kind, items), items) << "round " << round;
    }
}

}  // namespace
}  // namespace meridian::bulk
