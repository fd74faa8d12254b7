#include "expression/update.h"

#include <gtest/gtest.h>

#include "expression/path_for_tests.h"
#include "item/json.h"

namespace meridian::expression {
namespace {

using item::Item;
using item::List;
using item::Map;
using item::Number;
using item::NumberSet;
using item::StringSet;
using item::Value;

Value json(std::string_view text) {
    auto value = item::parse_plain_json(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(Value{});
}
Item item_of(std::string_view text) {
    return *json(text).as<Map>();
}

Set set(std::string_view target, SetOperand value) {
    return {path(target), std::move(value)};
}
Set set(std::string_view target, SetOperand left, SetOperator op, SetOperand right) {
    return {path(target), std::move(left), op, std::move(right)};
}

std::string after(const Update& update, std::string_view before) {
    const auto result = apply(update, item_of(before));
    return result ? to_plain_json(*result) : "error: " + result.error().message;
}

std::string error_of(const Update& update, Item before) {
    const auto result = apply(update, std::move(before));
    if (result) {
        return "no error: " + to_plain_json(*result);
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().message;
}

const std::string kWrongType = "An operand in the update expression has an incorrect data type";
const std::string kInvalidPath =
    "The document path provided in the update expression is invalid for update";

TEST(Set, ReplacesAndCreates) {
    EXPECT_EQ(after({.sets = {set("a", "x"), set("b", Number(2))}}, R"({"a":1,"c":3})"),
              R"({"a":"x","b":2,"c":3})");
    EXPECT_EQ(after({.sets = {set("m.x", "new"), set("m.l[1]", json("{}"))}},
                    R"({"m":{"l":[1,2,3],"y":1}})"),
              R"({"m":{"l":[1,{},3],"x":"new","y":1}})");
    EXPECT_EQ(after({}, R"({"a":1})"), R"({"a":1})");
}

TEST(Set, ReadsTheItemAsItWasBefore) {
    EXPECT_EQ(after({.sets = {set("a", path("b")), set("b", path("a"))}}, R"({"a":1,"b":2})"),
              R"({"a":2,"b":1})");
    EXPECT_EQ(
        after({.sets = {set("n", path("n"), SetOperator::kPlus, Number(1)), set("old", path("n"))},
               .removes = {{path("gone")}}},
              R"({"gone":0,"n":7})"),
        R"({"n":8,"old":7})");
    EXPECT_EQ(
        after({.sets = {set("kept", path("m.x"))}, .removes = {{path("m")}}}, R"({"m":{"x":1}})"),
        R"({"kept":1})");
}

TEST(Set, Arithmetic) {
    using enum SetOperator;
    EXPECT_EQ(after({.sets = {set("a", path("a"), kPlus, path("b"))}}, R"({"a":0.1,"b":0.2})"),
              R"({"a":0.3,"b":0.2})");
    EXPECT_EQ(after({.sets = {set("a", Number(1), kMinus, path("a"))}}, R"({"a":5})"),
              R"({"a":-4})");
    EXPECT_EQ(
        after({.sets = {set("v", IfNotExists{path("v"), Number(0)}, kPlus, Number(1))}}, "{}"),
        R"({"v":1})");
    EXPECT_EQ(after({.sets = {set("v", IfNotExists{path("v"), Number(0)}, kPlus, Number(1))}},
                    R"({"v":4})"),
              R"({"v":5})");
}

TEST(Set, ArithmeticErrors) {
    using enum SetOperator;
    EXPECT_EQ(error_of({.sets = {set("a", path("s"), kPlus, Number(1))}}, {{"s", "text"}}),
              kWrongType);
    EXPECT_EQ(error_of({.sets = {set("a", Number(1), kMinus, "1")}}, {}), kWrongType);
    EXPECT_TRUE(
        error_of({.sets = {set("a", *Number::parse("9e125"), kPlus, *Number::parse("9e125"))}}, {})
            .starts_with("Number overflow"));
    EXPECT_EQ(error_of({.sets = {set("a", path("gone"), kPlus, Number(1))}}, {}),
              "The provided expression refers to an attribute that does not exist in the item");
    EXPECT_TRUE(error_of({.sets = {set("a", path("gone"))}}, {}).starts_with("The provided"));
}

TEST(Set, IfNotExistsTakesTheValueThatIsThere) {
    EXPECT_EQ(after({.sets = {set("b", IfNotExists{path("a"), Number(6)})}}, R"({"a":2,"b":1})"),
              R"({"a":2,"b":2})");
    EXPECT_EQ(after({.sets = {set("b", IfNotExists{path("a.x"), Number(6)})}}, R"({"b":1})"),
              R"({"b":6})");
    EXPECT_EQ(after({.sets = {set("b", IfNotExists{path("a"), Number(6)})}}, R"({"a":null})"),
              R"({"a":null,"b":null})");
}

TEST(Set, IfNotExistsTakesTheFirstOfSeveral) {
    const auto first_of = [](std::vector<Path> paths, std::variant<Path, Value> otherwise) {
        return Update{.sets = {set("x", IfNotExists(std::move(paths), std::move(otherwise)))}};
    };
    EXPECT_EQ(after(first_of({path("a"), path("b")}, Number(6)), R"({"b":2})"), R"({"b":2,"x":2})");
    EXPECT_EQ(after(first_of({path("a"), path("b")}, Number(6)), R"({"a":1,"b":2})"),
              R"({"a":1,"b":2,"x":1})");
    EXPECT_EQ(after(first_of({path("a")}, path("m.y")), R"({"m":{"y":3}})"),
              R"({"m":{"y":3},"x":3})");
    // What would not be needed must exist too.
    EXPECT_EQ(error_of(first_of({path("a")}, path("gone")), item_of(R"({"a":1})")),
              "The provided expression refers to an attribute that does not exist in the item");
}

// Which fault of several is reported, as in the service.
TEST(Set, ReportsThePathBeforeTheOperands) {
    EXPECT_EQ(error_of({.sets = {set("a", path("gone"))}, .removes = {{path("no.where")}}}, {}),
              kInvalidPath);
    EXPECT_EQ(error_of({.sets = {set("a", path("s"), SetOperator::kListAppend, path("gone"))}},
                       {{"s", "x"}}),
              kWrongType);
}

TEST(Set, ListAppendJoinsInOrder) {
    using enum SetOperator;
    EXPECT_EQ(after({.sets = {set("l", path("l"), kListAppend, json("[3]")),
                              set("front", json("[0]"), kListAppend, path("l"))}},
                    R"({"l":[1,2]})"),
              R"({"front":[0,1,2],"l":[1,2,3]})");
    EXPECT_EQ(
        after({.sets = {set("l", IfNotExists{path("l"), List{}}, kListAppend, json("[1]"))}}, "{}"),
        R"({"l":[1]})");
    EXPECT_EQ(error_of({.sets = {set("l", path("s"), kListAppend, List{})}}, {{"s", "x"}}),
              kWrongType);
    EXPECT_EQ(error_of({.sets = {set("l", List{}, kListAppend, Number(1))}}, {}), kWrongType);
}

TEST(Set, PastTheEndOfAListAppendsInTheOrderOfIndices) {
    EXPECT_EQ(after({.sets = {set("a[84]", "a1"), set("a[37]", "a2"), set("a[17]", "a3"),
                              set("a[50]", "a4"), set("a[0]", "first")}},
                    R"({"a":["one","two"]})"),
              R"({"a":["first","two","a3","a2","a4","a1"]})");
}

TEST(Set, NeedsAParentOfTheRightKind) {
    const auto before = item_of(R"({"l":[1],"m":{"x":1},"s":"text"})");
    for (const char* target : {"gone.x", "gone[0]", "s.x", "s[0]", "l.x", "m[0]", "l[0].x",
                               "l[1].x", "m.x.y", "m.z.y"}) {
        EXPECT_EQ(error_of({.sets = {set(target, Number(1))}}, before), kInvalidPath);
        EXPECT_EQ(error_of({.removes = {{path(target)}}}, before), kInvalidPath);
        EXPECT_TRUE(
            error_of({.adds = {{path(target), Number(1)}}}, before).starts_with(kInvalidPath));
        EXPECT_TRUE(error_of({.deletes = {{path(target), StringSet{"x"}}}}, before)
                        .starts_with(kInvalidPath));
    }
}

// What one action makes is no parent for another one.
TEST(Set, ParentsAreThoseOfTheItemBefore) {
    EXPECT_TRUE(
        error_of({.sets = {set("a[1]", Map{}), set("a[2].x", Number(1))}}, item_of(R"({"a":[0]})"))
            .starts_with(kInvalidPath));
    EXPECT_TRUE(
        error_of({.sets = {set("a[5]", Map{}), set("a[1].x", Number(1))}}, item_of(R"({"a":[0]})"))
            .starts_with(kInvalidPath));
}

TEST(Set, NestingIsLimited) {
    Value deep = "leaf";
    for (int level = 1; level < item::kNestingMax; ++level) {
        deep = Map{{"n", deep}};
    }
    EXPECT_TRUE(apply({.sets = {set("a", deep)}}, {}));
    EXPECT_TRUE(error_of({.sets = {set("a.b", deep)}}, item_of(R"({"a":{}})"))
                    .starts_with("Nesting Levels have exceeded"));
}

TEST(Remove, TakesOutAttributesAndElements) {
    EXPECT_EQ(after({.removes = {{path("a")}, {path("m.x")}, {path("l[0]")}}},
                    R"({"a":1,"l":[1],"m":{"x":1}})"),
              R"({"l":[],"m":{}})");
}

TEST(Remove, WhatIsNotThereChangesNothing) {
    const char* before = R"({"a":{"x":3},"b":["hi"]})";
    EXPECT_EQ(after({.removes = {{path("a.y")}, {path("b[7]")}, {path("c")}}}, before), before);
}

TEST(Remove, IndicesAreThoseOfTheItemBefore) {
    EXPECT_EQ(after({.sets = {set("a[3]", Number(17))}, .removes = {{path("a[1]")}}},
                    R"({"a":[2,3,4,5,6,7]})"),
              R"({"a":[2,4,17,6,7]})");
    EXPECT_EQ(
        after(
            {.removes = {{path("a[0]")}, {path("a[2]")}, {path("a[1].l[1]")}, {path("a[1].l[0]")}}},
            R"({"a":["x",{"l":[1,2,3]},"y","z"]})"),
        R"({"a":[{"l":[3]},"z"]})");
    EXPECT_EQ(after({.sets = {set("a[9]", "new")}, .removes = {{path("a[0]")}}}, R"({"a":[1,2]})"),
              R"({"a":[2,"new"]})");
    EXPECT_EQ(
        after({.sets = {set("a[1].x", Number(1))}, .removes = {{path("a[0]")}}}, R"({"a":[0,{}]})"),
        R"({"a":[{"x":1}]})");
}

TEST(Add, CountsAndCreates) {
    EXPECT_EQ(
        after(
            {.adds = {{path("n"), Number(-2)}, {path("new"), Number(8)}, {path("m.n"), Number(1)}}},
            R"({"m":{"n":1},"n":7})"),
        R"({"m":{"n":2},"n":5,"new":8})");
}

TEST(Add, JoinsSets) {
    const auto result =
        apply({.adds = {{path("s"), StringSet{"b", "c"}}, {path("new"), NumberSet{Number(1)}}}},
              {{"s", StringSet{"a", "b"}}});
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, (Item{{"new", NumberSet{Number(1)}}, {"s", StringSet{"a", "b", "c"}}}));
}

TEST(Add, RefusesOtherTypes) {
    EXPECT_EQ(error_of({.adds = {{path("s"), Number(1)}}}, {{"s", "x"}}), kWrongType);
    EXPECT_EQ(error_of({.adds = {{path("s"), NumberSet{Number(1)}}}}, {{"s", StringSet{"x"}}}),
              kWrongType);
    EXPECT_EQ(
        error_of({.adds = {{path("s"), "x"}}}, {}),
        "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
        "typeSet: ALLOWED_FOR_ADD_OPERAND");
    EXPECT_NE(error_of({.adds = {{path("l"), List{}}}}, {{"l", List{}}}).find("operand type: LIST"),
              std::string::npos);
    EXPECT_TRUE(error_of({.adds = {{path("n"), Number(1)}}}, {{"n", *Number::parse("1e50")}})
                    .starts_with("Number overflow"));
}

TEST(Delete, TakesElementsOut) {
    const Item before{{"s", StringSet{"cat", "dog", "mouse"}}, {"x", true}};
    const auto remove = [&](const char* target, StringSet elements) {
        return apply({.deletes = {{path(target), std::move(elements)}}}, before).value_or(Item{});
    };
    EXPECT_EQ(remove("s", {"cat", "pig"}), (Item{{"s", StringSet{"dog", "mouse"}}, {"x", true}}));
    EXPECT_EQ(remove("s", {"cat", "dog", "mouse"}), (Item{{"x", true}}));  // no set may be empty
    EXPECT_EQ(remove("absent", {"cat"}), before);
}

TEST(Delete, RefusesOtherTypes) {
    const Item before{{"s", StringSet{"cat"}}};
    EXPECT_EQ(error_of({.deletes = {{path("s"), NumberSet{Number(1)}}}}, before), kWrongType);
    EXPECT_EQ(
        error_of({.deletes = {{path("s"), "cat"}}}, before),
        "Incorrect operand type for operator or function; operator: DELETE, operand type: STRING, "
        "typeSet: ALLOWED_FOR_DELETE_OPERAND");
}

TEST(Paths, MayNotOverlap) {
    const auto before = item_of(R"({"a":{"b":{"c":1}},"l":[1,2]})");
    const std::string words =
        "Two document paths overlap with each other; must remove or rewrite "
        "one of these paths; path one: ";
    EXPECT_EQ(error_of({.sets = {set("a", "x")}, .removes = {{path("a")}}}, before),
              words + "[a], path two: [a]");
    EXPECT_EQ(error_of({.sets = {set("a.b.c", "x"), set("a.b", "y")}}, before),
              words + "[a, b, c], path two: [a, b]");
    EXPECT_EQ(
        error_of({.adds = {{path("l[1]"), Number(1)}}, .deletes = {{path("l"), StringSet{"x"}}}},
                 before),
        words + "[l, [1]], path two: [l]");
    EXPECT_EQ(error_of({.sets = {set("a.b", "x"), set("a[0]", "y")}}, before),
              "Two document paths conflict with each other; must remove or rewrite one of these "
              "paths; path one: [a, b], path two: [a, [0]]");
    // Others in between do not hide it.
    EXPECT_TRUE(
        error_of({.sets = {set("a", "x"), set("a.b", "x"), set("a.d", "x"), set("z", "x")}}, before)
            .starts_with(words));
}

TEST(Paths, NamesThatStartAlikeDoNotOverlap) {
    EXPECT_EQ(after({.sets = {set("a", "x"), set("ab", "y"), set("l[1]", "z"), set("l[10]", "w")}},
                    R"({"l":[1,2]})"),
              R"({"a":"x","ab":"y","l":[1,"z","w"]})");
}

TEST(Paths, StartWithAName) {
    EXPECT_NE(error_of({.sets = {{Path{}, Number(1)}}}, {}).find("starts with the name"),
              std::string::npos);
    EXPECT_NE(error_of({.removes = {{path("[0]")}}}, {}).find("starts with the name"),
              std::string::npos);
    EXPECT_NE(error_of({.sets = {set("a", Path{})}}, {}).find("starts with the name"),
              std::string::npos);
}

}  // namespace
}  // namespace meridian::expression
