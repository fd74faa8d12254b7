#include "expression/condition.h"

#include <gtest/gtest.h>

#include "expression/path_for_tests.h"

namespace meridian::expression {
namespace {

using item::Binary;
using item::Item;
using item::List;
using item::Map;
using item::Null;
using item::Number;
using item::NumberSet;
using item::StringSet;
using item::Value;

Item sample() {
    return {{"n", Number(5)},
            {"s", "hello"},
            {"b", Binary{"hi there"}},
            {"t", true},
            {"u", Null{}},
            {"l", List{Value(Number(2)), Value("dog"), Value(NumberSet{Number(1)})}},
            {"m", Map{{"x", Number(1)}, {"y", List{Value(Number(-1)), Value(Number(2))}}}},
            {"ss", StringSet{"a", "b"}},
            {"ns", NumberSet{Number(2), Number(4), Number(7)}},
            {"bs", item::BinarySet{Binary{"x"}}},
            {"unicode", "é𝄞"},
            {"two", Number(2)}};
}

bool holds(const Condition& condition) {
    const auto item = sample();
    const auto result = evaluate(condition, &item);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(false);
}

std::string error_of(const Condition& condition) {
    const auto item = sample();
    const auto result = evaluate(condition, &item);
    const auto without_item = evaluate(condition, nullptr);
    EXPECT_EQ(result.has_value(), without_item.has_value()) << "validity must not depend on items";
    if (result) {
        return "no error";
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().message;
}

Condition compare(Operand left, Comparison comparison, Operand right) {
    return Compare{comparison, std::move(left), std::move(right)};
}
Condition negation(Condition condition) {
    return Not{std::make_shared<const Condition>(std::move(condition))};
}
Condition yes() {
    return AttributeExists{path("n")};
}
Condition no() {
    return AttributeNotExists{path("n")};
}

TEST(Resolve, FollowsNamesAndIndices) {
    const auto item = sample();
    EXPECT_EQ(*resolve(path("n"), &item), Value(Number(5)));
    EXPECT_EQ(*resolve(path("m.y[1]"), &item), Value(Number(2)));
    for (const char* absent : {"z", "z.x", "m.z", "m[0]", "l.x", "l[3]", "m.y[2]", "n.x", "s[0]"}) {
        EXPECT_EQ(resolve(path(absent), &item), nullptr) << absent;
    }
    EXPECT_EQ(resolve(path("n"), nullptr), nullptr);
    EXPECT_EQ(resolve(Path{}, &item), nullptr);
    Path starts_with_index;
    starts_with_index.steps.emplace_back(std::size_t{0});
    EXPECT_EQ(resolve(starts_with_index, &item), nullptr);
}

TEST(Compare, EqualityIsOfTypeAndContent) {
    struct Case {
        const char* attribute;
        Value value;
        bool equal;
    };
    const Case cases[] = {
        {"n", *Number::parse("5.0"), true},
        {"n", Number(6), false},
        {"n", "5", false},
        {"s", "hello", true},
        {"s", Binary{"hello"}, false},
        {"t", true, true},
        {"t", false, false},
        {"u", Null{}, true},
        {"ss", StringSet{"b", "a"}, true},
        {"ss", StringSet{"a"}, false},
        {"m.y", List{Value(Number(-1)), Value(Number(2))}, true},
        {"m.y", List{Value(Number(2)), Value(Number(-1))}, false},
        {"absent", Null{}, false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(holds(compare(path(c.attribute), Comparison::kEqual, c.value)), c.equal)
            << c.attribute;
        EXPECT_EQ(holds(compare(c.value, Comparison::kEqual, path(c.attribute))), c.equal);
        EXPECT_EQ(holds(compare(path(c.attribute), Comparison::kNotEqual, c.value)), !c.equal);
    }
}

TEST(Compare, OrdersNumbersStringsAndBinaries) {
    using enum Comparison;
    struct Case {
        const char* attribute;
        Value less;
        Value same;
        Value greater;
    };
    const Case cases[] = {
        {"n", *Number::parse("4.99"), Number(5), Number(10)},
        {"s", "hell", "hello", "hello "},
        {"s", "Z", "hello", "é"},  // by bytes, not by letters
        {"b", Binary{"hi"}, Binary{"hi there"}, Binary{"hi\xFF"}},
    };
    for (const auto& c : cases) {
        const auto is = [&](Comparison comparison, const Value& value) {
            return holds(compare(path(c.attribute), comparison, value));
        };
        EXPECT_TRUE(is(kGreater, c.less) && is(kGreaterOrEqual, c.less) && is(kNotEqual, c.less));
        EXPECT_FALSE(is(kLess, c.less) || is(kLessOrEqual, c.less) || is(kEqual, c.less));
        EXPECT_TRUE(is(kEqual, c.same) && is(kLessOrEqual, c.same) && is(kGreaterOrEqual, c.same));
        EXPECT_FALSE(is(kLess, c.same) || is(kGreater, c.same) || is(kNotEqual, c.same));
        EXPECT_TRUE(is(kLess, c.greater) && is(kLessOrEqual, c.greater));
        EXPECT_FALSE(is(kGreater, c.greater) || is(kGreaterOrEqual, c.greater));
    }
}

TEST(Compare, AbsentOrIncomparableIsFalseAndOnlyNotEqual) {
    using enum Comparison;
    const std::pair<Operand, Operand> pairs[] = {
        {path("absent"), Number(1)},    {Number(1), path("absent")},
        {path("absent"), path("gone")}, {path("n"), "5"},
        {path("l"), Number(1)},         {path("t"), path("u")},
        {SizeOf{path("n")}, Number(1)},
    };
    for (const auto& [left, right] : pairs) {
        for (const auto comparison : {kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual}) {
            EXPECT_FALSE(holds(compare(left, comparison, right)));
        }
        EXPECT_TRUE(holds(compare(left, kNotEqual, right)));
    }
}

TEST(Compare, LiteralsWithoutOrderAreRefused) {
    using enum Comparison;
    const std::string words =
        "Incorrect operand type for operator or function; operator or function: ";
    EXPECT_EQ(error_of(compare(path("n"), kLess, List{})), words + "<, operand type: L");
    EXPECT_EQ(error_of(compare(true, kGreaterOrEqual, path("n"))),
              words + ">=, operand type: BOOL");
    EXPECT_EQ(error_of(compare(path("n"), kEqual, List{})), "no error");
}

TEST(Between, IncludesItsBounds) {
    const auto between = [](Operand operand, Operand low, Operand high) {
        return holds(Between{std::move(operand), std::move(low), std::move(high)});
    };
    EXPECT_TRUE(between(path("n"), Number(5), Number(5)));
    EXPECT_TRUE(between(path("n"), Number(4), Number(6)));
    EXPECT_FALSE(between(path("n"), Number(6), Number(7)));
    EXPECT_FALSE(between(path("n"), Number(3), Number(4)));
    EXPECT_TRUE(between(path("s"), "a", "z"));
    EXPECT_FALSE(between(path("s"), Number(1), Number(9)));
    EXPECT_FALSE(between(path("absent"), "a", "z"));
    EXPECT_TRUE(between(SizeOf{path("ss")}, path("m.x"), path("n")));
    // Bounds that come from the item may be anything.
    EXPECT_FALSE(between(path("two"), path("n"), path("m.x")));
    EXPECT_FALSE(between(path("n"), path("l"), path("l")));
    EXPECT_FALSE(between(path("n"), path("two"), "dog"));
}

TEST(Between, RefusesLiteralBoundsThatMeanNothing) {
    const auto error = [](Value low, Value high) {
        return error_of(Between{path("n"), std::move(low), std::move(high)});
    };
    EXPECT_EQ(error(Number(3), Number(2)),
              "The BETWEEN operator requires upper bound to be greater than or equal to lower "
              "bound; lower bound operand: AttributeValue: {N:3}, upper bound operand: "
              "AttributeValue: {N:2}");
    EXPECT_EQ(
        error("dog", Number(2)),
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
        "operand: AttributeValue: {S:dog}, upper bound operand: AttributeValue: {N:2}");
    EXPECT_EQ(
        error(List{}, List{}),
        "Incorrect operand type for operator or function; operator or function: BETWEEN, operand "
        "type: L");
    EXPECT_EQ(error("+18005551234", "+1").find("+18005551234"), std::string::npos)
        << "a caller's number in a message";
}

TEST(In, IsEqualToAnyCandidate) {
    EXPECT_TRUE(holds(In{path("n"), {"dog", Number(5)}}));
    EXPECT_TRUE(holds(In{path("two"), {path("absent"), path("m.y[1]")}}));
    EXPECT_FALSE(holds(In{path("n"), {"5", Number(6)}}));
    EXPECT_FALSE(holds(In{path("absent"), {path("gone"), Null{}}}));
    EXPECT_FALSE(holds(In{path("n"), {}}));
}

TEST(Functions, ExistenceAndType) {
    EXPECT_TRUE(holds(AttributeExists{path("u")}));
    EXPECT_FALSE(holds(AttributeExists{path("m.z")}));
    EXPECT_TRUE(holds(AttributeNotExists{path("m.z")}));
    for (const auto& [name, value] : sample()) {
        EXPECT_TRUE(holds(AttributeType{path(name), std::string(type_name(value))})) << name;
        EXPECT_FALSE(holds(AttributeType{path(name), name == "n" ? "S" : "N"}) && name != "two");
    }
    EXPECT_FALSE(holds(AttributeType{path("absent"), "NULL"}));
    EXPECT_TRUE(holds(AttributeType{Value(true), "BOOL"}));
    EXPECT_TRUE(holds(AttributeType{SizeOf{path("s")}, "N"}));
    EXPECT_FALSE(holds(AttributeType{SizeOf{path("n")}, "N"}));
    EXPECT_EQ(error_of(AttributeType{path("n"), "DOG"}),
              "Invalid attribute type name found; type: DOG, valid types: "
              "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

TEST(Functions, BeginsWith) {
    EXPECT_TRUE(holds(BeginsWith{path("s"), "hell"}));
    EXPECT_TRUE(holds(BeginsWith{path("s"), ""}));
    EXPECT_TRUE(holds(BeginsWith{path("b"), Binary{"hi"}}));
    EXPECT_TRUE(holds(BeginsWith{"hello there", path("s")}));
    EXPECT_FALSE(holds(BeginsWith{path("s"), "hello there"}));
    EXPECT_FALSE(holds(BeginsWith{path("s"), Binary{"hell"}}));
    EXPECT_FALSE(holds(BeginsWith{path("n"), "5"}));
    EXPECT_FALSE(holds(BeginsWith{path("s"), path("n")}));
    EXPECT_FALSE(holds(BeginsWith{path("absent"), ""}));
    EXPECT_EQ(error_of(BeginsWith{path("s"), Number(2)}),
              "Incorrect operand type for operator or function; operator or function: begins_with, "
              "operand type: N");
}

TEST(Functions, Contains) {
    const auto contains = [](Operand container, Operand element) {
        return holds(Contains{std::move(container), std::move(element)});
    };
    EXPECT_TRUE(contains(path("s"), "ell"));
    EXPECT_TRUE(contains(path("b"), Binary{"the"}));
    EXPECT_TRUE(contains(path("ns"), *Number::parse("4.0")));
    EXPECT_TRUE(contains(path("ss"), "a"));
    EXPECT_TRUE(contains(path("bs"), Binary{"x"}));
    EXPECT_TRUE(contains(path("l"), "dog"));
    EXPECT_TRUE(contains(path("l"), NumberSet{Number(1)}));
    EXPECT_TRUE(contains(List{Value(Number(5))}, path("n")));
    EXPECT_FALSE(contains(path("s"), Binary{"ell"}));
    EXPECT_FALSE(contains(path("s"), "dog"));
    EXPECT_FALSE(contains(path("ns"), "4"));
    EXPECT_FALSE(contains(path("ns"), NumberSet{Number(4)}));
    EXPECT_FALSE(contains(path("l"), "do"));
    EXPECT_FALSE(contains(path("m"), "x"));
    EXPECT_FALSE(contains(path("n"), Number(5)));
    EXPECT_FALSE(contains(path("absent"), "x"));
    EXPECT_FALSE(contains(path("s"), path("absent")));
}

TEST(Functions, Size) {
    const std::pair<const char*, int> sizes[] = {
        {"s", 5},  {"b", 8},  {"l", 3},  {"m", 2},
        {"ss", 2}, {"ns", 3}, {"bs", 1}, {"unicode", 3}};  // UTF-16, as the service counts
    for (const auto& [name, size] : sizes) {
        EXPECT_TRUE(holds(compare(SizeOf{path(name)}, Comparison::kEqual, Number(size)))) << name;
        EXPECT_TRUE(holds(compare(SizeOf{path(name)}, Comparison::kLess, Number(size + 1))));
    }
    EXPECT_TRUE(holds(compare(path("n"), Comparison::kEqual, SizeOf{path("s")})));
    EXPECT_TRUE(holds(compare(path("two"), Comparison::kEqual, SizeOf{Value("ab")})));
    EXPECT_EQ(error_of(compare(path("n"), Comparison::kEqual, SizeOf{Value(true)})),
              "Incorrect operand type for operator or function; operator or function: size, "
              "operand type: BOOL");
    EXPECT_FALSE(holds(compare(SizeOf{path("s")}, Comparison::kEqual, "5")));
}

TEST(Logic, CombinesConditions) {
    EXPECT_TRUE(holds(And{{yes(), yes()}}));
    EXPECT_FALSE(holds(And{{yes(), no()}}));
    EXPECT_TRUE(holds(Or{{no(), yes()}}));
    EXPECT_FALSE(holds(Or{{no(), no()}}));
    EXPECT_TRUE(holds(negation(no())));
    EXPECT_FALSE(holds(negation(yes())));
    EXPECT_TRUE(holds(And{{}}));
    EXPECT_FALSE(holds(Or{{}}));
    EXPECT_TRUE(holds(And{{Or{{no(), yes()}}, negation(And{{yes(), no()}})}}));
}

TEST(Logic, AnItemThatDoesNotExistHasNoAttributes) {
    EXPECT_TRUE(*evaluate(AttributeNotExists{path("n")}, nullptr));
    EXPECT_FALSE(*evaluate(AttributeExists{path("n")}, nullptr));
    EXPECT_TRUE(*evaluate(compare(path("n"), Comparison::kNotEqual, Number(1)), nullptr));
    EXPECT_FALSE(*evaluate(compare(path("n"), Comparison::kLess, Number(1)), nullptr));
}

// As in the service, whether a tree means something does not depend on which parts an item reaches.
TEST(Validate, LooksIntoEveryBranch) {
    const Condition bad = Between{path("n"), Number(2), Number(1)};
    for (const auto& condition : {Condition(Or{{yes(), bad}}), Condition(And{{no(), bad}}),
                                  negation(bad), Condition(Or{{And{{negation(bad)}}}})}) {
        EXPECT_TRUE(error_of(condition).starts_with("The BETWEEN operator"));
    }
}

TEST(Validate, RefusesAPathBesideItself) {
    const auto words = [](std::string_view symbol, std::string_view first) {
        return "The first operand must be distinct from the remaining operands for this operator "
               "or function; operator: " +
               std::string(symbol) + ", first operand: " + std::string(first);
    };
    const Path same = path("m.y[1]");
    const std::string shown = "[m, y, [1]]";
    EXPECT_EQ(error_of(compare(same, Comparison::kNotEqual, same)), words("<>", shown));
    EXPECT_EQ(error_of(Between{same, path("n"), same}), words("BETWEEN", shown));
    EXPECT_EQ(error_of(In{same, {path("n"), same}}), words("IN", shown));
    EXPECT_EQ(error_of(BeginsWith{same, same}), words("begins_with", shown));
    EXPECT_EQ(error_of(Contains{same, same}), words("contains", shown));
    EXPECT_EQ(error_of(compare(SizeOf{same}, Comparison::kEqual, SizeOf{same})), "no error");
    EXPECT_EQ(error_of(compare("x", Comparison::kEqual, "x")), "no error");
}

TEST(Validate, LimitsCandidates) {
    EXPECT_EQ(error_of(In{path("n"), std::vector<Operand>(100, Value("x"))}), "no error");
    EXPECT_EQ(error_of(In{path("n"), std::vector<Operand>(101, Value("x"))}),
              "The IN operator is provided with too many operands; number of operands: 101");
}

TEST(Validate, RefusesTreesWithoutMeaning) {
    Path index_first;
    index_first.steps.emplace_back(std::size_t{1});
    const Operand fine = path("n");
    const Condition conditions[] = {
        AttributeExists{Path{}},
        AttributeExists{index_first},
        AttributeNotExists{Path{}},
        AttributeType{Path{}, "S"},
        compare(Path{}, Comparison::kEqual, fine),
        compare(fine, Comparison::kLess, SizeOf{Path{}}),
        Between{fine, index_first, fine},
        In{fine, {Path{}}},
        In{Path{}, {fine}},
        BeginsWith{Path{}, "x"},
        Contains{Path{}, "x"},
        Contains{fine, Path{}},
        Not{nullptr},
    };
    for (const auto& condition : conditions) {
        EXPECT_NE(error_of(condition), "no error") << condition.variant().index();
    }
}

TEST(Validate, DepthIsBounded) {
    Condition deep = yes();
    for (int i = 0; i < kConditionDepthMax; ++i) {
        deep = negation(std::move(deep));
    }
    EXPECT_EQ(holds(deep), kConditionDepthMax % 2 == 0);
    EXPECT_NE(error_of(negation(deep)).find("nests more than"), std::string::npos);
}

TEST(Equality, IsOfTheWholeTree) {
    const Condition tree =
        Or{{And{{yes(), negation(no())}}, compare(path("n"), Comparison::kLess, Number(3))}};
    const Condition same =
        Or{{And{{yes(), negation(no())}}, compare(path("n"), Comparison::kLess, Number(3))}};
    const Condition other =
        Or{{And{{yes(), negation(yes())}}, compare(path("n"), Comparison::kLess, Number(3))}};
    EXPECT_TRUE(tree == same);
    EXPECT_FALSE(tree == other);
    EXPECT_FALSE(yes() == no());
    EXPECT_TRUE(Condition(Not{nullptr}) == Condition(Not{nullptr}));
    EXPECT_FALSE(Condition(Not{nullptr}) == negation(no()));
}

TEST(Paths, AreShownAsTheServiceShowsThem) {
    EXPECT_EQ(to_text(path("a.b[2].c")), "[a, b, [2], c]");
    EXPECT_EQ(to_text(Path{}), "[]");
}

}  // namespace
}  // namespace meridian::expression
