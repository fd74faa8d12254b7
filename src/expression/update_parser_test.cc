// The texts of the errors, and which one of several is reported: DynamoDB Local 1.25, and where
// they cover it the tests of dynalite, which ran against the service.
#include <gtest/gtest.h>

#include <string>

#include "expression/parse.h"
#include "expression/path_for_tests.h"
#include "expression/placeholders_for_tests.h"

namespace meridian::expression {
namespace {

using item::List;
using item::Number;
using item::StringSet;
using item::Value;

struct Case {
    std::string text;
    std::string error;  // empty: none
};

Result<Update> parse(std::string_view text) {
    auto placeholders = placeholders_in(text);
    auto update = parse_update(text, placeholders);
    if (update) {
        EXPECT_TRUE(placeholders.check_used()) << text;
    }
    return update;
}

std::string error_of(std::string_view text) {
    const auto update = parse(text);
    if (update) {
        return "";
    }
    constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
    EXPECT_EQ(update.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(update.error().message.starts_with(kPrefix)) << update.error().message;
    return update.error().message.substr(kPrefix.size());
}

void expect_errors(std::span<const Case> cases) {
    for (const auto& [text, error] : cases) {
        EXPECT_EQ(error_of(text), error) << text;
    }
}

void expect_tree(std::string_view text, const Update& expected) {
    const auto update = parse(text);
    ASSERT_TRUE(update) << text << ": " << update.error().message;
    EXPECT_TRUE(*update == expected) << text;
}

std::string repeated(std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) {
        text.append(part);
    }
    return text;
}

const List kList{Value("x")};

TEST(ParseUpdate, ReadsSet) {
    using enum SetOperator;
    expect_tree("SET a = :n", {.sets = {{path("a"), Number(1)}}});
    expect_tree("set a.b[2] = (b.c), #dotted = :a",
                {.sets = {{path("a.b[2]"), path("b.c")}, {Path("x.y"), "a"}}});
    expect_tree("SET a = b + :n", {.sets = {{path("a"), path("b"), kPlus, Number(1)}}});
    expect_tree("SET a = ((:n)-(b))", {.sets = {{path("a"), Number(1), kMinus, path("b")}}});
    expect_tree("SET a = list_append(:list, b)",
                {.sets = {{path("a"), kList, kListAppend, path("b")}}});
    expect_tree("SET a = (list_append (b, :list))",
                {.sets = {{path("a"), path("b"), kListAppend, kList}}});
}

TEST(ParseUpdate, ReadsIfNotExists) {
    using enum SetOperator;
    const IfNotExists counted(path("n"), Number(1));
    expect_tree("SET n = if_not_exists(n, :n)", {.sets = {{path("n"), counted}}});
    expect_tree("SET n = if_not_exists(n, :n) + :five",
                {.sets = {{path("n"), counted, kPlus, Number(5)}}});
    expect_tree("SET n = :five - if_not_exists((n), (:n))",
                {.sets = {{path("n"), Number(5), kMinus, counted}}});
    expect_tree("SET a = list_append(if_not_exists(b, :list), c)",
                {.sets = {{path("a"), IfNotExists(path("b"), kList), kListAppend, path("c")}}});
    expect_tree("SET a = if_not_exists(b, if_not_exists(c.d, e))",
                {.sets = {{path("a"), IfNotExists({path("b"), path("c.d")}, path("e"))}}});
}

TEST(ParseUpdate, ReadsTheOtherClausesInAnyOrder) {
    expect_tree("REMOVE a, b[0].c", {.removes = {{path("a")}, {path("b[0].c")}}});
    expect_tree("ADD a :n, #b :ss",
                {.adds = {{path("a"), Number(1)}, {path("b"), StringSet{"x"}}}});
    expect_tree("DELETE a :ss", {.deletes = {{path("a"), StringSet{"x"}}}});
    expect_tree("delete d :ss add c :n remove b set a = :n",
                {.sets = {{path("a"), Number(1)}},
                 .removes = {{path("b")}},
                 .adds = {{path("c"), Number(1)}},
                 .deletes = {{path("d"), StringSet{"x"}}}});
}

TEST(ParseUpdate, RefusesWhatIsNoUpdate) {
    const Case cases[] = {
        {"whatever", "Syntax error; token: \"whatever\", near: \"whatever\""},
        {"SET", "Syntax error; token: \"<EOF>\", near: \"SET\""},
        {"SET a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"SET a = ", "Syntax error; token: \"<EOF>\", near: \"= \""},
        {"SET a = :a,", "Syntax error; token: \"<EOF>\", near: \",\""},
        {"SET a = :a b = :z", "Syntax error; token: \"b\", near: \":a b =\""},
        {"SET a :n", "Syntax error; token: \":n\", near: \"a :n\""},
        {"SET (a) = :n", "Syntax error; token: \"(\", near: \"SET (a\""},
        {"SET :a = b", "Syntax error; token: \":a\", near: \"SET :a =\""},
        {"SET a == :n", "Syntax error; token: \"=\", near: \"== :n\""},
        {"SET a = :n = :n", "Syntax error; token: \"=\", near: \":n = :n\""},
        {"SET a = b + c + :n", "Syntax error; token: \"+\", near: \"c + :n\""},
        {"SET a = (b + c) + :n", "Syntax error; token: \"+\", near: \") + :n\""},
        {"SET a = b + (c + :n)", "Syntax error; token: \"+\", near: \"c + :n\""},
        {"SET a = -:n", "Syntax error; token: \"-\", near: \"= -:n\""},
        {"SET a = b * :n", "Syntax error; token: \"*\", near: \"b * :n\""},
        {"SET a = 1", "Syntax error; token: \"1\", near: \"= 1\""},
        {"SET a = \"x\"", "Syntax error; token: \"\"\", near: \"= \"x\""},
        {"SET a = set", "Syntax error; token: \"set\", near: \"= set\""},
        {"SET set = :n", "Syntax error; token: \"set\", near: \"SET set =\""},
        {"SET a.remove = :n", "Syntax error; token: \"remove\", near: \".remove =\""},
        {"SET _a = :n", "Syntax error; token: \"_\", near: \"SET _a\""},
        {"SET a = if_not_exists()", "Syntax error; token: \")\", near: \"()\""},
        {"SET a = if_not_exists(b", "Syntax error; token: \"<EOF>\", near: \"b\""},
        {"SET a = if_not_exists(b c)", "Syntax error; token: \"c\", near: \"b c)\""},
        {"SET a = if_not_exists(b, :n + :n)", "Syntax error; token: \"+\", near: \":n + :n\""},
        {"SET a = (b.c).d", "Syntax error; token: \".\", near: \").d\""},
        {"SET a = (b", "Syntax error; token: \"<EOF>\", near: \"b\""},
        {"SET a = b)", "Syntax error; token: \")\", near: \"b)\""},
        {"SET f(a) = :n", "Syntax error; token: \"(\", near: \"f(a\""},
        {"REMOVE", "Syntax error; token: \"<EOF>\", near: \"REMOVE\""},
        {"REMOVE a,", "Syntax error; token: \"<EOF>\", near: \",\""},
        {"REMOVE a b", "Syntax error; token: \"b\", near: \"a b\""},
        {"REMOVE a = b", "Syntax error; token: \"=\", near: \"a = b\""},
        {"REMOVE :a", "Syntax error; token: \":a\", near: \"REMOVE :a\""},
        {"REMOVE (a)", "Syntax error; token: \"(\", near: \"REMOVE (a\""},
        {"REMOVE a REMOVE", "Syntax error; token: \"<EOF>\", near: \"REMOVE\""},
        {"ADD a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"ADD a b", "Syntax error; token: \"b\", near: \"a b\""},
        {"ADD a = :n", "Syntax error; token: \"=\", near: \"a = :n\""},
        {"ADD a (:n)", "Syntax error; token: \"(\", near: \"a (:n\""},
        {"ADD a :n + :n", "Syntax error; token: \"+\", near: \":n + :n\""},
        {"ADD :n a", "Syntax error; token: \":n\", near: \"ADD :n a\""},
        {"DELETE a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"DELETE a b", "Syntax error; token: \"b\", near: \"a b\""},
        {"DELETE a :ss b", "Syntax error; token: \"b\", near: \":ss b\""},
        {"a = :n SET b = :n", "Syntax error; token: \"a\", near: \"a =\""},
        {" ", "Syntax error; token: \"<EOF>\", near: \" \""},
    };
    expect_errors(cases);
    EXPECT_EQ(error_of(""), "The expression can not be empty;");
}

TEST(ParseUpdate, RefusesRedundantParentheses) {
    const Case cases[] = {
        {"SET a = ((b))", "The expression has redundant parentheses;"},
        {"SET a = ((b + :n))", "The expression has redundant parentheses;"},
        {"SET a = b + ((:n))", "The expression has redundant parentheses;"},
        {"SET a = ((b)) + :n", "The expression has redundant parentheses;"},
        {"SET a = list_append(((b)), :list)", "The expression has redundant parentheses;"},
        // A syntax error before them counts, one after them does not.
        {"SET a = ((b", "Syntax error; token: \"<EOF>\", near: \"b\""},
        {"SET a = ((b)) )", "The expression has redundant parentheses;"},
        {"SET a = list_append(((b)) :list", "Syntax error; token: \":list\", near: \") :list\""},
    };
    expect_errors(cases);
}

TEST(ParseUpdate, RefusesUnknownAndMisusedNames) {
    const Case cases[] = {
        {"SET a = unknown(b)", "Invalid function name; function: unknown"},
        {"SET a = IF_NOT_EXISTS(b, :n)", "Invalid function name; function: IF_NOT_EXISTS"},
        {"SET a = size(b)", "The function is not allowed in an update expression; function: size"},
        {"SET a = attribute_exists(b)",
         "The function is not allowed in an update expression; function: attribute_exists"},
        {"SET a = list_append(list_append(b, c), d)",
         "The function is not allowed to be used this way in an expression; function: list_append"},
        {"SET a = list_append(b, c) + :n",
         "The function is not allowed to be used this way in an expression; function: list_append"},
        {"SET a = :n - list_append(b, c)",
         "The function is not allowed to be used this way in an expression; function: list_append"},
        {"SET a = if_not_exists(b, list_append(c, d))",
         "The function is not allowed to be used this way in an expression; function: list_append"},
        {"SET abort = :n", "Attribute name is a reserved keyword; reserved keyword: abort"},
        {"SET a = b.Abort", "Attribute name is a reserved keyword; reserved keyword: Abort"},
        {"REMOVE a, year", "Attribute name is a reserved keyword; reserved keyword: year"},
        {"SET a[99999999999] = :n",
         "List index is not within the allowable range; index: [99999999999]"},
        // The first in the text counts.
        {"SET a = unknown(abort)", "Invalid function name; function: unknown"},
        {"SET abort = unknown(b)", "Attribute name is a reserved keyword; reserved keyword: abort"},
        {"SET a = size(unknown(b))",
         "The function is not allowed in an update expression; function: size"},
        // Each clause stands once.
        {"SET a = :n SET b = :n",
         "The \"SET\" section can only be used once in an update expression;"},
        {"REMOVE a REMOVE b",
         "The \"REMOVE\" section can only be used once in an update expression;"},
        {"ADD a :n REMOVE b ADD c :n",
         "The \"ADD\" section can only be used once in an update expression;"},
        {"DELETE a :ss SET b = :n DELETE c :ss",
         "The \"DELETE\" section can only be used once in an update expression;"},
        {"SET a = :n SET b = unknown(c)", "Invalid function name; function: unknown"},
        {"SET a = :undefined SET b = :n",
         "The \"SET\" section can only be used once in an update expression;"},
    };
    expect_errors(cases);
}

TEST(ParseUpdate, RefusesWhatMeansNothing) {
    const Case cases[] = {
        {"SET #undefined = :n",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"SET a = #undefined",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"SET a = :undefined",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":undefined"},
        {"SET a = if_not_exists(b)",
         "Incorrect number of operands for operator or function; operator or function: "
         "if_not_exists, number of operands: 1"},
        {"SET a = list_append(b, :list, :list)",
         "Incorrect number of operands for operator or function; operator or function: "
         "list_append, number of operands: 3"},
        {"SET a = if_not_exists(:n, b)",
         "Operator or function requires a document path; operator or function: if_not_exists"},
        {"SET a = if_not_exists(if_not_exists(b, :n), :n)",
         "Operator or function requires a document path; operator or function: if_not_exists"},
        {"SET a = if_not_exists(b, b)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: if_not_exists, first operand: [b]"},
        {"SET a = b + :a",
         "Incorrect operand type for operator or function; operator or function: +, operand type: "
         "S"},
        {"SET a = :ss - b",
         "Incorrect operand type for operator or function; operator or function: -, operand type: "
         "SS"},
        {"SET a = :list + :n",
         "Incorrect operand type for operator or function; operator or function: +, operand type: "
         "L"},
        {"SET a = list_append(b, :n)",
         "Incorrect operand type for operator or function; operator or function: list_append, "
         "operand type: N"},
        {"SET a = list_append(:a, b)",
         "Incorrect operand type for operator or function; operator or function: list_append, "
         "operand type: S"},
        {"ADD a :a",
         "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD a :bin",
         "Incorrect operand type for operator or function; operator: ADD, operand type: BINARY, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD a :bool",
         "Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD a :null",
         "Incorrect operand type for operator or function; operator: ADD, operand type: NULL, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD a :list",
         "Incorrect operand type for operator or function; operator: ADD, operand type: LIST, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD a :map",
         "Incorrect operand type for operator or function; operator: ADD, operand type: MAP, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"DELETE a :n",
         "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, "
         "typeSet: ALLOWED_FOR_DELETE_OPERAND"},
        {"DELETE a :a",
         "Incorrect operand type for operator or function; operator: DELETE, operand type: STRING, "
         "typeSet: ALLOWED_FOR_DELETE_OPERAND"},
        {"DELETE a :list",
         "Incorrect operand type for operator or function; operator: DELETE, operand type: LIST, "
         "typeSet: ALLOWED_FOR_DELETE_OPERAND"},
        {"SET a = :n, a = :n",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a]"},
        {"SET a = :n REMOVE #a",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a], path two: [a]"},
        {"REMOVE a.b.c, a.b",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a, b, c], path two: [a, b]"},
        {"REMOVE a[1], a[1].b",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [a, [1]], path two: [a, [1], b]"},
        {"SET a[0] = :n, a.b = :n",
         "Two document paths conflict with each other; must remove or rewrite one of these paths; "
         "path one: [a, [0]], path two: [a, b]"},
        {"SET a.b = :n ADD a[0] :n",
         "Two document paths conflict with each other; must remove or rewrite one of these paths; "
         "path one: [a, b], path two: [a, [0]]"},
        // Of paths, and then of values, the last one counts.
        {"SET #undefined = :n, #other = :n",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#other"},
        {"SET a = :n, a = :n REMOVE #undefined",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"SET #undefined = :n REMOVE b, b",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [b], path two: [b]"},
        {"SET a = :undefined, b = :other",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":other"},
        {"SET a = :undefined ADD b :a",
         "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
         "typeSet: ALLOWED_FOR_ADD_OPERAND"},
        {"ADD b :a SET a = :undefined",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":undefined"},
        {"SET a = :undefined, b = :n, b = :n",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [b], path two: [b]"},
        {"REMOVE c, c, b.x, b[0]",
         "Two document paths conflict with each other; must remove or rewrite one of these paths; "
         "path one: [b, x], path two: [b, [0]]"},
    };
    expect_errors(cases);
}

// Here DynamoDB Local names another path than the one that is in the way.
TEST(ParseUpdate, NamesThePathsThatOverlap) {
    EXPECT_EQ(error_of("REMOVE a, b, a"),
              "Two document paths overlap with each other; must remove or rewrite one of these "
              "paths; path one: [a], path two: [a]");
}

TEST(ParseUpdate, LimitsSizeOperatorsAndDepth) {
    EXPECT_EQ(error_of("REMOVE a" + std::string(kExpressionBytesMax, ' ')),
              "Expression size has exceeded the maximum allowed size;");
    EXPECT_EQ(error_of("REMOVE x" + repeated(".x", 31)), "");
    EXPECT_EQ(error_of("REMOVE x" + repeated(".x", 32)),
              "The document path has too many nesting levels; nesting levels: 33");

    const auto sums = [](int count) {
        std::string text = "SET";
        for (int i = 0; i < count; ++i) {
            text += (i > 0 ? ",a" : " a") + std::to_string(i) + "=b+:n";
        }
        return text;
    };
    const std::string too_many = "The expression contains too many operators; operator count: 301";
    EXPECT_EQ(error_of(sums(300)), "");
    EXPECT_EQ(error_of(sums(301)), too_many);
    // Only operators and functions count.
    EXPECT_EQ(error_of(sums(300) + " REMOVE c, d ADD e :n"), "");
    EXPECT_EQ(error_of("SET z=:undefined," + sums(301).substr(4)), too_many);
    EXPECT_NE(error_of(sums(301) + ",z=:undefined"), too_many);
}

TEST(ParseUpdate, NestingIsBounded) {
    EXPECT_EQ(error_of("SET a = " + repeated("if_not_exists(b,", 200) + ":n" + repeated(")", 200)),
              "");
    for (const auto times : {500, 2000}) {
        EXPECT_NE(error_of("SET a = " + repeated("(", times) + ":n" + repeated(")", times)), "");
        EXPECT_NE(error_of("SET a = b + " + repeated("(", times)), "");
        EXPECT_NE(error_of("SET a = " + repeated("f(", times)), "");
    }
}

}  // namespace
}  // namespace meridian::expression
