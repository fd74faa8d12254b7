#include "expression/render.h"

#include <gmock/gmock.h>

#include <random>
#include <string>

#include "expression/parse.h"
#include "expression/path_for_tests.h"
#include "item/json.h"

namespace meridian::expression {
namespace {

using item::Item;
using item::List;
using item::Number;
using item::StringSet;
using item::Value;

Placeholders placeholders_of(const Renderer& renderer) {
    return Placeholders::make(
               renderer.names().empty() ? std::nullopt : std::optional(renderer.names()),
               renderer.values().empty() ? std::nullopt : std::optional(renderer.values()))
        .value();
}

Condition negation(Condition condition) {
    return Not{std::make_shared<const Condition>(std::move(condition))};
}
Condition exists(const char* name) {
    return AttributeExists{path(name)};
}

std::string text_of(const Condition& condition) {
    Renderer renderer;
    const auto text = renderer.render(condition);
    return text ? *text : "error: " + text.error().message;
}

TEST(Render, WritesConditions) {
    using enum Comparison;
    const std::pair<Condition, const char*> cases[] = {
        {Compare{kNotEqual, path("a.b[2]"), Number(1)}, "#n0.#n1[2] <> :v0"},
        {Compare{kLess, Number(1), path("a")}, ":v0 < #n0"},
        {Between{SizeOf{path("a")}, Number(1), path("b")}, "size(#n0) BETWEEN :v0 AND #n1"},
        {In{path("a"), {"x", SizeOf{Value("y")}}}, "#n0 IN (:v0, size(:v1))"},
        {AttributeExists{path("a")}, "attribute_exists(#n0)"},
        {AttributeNotExists{path("a")}, "attribute_not_exists(#n0)"},
        {AttributeType{path("a"), "SS"}, "attribute_type(#n0, :v0)"},
        {BeginsWith{path("a"), "x"}, "begins_with(#n0, :v0)"},
        {Contains{path("a"), path("b")}, "contains(#n0, #n1)"},
    };
    for (const auto& [condition, text] : cases) {
        EXPECT_EQ(text_of(condition), text);
    }
}

TEST(Render, WritesParenthesesOnlyWhereTheyAreNeeded) {
    const auto a = exists("a");
    const auto text = [](const Condition& condition) {
        auto written = text_of(condition);
        for (auto at = written.find("attribute_exists(#n0)"); at != std::string::npos;
             at = written.find("attribute_exists(#n0)")) {
            written.replace(at, std::string_view("attribute_exists(#n0)").size(), "a");
        }
        return written;
    };
    EXPECT_EQ(text(And{{a, a, a}}), "a AND a AND a");
    EXPECT_EQ(text(Or{{a, And{{a, a}}}}), "a OR a AND a");
    EXPECT_EQ(text(And{{Or{{a, a}}, a}}), "(a OR a) AND a");
    EXPECT_EQ(text(And{{a, And{{a, a}}}}), "a AND (a AND a)");
    EXPECT_EQ(text(Or{{a, Or{{a, a}}}}), "a OR (a OR a)");
    EXPECT_EQ(text(negation(negation(a))), "NOT NOT a");
    EXPECT_EQ(text(negation(And{{a, a}})), "NOT (a AND a)");
    EXPECT_EQ(text(And{{negation(a), a}}), "NOT a AND a");
    // And and Or of one are that one.
    EXPECT_EQ(text(And{{Or{{And{{Or{{a, a}}}}}}}}), "a OR a");
    EXPECT_EQ(text(negation(And{{a}})), "NOT a");
}

TEST(Render, WritesUpdates) {
    using enum SetOperator;
    Renderer renderer;
    const Update update{.sets = {{path("a"), Number(1)},
                                 {path("b"), path("c"), kPlus, Number(2)},
                                 {path("d"), Number(3), kMinus, IfNotExists(path("e"), Number(4))},
                                 {path("f"), IfNotExists({path("g"), path("h")}, path("i")),
                                  kListAppend, Value(List{})}},
                        .removes = {{path("j")}, {path("k[0]")}},
                        .adds = {{path("l"), Number(5)}},
                        .deletes = {{path("m"), StringSet{"x"}}}};
    EXPECT_EQ(renderer.render(update).value(),
              "SET #n0 = :v0, #n1 = #n2 + :v1, #n3 = :v2 - if_not_exists(#n4, :v3), #n5 = "
              "list_append(if_not_exists(#n6, if_not_exists(#n7, #n8)), :v4) REMOVE #n9, #n10[0] "
              "ADD #n11 :v5 DELETE #n12 :v6");
    EXPECT_EQ(renderer.names().at("#n12"), "m");
    EXPECT_EQ(renderer.values().at(":v6"), Value(StringSet{"x"}));
}

TEST(Render, WritesProjectionsAndKeyConditions) {
    using Op = KeyCondition::Op;
    Renderer renderer;
    EXPECT_EQ(renderer.render(Projection{{path("a.b[1]"), path("c")}}).value(), "#n0.#n1[1], #n2");
    EXPECT_EQ(renderer.render(KeyConditions{{"p", Op::kEqual, "x"}, {"a", Op::kBetween, "x", "y"}})
                  .value(),
              "#n3 = :v0 AND #n0 BETWEEN :v1 AND :v2");
    const std::pair<Op, const char*> ops[] = {{Op::kLess, "#n4 < :v3"},
                                              {Op::kLessOrEqual, "#n4 <= :v4"},
                                              {Op::kGreater, "#n4 > :v5"},
                                              {Op::kGreaterOrEqual, "#n4 >= :v6"},
                                              {Op::kBeginsWith, "begins_with(#n4, :v7)"}};
    for (const auto& [op, text] : ops) {
        EXPECT_EQ(renderer.render(KeyConditions{{"s", op, "x"}}).value(), text);
    }
}

TEST(Render, ExpressionsOfOneRequestShareNames) {
    Renderer renderer;
    ASSERT_TRUE(renderer.render(exists("size.a")));
    EXPECT_EQ(renderer.render(Projection{{path("b"), path("a")}}).value(), "#n2, #n1");
    EXPECT_THAT(renderer.names(),
                ::testing::ElementsAre(::testing::Pair("#n0", "size"), ::testing::Pair("#n1", "a"),
                                       ::testing::Pair("#n2", "b")));
    EXPECT_TRUE(renderer.values().empty());
}

TEST(Render, RefusesWhatHasNoText) {
    Path index_first;
    index_first.steps.emplace_back(std::size_t{1});
    const Condition conditions[] = {
        And{},
        Or{},
        negation(Or{}),
        And{{exists("a"), And{}}},
        In{path("a"), {}},
        Not{nullptr},
        AttributeExists{Path{}},
        AttributeExists{index_first},
        Between{path("a"), Number(2), Number(1)},
    };
    for (const auto& condition : conditions) {
        EXPECT_TRUE(text_of(condition).starts_with("error: ")) << text_of(condition);
    }
    const Update updates[] = {
        {},
        {.sets = {{Path{}, Number(1)}}},
        {.sets = {{path("a"), index_first}}},
        {.sets = {{path("a"), IfNotExists({}, Value("x"))}}},
        {.sets = {{path("a"), IfNotExists({path("b")}, Path{})}}},
        {.sets = {{path("a"), path("b"), SetOperator::kPlus, "x"}}},
        {.removes = {{index_first}}},
        {.adds = {{path("a"), "x"}}},
        {.deletes = {{path("a"), Number(1)}}},
    };
    for (const auto& update : updates) {
        EXPECT_FALSE(Renderer().render(update));
    }
    EXPECT_FALSE(Renderer().render(Projection{}));
    EXPECT_FALSE(Renderer().render(Projection{{path("a"), path("a.b")}}));
    EXPECT_FALSE(Renderer().render(KeyConditions{}));
    EXPECT_FALSE(
        Renderer().render(KeyConditions{{"s", KeyCondition::Op::kNotIndexable, Number(1)}}));
}

// ---- What is rendered is read as the same tree

// Trees of any shape that means something, from a seed.
class Trees {
  public:
    explicit Trees(unsigned seed) : random_(seed) {}

    Condition condition(int depth = 0) {
        const bool deep = depth < 4 && below(3) > 0;
        switch (deep ? below(3) : 3) {
            case 0:
                return And{conditions(depth)};
            case 1:
                return Or{conditions(depth)};
            case 2:
                return negation(condition(depth + 1));
            default:
                return leaf();
        }
    }

    Update update() {
        Update made;
        for (auto actions = 1 + below(6); actions > 0; --actions) {
            switch (below(5)) {
                case 0:
                    made.removes.push_back({target()});
                    break;
                case 1:
                    made.adds.push_back({target(), below(2) == 0 ? Value(number()) : some_set()});
                    break;
                case 2:
                    made.deletes.push_back({target(), some_set()});
                    break;
                default:
                    made.sets.push_back(set());
            }
        }
        return made;
    }

    Projection projection() {
        Projection made;
        for (auto paths = 1 + below(5); paths > 0; --paths) {
            made.paths.push_back(target());
        }
        return made;
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::vector<Condition> conditions(int depth) {
        std::vector<Condition> made;
        for (auto count = 2 + below(2); count > 0; --count) {
            made.push_back(condition(depth + 1));
        }
        return made;
    }

    Condition leaf() {
        auto read = some_path();
        switch (below(9)) {
            case 0:
                return AttributeExists{std::move(read)};
            case 1:
                return AttributeNotExists{std::move(read)};
            case 2:
                return AttributeType{std::move(read), "NS"};
            case 3:
                return BeginsWith{std::move(read), text()};
            case 4:
                return Contains{std::move(read), operand()};
            case 5:
                return Between{operand(), Number(1), number()};
            case 6:
                return In{std::move(read), std::vector<Operand>(1 + below(3), operand())};
            default:
                return Compare{static_cast<Comparison>(below(6)), operand(), text()};
        }
    }

    // Never the same path twice, so that no condition compares one with itself.
    Path some_path() {
        Path made(below(4) == 0 ? "size" : "attribute" + std::to_string(++count_));
        made.steps.emplace_back("é " + std::to_string(++count_));
        for (auto steps = below(3); steps > 0; --steps) {
            made.steps.push_back(below(2) == 0 ? Path::Step(below(1000))
                                               : Path::Step("step" + std::to_string(below(9))));
        }
        return made;
    }
    Path target() { return some_path(); }

    std::string text() { return "text " + std::to_string(below(100)); }
    Number number() { return Number(static_cast<std::int64_t>(1 + below(1000))); }
    Value some_set() { return StringSet{text(), text()}; }

    Operand operand() {
        switch (below(4)) {
            case 0:
                return Value(text());
            case 1:
                return SizeOf{some_path()};
            case 2:
                return SizeOf{Value(text())};
            default:
                return some_path();
        }
    }

    SetOperand set_operand(const Value& literal) {
        switch (below(4)) {
            case 0:
                return some_path();
            case 1:
                return IfNotExists(some_path(), literal);
            case 2:
                return IfNotExists({some_path(), some_path()}, some_path());
            default:
                return literal;
        }
    }

    Set set() {
        const auto op = static_cast<SetOperator>(below(4));
        if (op == SetOperator::kNone) {
            return {target(), set_operand(text())};
        }
        const Value literal =
            op == SetOperator::kListAppend ? Value(List{Value(text())}) : number();
        return {target(), set_operand(literal), op, set_operand(literal)};
    }

    std::mt19937 random_;
    int count_ = 0;
};

TEST(RenderProperty, ConditionsAreReadAsTheyWere) {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        const auto tree = Trees(seed).condition();
        Renderer renderer;
        const auto text = renderer.render(tree);
        ASSERT_TRUE(text) << seed << ": " << text.error().message;
        if (text->size() > kExpressionBytesMax) {
            continue;
        }
        auto placeholders = placeholders_of(renderer);
        const auto again = parse_condition(*text, ConditionText::kCondition, placeholders);
        ASSERT_TRUE(again) << *text << ": " << again.error().message;
        EXPECT_TRUE(*again == tree) << *text;
        EXPECT_TRUE(placeholders.check_used()) << *text;
    }
}

TEST(RenderProperty, UpdatesAndProjectionsAreReadAsTheyWere) {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        Trees trees(seed);
        const auto update = trees.update();
        Renderer of_update;
        const auto update_text = of_update.render(update);
        ASSERT_TRUE(update_text) << seed << ": " << update_text.error().message;
        auto placeholders = placeholders_of(of_update);
        const auto update_again = parse_update(*update_text, placeholders);
        ASSERT_TRUE(update_again) << *update_text << ": " << update_again.error().message;
        EXPECT_TRUE(*update_again == update) << *update_text;
        EXPECT_TRUE(placeholders.check_used());

        const auto projection = trees.projection();
        Renderer of_projection;
        const auto projection_text = of_projection.render(projection);
        ASSERT_TRUE(projection_text) << seed << ": " << projection_text.error().message;
        auto names = placeholders_of(of_projection);
        const auto projection_again = parse_projection(*projection_text, names);
        ASSERT_TRUE(projection_again) << *projection_text;
        EXPECT_TRUE(*projection_again == projection) << *projection_text;
    }
}

}  // namespace
}  // namespace meridian::expression
