#include "manage/assignments.h"

#include <gmock/gmock.h>

#include "item/json.h"

namespace meridian::app {
namespace {

using management::Kind;
using testing::HasSubstr;

item::Map parse(std::string_view json) {
    auto value = item::parse_plain_json(json);
    return value && value->as<item::Map>() != nullptr ? *value->as<item::Map>() : item::Map{};
}

TEST(Assignments, AreAPatchWithTheTypesOfTheFields) {
    struct Case {
        Kind kind;
        std::vector<std::string> assignments;
        std::string_view patch;
    };
    for (const auto& c : {
             Case{Kind::kRule, {"queueId=a=b", "priority=5"}, R"({"queueId":"a=b","priority":5})"},
             Case{Kind::kRule, {"phoneNumber=+1800"}, R"({"phoneNumber":"+1800"})"},
             Case{Kind::kRule, {"zip=04109"}, R"({"zip":"04109"})"},
             Case{Kind::kRule,
                  {"queueId=", "attributes.x="},
                  R"({"queueId":null,"attributes":{"x":null}})"},
             Case{Kind::kRule,
                  {"attributes.a=1", "attributes.b.c=ü"},
                  R"({"attributes":{"a":"1","b.c":"ü"}})"},
             Case{Kind::kRule,
                  {"fallbackRegions=a;b", "x:=[1,{\"y\":null}]", "s:=\"t\""},
                  R"({"fallbackRegions":["a","b"],"x":[1,{"y":null}],"s":"t"})"},
             Case{Kind::kHours,
                  {"schedule.monday=closed", "emergencyClose.isActive=true"},
                  R"({"schedule":{"monday":{"isOpen":false,"hours":[]}},
                      "emergencyClose":{"isActive":true}})"},
             Case{Kind::kAgent, {"level.sales=5"}, R"({"level":{"sales":5}})"},
         }) {
        const auto patch = read_assignments(c.kind, c.assignments);
        ASSERT_TRUE(patch) << patch.error().message;
        EXPECT_EQ(*patch, parse(c.patch)) << c.patch;
    }
}

TEST(Assignments, ThatAreNoneAreNamed) {
    const std::vector<std::pair<std::vector<std::string>, std::string_view>> cases{
        {{"queueId"}, "FIELD=VALUE"},
        {{"=x"}, "FIELD=VALUE"},
        {{":=1"}, "FIELD=VALUE"},
        {{"priority=high"}, "--set priority: is not a number"},
        {{"x:={"}, "--set x: is not JSON"},
        {{"queueId=a", "queueId=b"}, "queueId is set twice"},
        {{"attributes:=5", "attributes.a=b"}, "a is set twice"},
    };
    for (const auto& [assignments, words] : cases) {
        const auto patch = read_assignments(Kind::kRule, assignments);
        ASSERT_FALSE(patch) << words;
        EXPECT_THAT(patch.error().message, HasSubstr(words));
    }
}

// The examples of RFC 7396, appendix A, whose target and patch are objects.
TEST(Assignments, ApplyAsAMergePatch) {
    const std::vector<std::array<std::string_view, 3>> cases{
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
        {R"({"k":1})", R"({"a":{"bb":{"ccc":null}}})", R"({"k":1,"a":{"bb":{}}})"},
    };
    for (const auto& [before, patch, after] : cases) {
        auto item = parse(before);
        apply_patch(parse(patch), item);
        EXPECT_EQ(item, parse(after)) << before << " with " << patch;
    }
}

}  // namespace
}  // namespace meridian::app
