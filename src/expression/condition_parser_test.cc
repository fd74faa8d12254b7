// The texts of the errors, and which one of several is reported: DynamoDB Local 1.25, and where
// they cover it the tests of dynalite, which ran against the service.
#include <gtest/gtest.h>

#include <string>

#include "expression/parse.h"
#include "expression/path_for_tests.h"
#include "expression/placeholders_for_tests.h"

namespace meridian::expression {
namespace {

using item::Number;
using item::Value;

struct Case {
    std::string text;
    std::string error;  // empty: none
};

Result<Condition> parse(std::string_view text) {
    auto placeholders = placeholders_in(text);
    auto condition = parse_condition(text, ConditionText::kCondition, placeholders);
    if (condition) {
        EXPECT_TRUE(placeholders.check_used()) << text;
        EXPECT_TRUE(validate(*condition)) << text;
    }
    return condition;
}

std::string error_of(std::string_view text) {
    const auto condition = parse(text);
    if (condition) {
        return "";
    }
    constexpr std::string_view kPrefix = "Invalid ConditionExpression: ";
    EXPECT_EQ(condition.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(condition.error().message.starts_with(kPrefix)) << condition.error().message;
    return condition.error().message.substr(kPrefix.size());
}

void expect_tree(std::string_view text, const Condition& expected) {
    const auto condition = parse(text);
    ASSERT_TRUE(condition) << text << ": " << condition.error().message;
    EXPECT_TRUE(*condition == expected) << text;
}

Condition equal(Operand left, Operand right) {
    return Compare{Comparison::kEqual, std::move(left), std::move(right)};
}
Condition negation(Condition condition) {
    return Not{std::make_shared<const Condition>(std::move(condition))};
}

std::string repeated(std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) {
        text.append(part);
    }
    return text;
}

TEST(ParseCondition, ReadsComparisons) {
    const std::pair<const char*, Comparison> comparisons[] = {
        {"a = :n", Comparison::kEqual},         {"a<>:n", Comparison::kNotEqual},
        {"a < :n", Comparison::kLess},          {"a <= :n", Comparison::kLessOrEqual},
        {" a\n>\t:n\r ", Comparison::kGreater}, {"(a) >= (:n)", Comparison::kGreaterOrEqual},
    };
    for (const auto& [text, comparison] : comparisons) {
        expect_tree(text, Compare{comparison, path("a"), Number(1)});
    }
    expect_tree("a BETWEEN :n AND :five", Between{path("a"), Number(1), Number(5)});
    expect_tree("size(a) between b and size(:list)",
                Between{SizeOf{path("a")}, path("b"), SizeOf{Value(item::List{Value("x")})}});
    expect_tree("a IN (:n, b, size(c))", In{path("a"), {Number(1), path("b"), SizeOf{path("c")}}});
}

TEST(ParseCondition, ReadsFunctions) {
    expect_tree("attribute_exists(a)", AttributeExists{path("a")});
    expect_tree("attribute_not_exists((a.b))", AttributeNotExists{path("a.b")});
    expect_tree("attribute_type (a, :type)", AttributeType{path("a"), "SS"});
    expect_tree("attribute_type(:n, :type)", AttributeType{Number(1), "SS"});
    expect_tree("begins_with(a, :a)", BeginsWith{path("a"), "a"});
    expect_tree("contains(:a, a)", Contains{"a", path("a")});
    expect_tree("size(a) = :n", equal(SizeOf{path("a")}, Number(1)));
    // What is no call is an attribute.
    expect_tree("contains = attribute_exists", equal(path("contains"), path("attribute_exists")));
}

TEST(ParseCondition, ReadsPaths) {
    expect_tree("a.b[3].c_1[0][10] = :n", equal(path("a.b[3].c_1[0][10]"), Number(1)));
    expect_tree("a . b [ 3 ] = :n", equal(path("a.b[3]"), Number(1)));
    expect_tree("#a.#b[2147483647] = :n", equal(path("a.b[2147483647]"), Number(1)));
    // A placeholder is one name, whatever it holds.
    Path odd("x.y");
    odd.steps.emplace_back(std::string("abort"));
    expect_tree("#dotted.#reserved = :n", equal(odd, Number(1)));
}

TEST(ParseCondition, AndBindsStrongerThanOrAndNotStronger) {
    const auto a = equal(path("a"), Number(1));
    const auto b = equal(path("b"), Number(1));
    const auto c = equal(path("c"), Number(1));
    expect_tree("a = :n AND b = :n and c = :n", And{{a, b, c}});
    expect_tree("a = :n OR b = :n oR c = :n", Or{{a, b, c}});
    expect_tree("a = :n OR b = :n AND c = :n", Or{{a, And{{b, c}}}});
    expect_tree("a = :n AND b = :n OR c = :n", Or{{And{{a, b}}, c}});
    expect_tree("(a = :n OR b = :n) AND c = :n", And{{Or{{a, b}}, c}});
    expect_tree("a = :n AND (b = :n AND c = :n)", And{{a, And{{b, c}}}});
    expect_tree("NOT a = :n AND b = :n", And{{negation(a), b}});
    expect_tree("NOT (a = :n AND b = :n)", negation(And{{a, b}}));
    expect_tree("not NOT a = :n", negation(negation(a)));
    expect_tree("a BETWEEN b AND c AND a = :n", And{{Between{path("a"), path("b"), path("c")}, a}});
}

TEST(ParseCondition, SaysWhatItIs) {
    const std::pair<ConditionText, std::string> kinds[] = {
        {ConditionText::kCondition, "Invalid ConditionExpression: "},
        {ConditionText::kFilter, "Invalid FilterExpression: "},
        {ConditionText::kKeyCondition, "Invalid KeyConditionExpression: "}};
    for (const auto& [kind, prefix] : kinds) {
        Placeholders none;
        const auto error = [&](std::string_view text) {
            return parse_condition(text, kind, none).error().message;
        };
        EXPECT_EQ(error(""), prefix + "The expression can not be empty;");
        EXPECT_EQ(error("a"), prefix + "Syntax error; token: \"<EOF>\", near: \"a\"");
        EXPECT_EQ(error("a = :v"),
                  prefix +
                      "An expression attribute value used in expression is not defined; "
                      "attribute value: :v");
    }
}

TEST(ParseCondition, MarksWhatItUses) {
    auto placeholders =
        Placeholders::make(names_for_tests(), Placeholders::Values{{":a", "a"}, {":b", "b"}})
            .value();
    ASSERT_TRUE(
        parse_condition("#a = :a OR #b.#dotted = :a", ConditionText::kFilter, placeholders));
    EXPECT_EQ(placeholders.check_used().error().message,
              "Value provided in ExpressionAttributeNames unused in expressions: keys: "
              "{#reserved}");
    ASSERT_TRUE(parse_condition("#reserved = :b", ConditionText::kCondition, placeholders));
    EXPECT_TRUE(placeholders.check_used());
}

void expect_errors(std::span<const Case> cases) {
    for (const auto& [text, error] : cases) {
        EXPECT_EQ(error_of(text), error) << text;
    }
}

TEST(ParseCondition, RefusesWhatIsNoCondition) {
    const Case cases[] = {
        {"things are not ok", "Syntax error; token: \"are\", near: \"things are not\""},
        {"a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"a =", "Syntax error; token: \"<EOF>\", near: \"=\""},
        {"= :a", "Syntax error; token: \"=\", near: \"= :a\""},
        {"a = :a AND", "Syntax error; token: \"<EOF>\", near: \"AND\""},
        {"a = :a OR OR b = :a", "Syntax error; token: \"OR\", near: \"OR OR b\""},
        {"a = :a b", "Syntax error; token: \"b\", near: \":a b\""},
        {"a = :a)", "Syntax error; token: \")\", near: \":a)\""},
        {"(a = :a", "Syntax error; token: \"<EOF>\", near: \":a\""},
        {"(a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"((a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"()", "Syntax error; token: \")\", near: \"()\""},
        {"a = ()", "Syntax error; token: \")\", near: \"()\""},
        {"a > 4", "Syntax error; token: \"4\", near: \"> 4\""},
        {"a > between", "Syntax error; token: \"between\", near: \"> between\""},
        {"a between :a", "Syntax error; token: \"<EOF>\", near: \":a\""},
        {"a between :a or :z", "Syntax error; token: \"or\", near: \":a or :z\""},
        {"a between :a and", "Syntax error; token: \"<EOF>\", near: \"and\""},
        {"a in :a", "Syntax error; token: \":a\", near: \"in :a\""},
        {"a in ()", "Syntax error; token: \")\", near: \"()\""},
        {"a in (:a,)", "Syntax error; token: \")\", near: \",)\""},
        {"a in (:a :z)", "Syntax error; token: \":z\", near: \":a :z)\""},
        {"a in ((:a,:z))", "Syntax error; token: \",\", near: \":a,:z\""},
        {"attribute_exists(\"x\")", "Syntax error; token: \"\"\", near: \"(\"x\""},
        {"attribute_exists(a-b)", "Syntax error; token: \"-\", near: \"a-b\""},
        {"attribute_exists(a..b)", "Syntax error; token: \".\", near: \"..b\""},
        {"attribute_exists(a#b)", "Syntax error; token: \"#b\", near: \"a#b)\""},
        {"attribute_exists(a[b])", "Syntax error; token: \"b\", near: \"[b]\""},
        {"attribute_exists()", "Syntax error; token: \")\", near: \"()\""},
        {"contains(a :a)", "Syntax error; token: \":a\", near: \"a :a)\""},
        {"contains(a,", "Syntax error; token: \"<EOF>\", near: \",\""},
        {"a[4.5] = :a", "Syntax error; token: \".\", near: \"4.5\""},
        {"a[-1] = :a", "Syntax error; token: \"-\", near: \"[-1\""},
        {"a[01] = :a", "Syntax error; token: \"1\", near: \"01]\""},
        {"a[1 = :a", "Syntax error; token: \"=\", near: \"1 = :a\""},
        {"a[1]b = :a", "Syntax error; token: \"b\", near: \"]b =\""},
        {"a. = :a", "Syntax error; token: \"=\", near: \". = :a\""},
        {".a = :a", "Syntax error; token: \".\", near: \".a\""},
        {"a.1 = :a", "Syntax error; token: \"1\", near: \".1 =\""},
        {"_a = :a", "Syntax error; token: \"_\", near: \"_a\""},
        {"1a = :a", "Syntax error; token: \"1\", near: \"1a\""},
        {"# = :a", "Syntax error; token: \"#\", near: \"# =\""},
        {"a = :", "Syntax error; token: \":\", near: \"= :\""},
        {"a != :a", "Syntax error; token: \"!\", near: \"a !=\""},
        {"a == :a", "Syntax error; token: \"=\", near: \"== :a\""},
        {"a < > :a", "Syntax error; token: \">\", near: \"< > :a\""},
        {"a = b = c", "Syntax error; token: \"=\", near: \"b = c\""},
        {"a = @", "Syntax error; token: \"@\", near: \"= @\""},
        {"ü = :a", "Syntax error; token: \"ü\", near: \"ü =\""},
        {"a AND b = :a", "Syntax error; token: \"AND\", near: \"a AND b\""},
        {"(a) AND b = :a", "Syntax error; token: \"AND\", near: \") AND b\""},
        {"(a = :a) = :a", "Syntax error; token: \"=\", near: \") = :a\""},
        {"a = (b = :a)", "Syntax error; token: \"=\", near: \"b = :a\""},
        {"a.and = :a", "Syntax error; token: \"and\", near: \".and =\""},
        {"in = :a", "Syntax error; token: \"in\", near: \"in =\""},
        {"set = :a", "Syntax error; token: \"set\", near: \"set =\""},
        {"size(a).b = :a", "Syntax error; token: \".\", near: \").b\""},
        {"(a.b).c = :a", "Syntax error; token: \".\", near: \").c\""},
        {"NOT", "Syntax error; token: \"<EOF>\", near: \"NOT\""},
        {"a NOT b", "Syntax error; token: \"NOT\", near: \"a NOT b\""},
        {"a = NOT b", "Syntax error; token: \"NOT\", near: \"= NOT b\""},
        {"size(NOT a) = :n", "Syntax error; token: \"NOT\", near: \"(NOT a\""},
        {"a + b = :n", "Syntax error; token: \"+\", near: \"a + b\""},
        {"a = :a;", "Syntax error; token: \";\", near: \":a;\""},
        {" ", "Syntax error; token: \"<EOF>\", near: \" \""},
        {"  = a ", "Syntax error; token: \"=\", near: \"  = a\""},
        {"a = :a\\t= b", "Syntax error; token: \"\\\", near: \":a\\t\""},
    };
    expect_errors(cases);
}

TEST(ParseCondition, RefusesRedundantParentheses) {
    const Case cases[] = {
        {"((a = :a))", "The expression has redundant parentheses;"},
        {"a = ((b))", "The expression has redundant parentheses;"},
        {"((a)) = :a", "The expression has redundant parentheses;"},
        {"a between ((:a)) and :z", "The expression has redundant parentheses;"},
        {"a in (((:a)))", "The expression has redundant parentheses;"},
        {"size(((a))) = :n", "The expression has redundant parentheses;"},
        {"((attribute_exists(a)))", "The expression has redundant parentheses;"},
        {"NOT ((a = :a))", "The expression has redundant parentheses;"},
        {"a = :a AND ((b = :a OR c = :a))", "The expression has redundant parentheses;"},
        // A syntax error before them counts, one after them does not.
        {"((a", "Syntax error; token: \"<EOF>\", near: \"a\""},
        {"((a))", "Syntax error; token: \"<EOF>\", near: \")\""},
        {"((a)) b", "Syntax error; token: \"b\", near: \") b\""},
        {"(((a = :a))", "The expression has redundant parentheses;"},
        {"a = ((b)) )", "The expression has redundant parentheses;"},
        {"((a = :a)) )", "The expression has redundant parentheses;"},
        {"((attribute_exists(a))) b", "The expression has redundant parentheses;"},
        {"(((attribute_exists(a))) b", "Syntax error; token: \"b\", near: \") b\""},
        {"attribute_exists(((b)) c", "Syntax error; token: \"c\", near: \") c\""},
        // These are not redundant.
        {"(a = :a)", ""},
        {"((a) = (:a))", ""},
        {"((a = :a) AND b = :a)", ""},
        {"(((a) = :a) OR (NOT (b = :a)))", ""},
        {"contains((a), (:a))", ""},
    };
    expect_errors(cases);
}

TEST(ParseCondition, RefusesUnknownAndMisusedNames) {
    const Case cases[] = {
        {"unknown(a)", "Invalid function name; function: unknown"},
        {"Size(a) = :n", "Invalid function name; function: Size"},
        {"a = unknown(b)", "Invalid function name; function: unknown"},
        {"list_append(a, b)",
         "The function is not allowed in a condition expression; function: list_append"},
        {"if_not_exists(a, b) = :a",
         "The function is not allowed in a condition expression; function: if_not_exists"},
        {"size(a)",
         "The function is not allowed to be used this way in an expression; function: size"},
        {"NOT size(a)",
         "The function is not allowed to be used this way in an expression; function: size"},
        {"attribute_exists(a) = :bool",
         "The function is not allowed to be used this way in an expression; function: "
         "attribute_exists"},
        {"contains(a, :a) AND begins_with(b, :a) = :bool",
         "The function is not allowed to be used this way in an expression; function: begins_with"},
        {"size(contains(a, b)) = :n",
         "The function is not allowed to be used this way in an expression; function: contains"},
        {"a in (:a, attribute_exists(b))",
         "The function is not allowed to be used this way in an expression; function: "
         "attribute_exists"},
        {"abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
        {"a.Abort = :a", "Attribute name is a reserved keyword; reserved keyword: Abort"},
        {":a = yEaR", "Attribute name is a reserved keyword; reserved keyword: yEaR"},
        {"a[99999999999] = :a",
         "List index is not within the allowable range; index: [99999999999]"},
        {"a[2147483648] = :a", "List index is not within the allowable range; index: [2147483648]"},
        {"a[2147483647] = :a", ""},
        // The first in the text counts, before all that the expression means.
        {"unknown(abort)", "Invalid function name; function: unknown"},
        {"abort = unknown(b)", "Attribute name is a reserved keyword; reserved keyword: abort"},
        {"size(unknown(a))",
         "The function is not allowed to be used this way in an expression; function: size"},
        {"attribute_exists(abort) = :a",
         "The function is not allowed to be used this way in an expression; function: "
         "attribute_exists"},
        {"a[99999999999].abort = :a",
         "List index is not within the allowable range; index: [99999999999]"},
        {"abort[99999999999] = :a",
         "Attribute name is a reserved keyword; reserved keyword: abort"},
        {":undefined = :a AND unknown(a)", "Invalid function name; function: unknown"},
        {"a = a AND abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    };
    expect_errors(cases);
}

TEST(ParseCondition, RefusesWhatMeansNothing) {
    const Case cases[] = {
        {"#undefined = :a",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"a.#undefined = :a",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"a = :undefined",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":undefined"},
        {"begins_with(:undefined, #undefined)",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":undefined"},
        {"begins_with(#undefined, :undefined)",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"attribute_exists(a, b)",
         "Incorrect number of operands for operator or function; operator or function: "
         "attribute_exists, number of operands: 2"},
        {"attribute_type(a)",
         "Incorrect number of operands for operator or function; operator or function: "
         "attribute_type, number of operands: 1"},
        {"begins_with(a, b, c)",
         "Incorrect number of operands for operator or function; operator or function: "
         "begins_with, number of operands: 3"},
        {"size(a, b) = :n",
         "Incorrect number of operands for operator or function; operator or function: size, "
         "number of operands: 2"},
        {"attribute_exists(:a)",
         "Operator or function requires a document path; operator or function: attribute_exists"},
        {"attribute_exists(size(a))",
         "Operator or function requires a document path; operator or function: attribute_exists"},
        {"attribute_not_exists(:a)",
         "Operator or function requires a document path; operator or function: "
         "attribute_not_exists"},
        {"a = a",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: =, first operand: [a]"},
        {"#a <> a",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: <>, first operand: [a]"},
        {"a.b[1] < a.b[1]",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: <, first operand: [a, b, [1]]"},
        {"a between a and :z",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: BETWEEN, first operand: [a]"},
        {"a in (b, a)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: IN, first operand: [a]"},
        {"contains(a, #a)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: contains, first operand: [a]"},
        {"begins_with(a, a)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: begins_with, first operand: [a]"},
        {"attribute_type(a, a)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: attribute_type, first operand: [a]"},
        {"size(a) = size(a)", ""},
        {":a = :a", ""},
        {"a < :null",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "NULL"},
        {"a <= :bool",
         "Incorrect operand type for operator or function; operator or function: <=, operand type: "
         "BOOL"},
        {":list > a",
         "Incorrect operand type for operator or function; operator or function: >, operand type: "
         "L"},
        {"a >= :map",
         "Incorrect operand type for operator or function; operator or function: >=, operand type: "
         "M"},
        {"a < :ss",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "SS"},
        {"a < :ns",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "NS"},
        {"a < :bs",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "BS"},
        {"a < :a", ""},
        {"a = :null", ""},
        {"a between :list and :list",
         "Incorrect operand type for operator or function; operator or function: BETWEEN, operand "
         "type: L"},
        {"a between :a and :n",
         "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
         "operand: AttributeValue: {S:a}, upper bound operand: AttributeValue: {N:1}"},
        {"a between :z and :a",
         "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
         "lower bound operand: AttributeValue: {S:z}, upper bound operand: AttributeValue: {S:a}"},
        {"a between :a and :z", ""},
        {"a between :bin and :bin", ""},
        {":map between a and b",
         "Incorrect operand type for operator or function; operator or function: BETWEEN, operand "
         "type: M"},
        {"begins_with(a, :n)",
         "Incorrect operand type for operator or function; operator or function: begins_with, "
         "operand type: N"},
        {"begins_with(:null, a)",
         "Incorrect operand type for operator or function; operator or function: begins_with, "
         "operand type: NULL"},
        {"begins_with(a, size(b))",
         "Incorrect operand type for operator or function; operator or function: begins_with, "
         "operand type: N"},
        {"begins_with(a, :bin)", ""},
        {"attribute_type(a, :n)",
         "Incorrect operand type for operator or function; operator or function: attribute_type, "
         "operand type: N"},
        {"attribute_type(a, b)",
         "Incorrect operand type for operator or function; operator or function: attribute_type, "
         "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
        {"attribute_type(a, size(b))",
         "Incorrect operand type for operator or function; operator or function: attribute_type, "
         "operand type: N"},
        {"attribute_type(a, :a)",
         "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
        {"attribute_type(a, :type)", ""},
        {"attribute_type(:n, :type)", ""},
        {"size(:n) = :n",
         "Incorrect operand type for operator or function; operator or function: size, operand "
         "type: N"},
        {"size(:bool) = :n",
         "Incorrect operand type for operator or function; operator or function: size, operand "
         "type: BOOL"},
        {"size(:null) = :n",
         "Incorrect operand type for operator or function; operator or function: size, operand "
         "type: NULL"},
        {"size(size(a)) = :n",
         "Incorrect operand type for operator or function; operator or function: size, operand "
         "type: N"},
        {"size(:list) = :n", ""},
        {"contains(:n, :map)", ""},
        // The first one counts; operands come before what is made of them.
        {"begins_with(:n, #undefined)",
         "An expression attribute name used in the document path is not defined; attribute name: "
         "#undefined"},
        {"begins_with(size(a, b), :undefined)",
         "Incorrect number of operands for operator or function; operator or function: size, "
         "number of operands: 2"},
        {"attribute_exists(:a, b)",
         "Incorrect number of operands for operator or function; operator or function: "
         "attribute_exists, number of operands: 2"},
        {"a between a and :list",
         "Incorrect operand type for operator or function; operator or function: BETWEEN, operand "
         "type: L"},
        {"a = a AND b < :null",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: =, first operand: [a]"},
        {"b < :null AND a = a",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "NULL"},
        {"NOT (a = :undefined) OR begins_with(a, :n)",
         "An expression attribute value used in expression is not defined; attribute value: "
         ":undefined"},
    };
    expect_errors(cases);
}

// In the service's list, though DynamoDB Local takes them.
TEST(ParseCondition, RefusesSizeAsAName) {
    EXPECT_EQ(error_of("size = :n"),
              "Attribute name is a reserved keyword; reserved keyword: size");
    EXPECT_EQ(error_of("a.Convert = :n"),
              "Attribute name is a reserved keyword; reserved keyword: Convert");
}

TEST(ParseCondition, NoValueIsAName) {
    EXPECT_EQ(error_of("a.:n = :n"), "Syntax error; token: \":n\", near: \".:n =\"");
}

TEST(ParseCondition, TextHasFourKilobytes) {
    const std::string text = "a = :n";
    EXPECT_EQ(error_of(text + std::string(kExpressionBytesMax - text.size(), ' ')), "");
    EXPECT_EQ(error_of(text + std::string(kExpressionBytesMax - text.size() + 1, ' ')),
              "Expression size has exceeded the maximum allowed size; expression size: 4097");
}

TEST(ParseCondition, PathsHaveThirtyTwoSteps) {
    EXPECT_EQ(error_of("x" + repeated(".x", 31) + " = :n"), "");
    EXPECT_EQ(error_of("x" + repeated(".x", 32) + " = :n"),
              "The document path has too many nesting levels; nesting levels: 33");
    EXPECT_EQ(error_of("#undefined" + repeated("[0]", 33) + " = :n"),
              "The document path has too many nesting levels; nesting levels: 34");
}

TEST(ParseCondition, InTakesOneHundred) {
    EXPECT_EQ(error_of("a IN (:n" + repeated(",:n", 99) + ")"), "");
    EXPECT_EQ(error_of("a IN (:n" + repeated(",:n", 100) + ")"),
              "The IN operator is provided with too many operands; number of operands: 101");
}

TEST(ParseCondition, ThreeHundredOperatorsAreAllowed) {
    const std::string words = "The expression contains too many operators; operator count: 301";
    // 150 comparisons and 149 or 150 ORs.
    EXPECT_EQ(error_of("a=:n" + repeated(" OR a=:n", 149)), "");
    EXPECT_EQ(error_of("a=:n" + repeated(" OR a=:n", 150)), words);
    EXPECT_EQ(error_of(repeated("NOT ", 299) + "a=:n"), "");
    EXPECT_EQ(error_of(repeated("NOT ", 300) + "a=:n"), words);
    EXPECT_EQ(error_of(repeated("NOT ", 1000) + "a=:n"), words);
    EXPECT_EQ(error_of("size(a)=:n" + repeated(" OR size(a)=:n", 99)), "");
    EXPECT_EQ(error_of("size(a)=:n" + repeated(" OR size(a)=:n", 100)), words);
}

TEST(ParseCondition, NestingIsBoundedByTheOperators) {
    EXPECT_EQ(error_of(repeated("NOT (", 299) + "a=:n" + repeated(")", 299)), "");
    EXPECT_EQ(error_of(repeated("(a=:n AND ", 140) + "a=:n" + repeated(")", 140)), "");
    for (const auto times : {500, 2000}) {
        EXPECT_EQ(error_of(repeated("(", times) + "a=:n" + repeated(")", times)),
                  "The expression has redundant parentheses;");
        EXPECT_NE(error_of(repeated("(", times)), "");
        EXPECT_NE(error_of("a = " + repeated("(", times)), "");
        EXPECT_NE(error_of(repeated("f(", times)), "");
        EXPECT_NE(error_of(repeated("size(", times) + "a"), "");
    }
}

}  // namespace
}  // namespace meridian::expression
