// The texts are those that the DynamoDB conformance suite pins, which runs against the service.
#include "dynamo/attribute_values.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "item/json.h"

namespace meridian::dynamo {
namespace {

std::string read(const std::string& json, Wording wording = Wording::kCurrent) {
    const auto value = value_of(boost::json::parse(json, {}, {.max_depth = 1000}), wording);
    if (!value) {
        return value.error().message;
    }
    return item::to_dynamodb_json({{"v", *value}});
}

TEST(AttributeValues, OfEachType) {
    for (const auto* json :
         {R"({"S":"text"})", R"({"S":""})", R"({"N":"1.5"})", R"({"B":"AAE="})", R"({"B":""})",
          R"({"BOOL":false})", R"({"NULL":true})", R"({"SS":["","a"]})", R"({"NS":["1","2"]})",
          R"({"BS":["","AA=="]})", R"({"L":[]})", R"({"L":[{"S":"a"},{"N":"1"}]})", R"({"M":{}})",
          R"({"M":{"a":{"L":[{"M":{"b":{"S":"c"}}}]}}})"}) {
        EXPECT_EQ(read(json), R"({"v":)" + std::string(json) + "}");
    }
}

TEST(AttributeValues, NumbersAreNormalized) {
    EXPECT_EQ(read(R"({"N":"00042"})"), R"({"v":{"N":"42"}})");
    EXPECT_EQ(read(R"({"N":"1.5E2"})"), R"({"v":{"N":"150"}})");
    EXPECT_EQ(read(R"({"N":"-0"})"), R"({"v":{"N":"0"}})");
    for (const auto* zero : {"0e125", "0e1000", "0e-131"}) {
        EXPECT_EQ(read(std::string(R"({"N":")") + zero + R"("})"), R"({"v":{"N":"0"}})");
    }
}

TEST(AttributeValues, NoTypeOrSeveral) {
    const std::string empty =
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    const std::string several =
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes";
    EXPECT_EQ(read("{}"), empty);
    EXPECT_EQ(read("null"), empty);
    EXPECT_EQ(read(R"({"a":""})"), empty);
    EXPECT_EQ(read(R"({"S":null})"), empty);
    EXPECT_EQ(read(R"({"M":{"a":{}}})"), empty);
    EXPECT_EQ(read(R"({"L":[{}]})"), empty);
    EXPECT_EQ(read(R"({"S":"a","N":"1"})"), several);
    // What is wrong with one of them comes first.
    EXPECT_EQ(read(R"({"S":"a","N":"b"})"),
              "The parameter cannot be converted to a numeric value: b");
}

TEST(AttributeValues, NumbersOutOfRange) {
    const std::string over =
        "Number overflow. Attempting to store a number with magnitude larger than supported range";
    const std::string under =
        "Number underflow. Attempting to store a number with magnitude smaller than supported "
        "range";
    const std::string none = "The parameter cannot be converted to a numeric value: ";
    const struct {
        std::string number;
        std::string error;
    } cases[] = {
        {"1e126", over},
        {"-1e126", over},
        {"1e-131", under},
        {"1e99999999999", over},
        {"1e-99999999999", under},
        {"1e2147483647", over},
        {"1e9223372036854775808", none + "1e9223372036854775808"},
        {"abc", none + "abc"},
        {"", none},
        {" 1", none + " 1"},
        {"0x10", none + "0x10"},
        {"NaN", none + "NaN"},
        {"1e", none + "1e"},
        {"1234567890123456789012345678901234567890",
         "Attempting to store more than 38 significant digits in a Number"},
    };
    for (const auto& [number, error] : cases) {
        EXPECT_EQ(read(R"({"N":")" + number + R"("})"), error);
        EXPECT_EQ(read(R"({"NS":["1",")" + number + R"("]})"), error);
    }
}

TEST(AttributeValues, NumbersInTheOlderWording) {
    EXPECT_EQ(read(R"({"N":""})", Wording::kOlder),
              "The parameter cannot be converted to a numeric value");
    EXPECT_EQ(read(R"({"N":"1e2147483647"})", Wording::kOlder),
              "Number underflow. Attempting to store a number with magnitude smaller than "
              "supported range");
}

TEST(AttributeValues, Sets) {
    const std::string invalid = "One or more parameter values were invalid: ";
    const struct {
        std::string json;
        std::string current;
        std::string older;
    } cases[] = {
        {R"({"SS":[]})", "An string set  may not be empty", "An string set  may not be empty"},
        {R"({"NS":[]})", "An number set  may not be empty", "An number set  may not be empty"},
        {R"({"BS":[]})", "Binary sets should not be empty", "Binary sets should not be empty"},
        {R"({"SS":["b","a","b"]})", R"(Input collection ["a", "b", "b"] contains duplicates.)",
         "Input collection [b, a, b] contains duplicates."},
        {R"({"BS":["/w==","AA==","AA=="]})",
         R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)",
         "Input collection [/w==, AA==, AA==]of type BS contains duplicates."},
    };
    for (const auto& [json, current, older] : cases) {
        EXPECT_EQ(read(json), invalid + current);
        EXPECT_EQ(read(json, Wording::kOlder), invalid + older);
    }
    EXPECT_EQ(read(R"({"NS":["2","1","2.0"]})"), invalid + "Input collection contains duplicates.");
    EXPECT_EQ(read(R"({"NS":["2","1","2"]})", Wording::kOlder),
              "Input collection contains duplicates");
    EXPECT_EQ(read(R"({"NULL":false})"), R"({"v":{"NULL":true}})");
}

TEST(AttributeValues, Levels) {
    const auto nested = [](int maps) {
        std::string json = R"({"S":"leaf"})";
        for (int i = 0; i < maps; ++i) {
            json = R"({"M":{"n":)" + json + "}}";
        }
        return json;
    };
    EXPECT_EQ(read(nested(31)), R"({"v":)" + nested(31) + "}");
    EXPECT_EQ(read(nested(32)), std::string(item::kTooDeep));
    EXPECT_EQ(read(nested(100)), std::string(item::kTooDeep));
}

}  // namespace
}  // namespace meridian::dynamo
