#include "management/diff.h"

#include <gtest/gtest.h>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

// "/a 1->2 /b ->3": nothing stands for what is not there.
std::string diff_of(const char* before, const char* after) {
    std::string text;
    for (const auto& difference : diff(item_of(before), item_of(after))) {
        text += (text.empty() ? "" : " ") + difference.pointer + " " +
                (difference.before ? item::to_plain_json(*difference.before) : "") + "->" +
                (difference.after ? item::to_plain_json(*difference.after) : "");
    }
    return text;
}

TEST(Diff, TellsFieldByField) {
    struct Case {
        const char* before;
        const char* after;
        const char* difference;
    };
    const Case cases[] = {
        {"{}", "{}", ""},
        {R"({"a":1})", R"({"a":1.0})", ""},
        {R"({"a":1})", R"({"a":2})", "/a 1->2"},
        {R"({"a":1})", R"({"a":"1"})", "/a 1->\"1\""},
        {R"({"a":1,"c":3})", R"({"b":2,"c":3,"d":4})", "/a 1-> /b ->2 /d ->4"},
        {R"({"a":null})", "{}", "/a null->"},
        {R"({"a":{"b":{"c":1}}})", R"({"a":{"b":{"c":2,"d":{}}}})", "/a/b/c 1->2 /a/b/d ->{}"},
        {R"({"a":{}})", R"({"a":[]})", "/a {}->[]"},
        {R"({"a":[1,2,3]})", R"({"a":[1,9]})", "/a/1 2->9 /a/2 3->"},
        {R"({"a":[]})", R"({"a":[{"b":1}]})", R"(/a/0 ->{"b":1})"},
        {R"({"a/b":{"~":1}})", R"({"a/b":{"~":2}})", "/a~1b/~0 1->2"},
        {R"({"":1})", R"({"":2})", "/ 1->2"},
    };
    for (const auto& [before, after, difference] : cases) {
        EXPECT_EQ(diff_of(before, after), difference) << before << " " << after;
    }
}

TEST(Diff, SetsAreComparedWhole) {
    const auto differences =
        diff({{"a", item::StringSet{"x", "y"}}}, {{"a", item::StringSet{"x"}}});
    ASSERT_EQ(differences.size(), 1U);
    EXPECT_EQ(differences[0].pointer, "/a");
}

}  // namespace
}  // namespace meridian::management
