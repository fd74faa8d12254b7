#include "expression/projection.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/parse.h"
#include "expression/path_for_tests.h"
#include "expression/placeholders_for_tests.h"
#include "item/json.h"

namespace meridian::expression {
namespace {

struct Case {
    std::string text;
    std::string error;  // empty: none
};

Result<Projection> parse(std::string_view text) {
    auto placeholders = placeholders_in(text);
    return parse_projection(text, placeholders);
}

std::string error_of(std::string_view text) {
    const auto projection = parse(text);
    if (projection) {
        return "";
    }
    constexpr std::string_view kPrefix = "Invalid ProjectionExpression: ";
    EXPECT_EQ(projection.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(projection.error().message.starts_with(kPrefix)) << projection.error().message;
    return projection.error().message.substr(kPrefix.size());
}

std::string of_sample(std::string_view text) {
    const auto sample = item::parse_plain_json(
        R"({"a":{"x":1,"y":{"z":2},"e":{}},"n":1,"x.y":3,
            "l":[0,{"a":1,"b":2},[5,6],{"a":7}]})");
    const auto projection = parse(text);
    return projection ? to_plain_json(project(*projection, *sample->as<item::Map>()))
                      : "error: " + projection.error().message;
}

TEST(ParseProjection, ReadsPaths) {
    const auto projection = parse("a, #b.c[1] ,\td");
    ASSERT_TRUE(projection);
    EXPECT_TRUE(*projection == Projection({path("a"), path("b.c[1]"), path("d")}));
    EXPECT_TRUE(validate(*projection));
}

// The texts are those of DynamoDB Local 1.25.
TEST(ParseProjection, RefusesWhatIsNoProjection) {
    const Case cases[] = {
        {"a,", "Syntax error; token: \"<EOF>\", near: \",\""},
        {",a", "Syntax error; token: \",\", near: \",a\""},
        {"a,,b", "Syntax error; token: \",\", near: \",,b\""},
        {"a b", "Syntax error; token: \"b\", near: \"a b\""},
        {"a.", "Syntax error; token: \"<EOF>\", near: \".\""},
        {"a[", "Syntax error; token: \"<EOF>\", near: \"[\""},
        {"a[x]", "Syntax error; token: \"x\", near: \"[x]\""},
        {"a[1", "Syntax error; token: \"<EOF>\", near: \"1\""},
        {"(a)", "Syntax error; token: \"(\", near: \"(a\""},
        {"size(a)", "Syntax error; token: \"(\", near: \"size(a\""},
        {"a = b", "Syntax error; token: \"=\", near: \"a = b\""},
        {":a", "Syntax error; token: \":a\", near: \":a\""},
        {"and", "Syntax error; token: \"and\", near: \"and\""},
        {"a.set", "Syntax error; token: \"set\", near: \".set\""},
        {"_a", "Syntax error; token: \"_\", near: \"_a\""},
        {"1a", "Syntax error; token: \"1\", near: \"1a\""},
        {"a-b", "Syntax error; token: \"-\", near: \"a-b\""},
        {" ", "Syntax error; token: \"<EOF>\", near: \" \""},
        {"abort", "Attribute name is a reserved keyword; reserved keyword: abort"},
        {"a, b.Abort", "Attribute name is a reserved keyword; reserved keyword: Abort"},
        {"#undefined",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"a, #undefined",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"a[99999999999]", "List index is not within the allowable range; index: [99999999999]"},
        {"a, a",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a]"},
        {"a, #a",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a]"},
        {"a, a.b",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a, b]"},
        {"a.b, a",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a, b], path two: [a]"},
        {"a[1], a.b",
         "Two document paths conflict with each other; must remove or rewrite one of these paths; "
         "path one: [a, [1]], path two: [a, b]"},
        {"#undefined, a, a",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a]"},
        {"a, a, #undefined",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
    };
    for (const auto& [text, error] : cases) {
        EXPECT_EQ(error_of(text), error) << text;
    }
    EXPECT_EQ(error_of(""), "The expression can not be empty;");
    EXPECT_EQ(error_of(std::string(4097, 'a')),
              "Expression size has exceeded the maximum allowed size;");
}

TEST(Project, KeepsWhatThePathsLeadTo) {
    const std::pair<const char*, const char*> cases[] = {
        {"n", R"({"n":1})"},
        {"a.x", R"({"a":{"x":1}})"},
        {"a.y.z, a.x", R"({"a":{"x":1,"y":{"z":2}}})"},
        {"a.e", R"({"a":{"e":{}}})"},
        {"#dotted", R"({"x.y":3})"},
        // Elements keep their order, without gaps.
        {"l[2], l[0]", R"({"l":[0,[5,6]]})"},
        {"l[1].a", R"({"l":[{"a":1}]})"},
        {"l[1].b, l[1].a", R"({"l":[{"a":1,"b":2}]})"},
        {"l[3].a, l[2][1], l[1].b", R"({"l":[{"b":2},[6],{"a":7}]})"},
        {"l[0], l[1], l[2], l[3]", R"({"l":[0,{"a":1,"b":2},[5,6],{"a":7}]})"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(of_sample(text), expected) << text;
    }
}

TEST(Project, LeavesOutWhatIsNotThere) {
    for (const auto* text : {"z", "a.z", "a.y.q", "a.e.q", "a[0]", "n.x", "n[0]", "l[7]", "l.x",
                             "l[1].q", "l[2][9]"}) {
        EXPECT_EQ(of_sample(text), "{}") << text;
    }
    EXPECT_EQ(of_sample("l[2][9], l[0], a.z"), R"({"l":[0]})");
    EXPECT_EQ(of_sample("a.e.q, a.x"), R"({"a":{"x":1}})");
}

TEST(Project, TreesMustBeValid) {
    EXPECT_FALSE(validate(Projection{}));
    EXPECT_FALSE(validate(Projection{{Path{}}}));
    EXPECT_FALSE(validate(Projection{{path("a.b"), path("a")}}));
    EXPECT_TRUE(validate(Projection{{path("a.b"), path("a.c")}}));
}

}  // namespace
}  // namespace meridian::expression
