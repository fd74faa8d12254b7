// The texts of types are those of dynalite's tests, which ran against the service.
#include "dynamo/shape.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>

namespace meridian::dynamo {
namespace {

constexpr Shape kCount = integer(1, 10);
constexpr Shape kLongCount = long_integer();
constexpr Shape kBytes{.kind = Kind::kBlob};
constexpr Shape kTexts = list(kText, {.min = 1, .max = 2});
constexpr std::array<std::string_view, 2> kSides{"LEFT", "RIGHT"};
constexpr Shape kSide = one_of(kSides);
constexpr std::array kInnerMembers{Member{"Name", &kNewName, Need::kRequired},
                                   Member{"Side", &kSide}};
constexpr Shape kInner = structure("Inner", kInnerMembers);
constexpr Shape kInners = list(kInner);
constexpr Shape kInnersByName = map(kInners);
constexpr std::array kMembers{
    Member{"Text", &kText},           Member{"Count", &kCount},
    Member{"Long", &kLongCount},      Member{"Flag", &kFlag},
    Member{"Bytes", &kBytes},         Member{"Texts", &kTexts},
    Member{"Inner", &kInner},         Member{"Inners", &kInners},
    Member{"ByName", &kInnersByName}, Member{"Value", &kAttributeValue},
    Member{"Values", &kAttributeMap},
};
constexpr Shape kAll = structure("AllInput", kMembers);

std::string types(const std::string& json) {
    const auto checked = check_types(boost::json::parse(json).as_object(), kAll);
    if (checked) {
        return "";
    }
    EXPECT_EQ(checked.error().type, "SerializationException");
    return checked.error().message;
}

std::string constraints(const std::string& json, const Shape& shape = kAll) {
    const auto checked = check_constraints(boost::json::parse(json).as_object(), shape);
    return checked ? "" : checked.error().message;
}

TEST(ShapeTypes, Scalars) {
    const std::string no_map = "Start of structure or map found where not expected";
    const struct {
        std::string json;
        std::string error;
    } cases[] = {
        {R"({"Text":true})", "TRUE_VALUE cannot be converted to String"},
        {R"({"Text":false})", "FALSE_VALUE cannot be converted to String"},
        {R"({"Text":23})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Text":2147483648})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Text":34.56})", "DECIMAL_VALUE cannot be converted to String"},
        {R"({"Text":[]})", "Unrecognized collection type class java.lang.String"},
        {R"({"Text":{}})", no_map},
        {R"({"Flag":"23"})", "Unexpected token received from parser"},
        {R"({"Flag":23})", "NUMBER_VALUE cannot be converted to Boolean"},
        {R"({"Flag":34.56})", "DECIMAL_VALUE cannot be converted to Boolean"},
        {R"({"Flag":[]})", "Unrecognized collection type class java.lang.Boolean"},
        {R"({"Flag":{}})", no_map},
        {R"({"Count":"23"})", "STRING_VALUE cannot be converted to Integer"},
        {R"({"Count":true})", "TRUE_VALUE cannot be converted to Integer"},
        {R"({"Count":[]})", "Unrecognized collection type class java.lang.Integer"},
        {R"({"Long":"23"})", "STRING_VALUE cannot be converted to Long"},
        {R"({"Long":{}})", no_map},
        {R"({"Bytes":true})", "only base-64-encoded strings are convertible to bytes"},
        {R"({"Bytes":23})", "only base-64-encoded strings are convertible to bytes"},
        {R"({"Bytes":[]})", "Unrecognized collection type class java.nio.ByteBuffer"},
        {R"({"Bytes":"23456"})",
         "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {R"({"Bytes":"=+/="})", "Invalid last non-pad Base64 character dectected"},
        {R"({"Bytes":"+/+="})", "Invalid last non-pad Base64 character dectected"},
        {R"({"Text":"","Flag":true,"Count":5,"Long":9,"Bytes":"AA==","Other":[]})", ""},
        {R"({"Text":null,"Flag":null,"Inner":null,"Texts":[null]})", ""},
    };
    for (const auto& [json, error] : cases) {
        EXPECT_EQ(types(json), error) << json;
    }
}

TEST(ShapeTypes, Collections) {
    const std::string cast =
        "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to "
        "class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
        "java.lang.Class are in module java.base of loader 'bootstrap')";
    const std::string of = "Unrecognized collection type ";
    const std::string package = "com.amazonaws.dynamodb.v20120810.";
    const struct {
        std::string json;
        std::string error;
    } cases[] = {
        {R"({"Texts":"23"})", "Unexpected field type"},
        {R"({"Texts":{}})", "Start of structure or map found where not expected"},
        {R"({"Texts":[1]})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Values":23})", "Unexpected field type"},
        {R"({"Values":[]})", of + "java.util.Map<java.lang.String, " + package + "AttributeValue>"},
        {R"({"ByName":[]})",
         of + "java.util.Map<java.lang.String, java.util.List<" + package + "Inner>>"},
        {R"({"ByName":{"a":1}})", cast},
        {R"({"ByName":{"a":{}}})", "Start of structure or map found where not expected"},
        {R"({"ByName":{"a":[1]}})", "Unexpected value type in payload"},
        {R"({"Inner":1})", "Unexpected field type"},
        {R"({"Inner":[]})", of + "class " + package + "Inner"},
        {R"({"Inners":[[]]})", of + "class " + package + "Inner"},
        {R"({"Value":1})", "Unexpected field type"},
        {R"({"Values":{"a":1}})", "Unexpected value type in payload"},
        {R"({"Values":{"a":{"S":1}}})", "NUMBER_VALUE cannot be converted to String"},
        {R"({"Values":{"a":{"BOOL":"yes"}}})", "Unexpected token received from parser"},
        {R"({"Values":{"a":{"SS":"a"}}})", "Unexpected field type"},
        {R"({"Values":{"a":{"L":[{"M":{"b":{"BS":[1]}}}]}}})",
         "only base-64-encoded strings are convertible to bytes"},
        {R"({"Values":{"a":{"L":[1]}}})", "Unexpected value type in payload"},
    };
    for (const auto& [json, error] : cases) {
        EXPECT_EQ(types(json), error) << json;
    }
}

TEST(ShapeConstraints, AreToldTogether) {
    EXPECT_EQ(constraints(R"({"Count":0,"Texts":[]})"),
              "2 validation errors detected: Value '0' at 'count' failed to satisfy constraint: "
              "Member must have value greater than or equal to 1; Value '[]' at 'texts' failed to "
              "satisfy constraint: Member must have length greater than or equal to 1");
    EXPECT_EQ(constraints(R"({"Count":11,"Texts":["a","b","c"]})"),
              "2 validation errors detected: Value '11' at 'count' failed to satisfy constraint: "
              "Member must have value less than or equal to 10; Value '[a, b, c]' at 'texts' "
              "failed to satisfy constraint: Member must have length less than or equal to 2");
}

TEST(ShapeConstraints, WithinLists) {
    EXPECT_EQ(constraints(R"({"Inners":[{"Name":"good"},{"Side":"UP"},{"Name":"a;"}]})"),
              "4 validation errors detected: Value null at 'inners.2.member.name' failed to "
              "satisfy constraint: Member must not be null; Value 'UP' at 'inners.2.member.side' "
              "failed to satisfy constraint: Member must satisfy enum value set: [LEFT, RIGHT]; "
              "Value 'a;' at 'inners.3.member.name' failed to satisfy constraint: Member must "
              "satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at "
              "'inners.3.member.name' failed to satisfy constraint: Member must have length "
              "greater than or equal to 3");
    EXPECT_EQ(
        constraints(R"({"ByName":{"Here":[{"Side":"LEFT"}]}})"),
        "1 validation error detected: Value null at 'byName.Here.member.1.member.name' failed "
        "to satisfy constraint: Member must not be null");
}

TEST(ShapeConstraints, TenAreEnough) {
    std::string json = R"({"Inners":[)";
    for (int i = 0; i < 30; ++i) {
        json += i == 0 ? "{}" : ",{}";
    }
    EXPECT_TRUE(constraints(json + "]}").starts_with("10 validation errors detected: "));
}

TEST(ShapeConstraints, LengthsAreCharacters) {
    static constexpr Shape kShort = text({.max = 2});
    static constexpr std::array kShortMembers{Member{"Name", &kShort}};
    static constexpr Shape kShortInput = structure("ShortInput", kShortMembers);
    EXPECT_EQ(constraints(R"({"Name":"éé"})", kShortInput), "");
}

TEST(ShapeConstraints, ATablesName) {
    static constexpr std::array kTableMembers{kTableNameMember};
    constexpr Shape kTableInput = structure("TableInput", kTableMembers);
    EXPECT_EQ(constraints(R"({"TableName":"ab"})", kTableInput), "");
    EXPECT_EQ(constraints(R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/t"})",
                          kTableInput),
              "");
    EXPECT_EQ(constraints("{}", kTableInput),
              "1 validation error detected: Value null at 'tableName' failed to satisfy "
              "constraint: Member must not be null");
    EXPECT_EQ(constraints(R"({"TableName":""})", kTableInput),
              "1 validation error detected: Value at 'TableName' failed to satisfy constraint: "
              "Member must have length greater than or equal to 1");
    EXPECT_EQ(constraints(R"({"TableName":"bad table!@#"})", kTableInput),
              "1 validation error detected: Value 'bad table!@#' at 'tableName' failed to satisfy "
              "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    const std::string long_name(256, 'a');
    EXPECT_EQ(constraints(R"({"TableName":")" + long_name + R"("})", kTableInput),
              "1 validation error detected: Value '" + long_name +
                  "' at 'tableName' failed to satisfy constraint: Member must have length less "
                  "than or equal to 255");
}

TEST(ShapeText, AsJavaPrintsIt) {
    static constexpr Shape kFew = list(kInner, {.max = 1});
    static constexpr std::array kFewMembers{Member{"Few", &kFew}};
    constexpr Shape kFewInput = structure("FewInput", kFewMembers);
    EXPECT_EQ(constraints(R"({"Few":[{"Name":"abc","Side":"LEFT"},{"Name":"def"}]})", kFewInput),
              "1 validation error detected: Value '[Inner(name=abc, side=LEFT), Inner(name=def, "
              "side=null)]' at 'few' failed to satisfy constraint: Member must have length less "
              "than or equal to 1");
}

}  // namespace
}  // namespace meridian::dynamo
