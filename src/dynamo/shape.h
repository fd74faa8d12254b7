// What an operation's parameters look like: JSON types and constraints, as one declarative tree,
// and what the service says when a request is otherwise.
//
//   constexpr std::array kMembers{Member{"TableName", &kTableNameOrArn, Need::kRequired},
//                                 Member{"Limit", &kLimit}};
//   constexpr Shape kParameters = structure("ScanInput", kMembers);
//
// Faults of type come before all others, and the first one is told; faults of constraints are told
// together, up to ten, in the order of the declaration. Members that no shape names are ignored,
// and null is as good as absent.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "dynamo/failure.h"

namespace meridian::dynamo {

struct Member;

enum class Kind : std::uint8_t {
    kString,
    kInteger,
    kLong,
    kDouble,  // timestamps too
    kBoolean,
    kBlob,
    kList,
    kMap,
    kStructure,
    kAttributeValue  // what it holds is for attribute_values.h to check
};

// Values that live as long as the program; made by the functions below.
struct Shape {
    Kind kind = Kind::kString;
    std::string_view type = {};  // a structure's, as the service calls it: "WriteRequest"
    // Characters of strings, elements of lists and maps.
    std::size_t length_min = 0;
    std::size_t length_max = std::numeric_limits<std::size_t>::max();
    std::int64_t value_min = std::numeric_limits<std::int64_t>::min();
    std::int64_t value_max = std::numeric_limits<std::int64_t>::max();
    std::string_view pattern = {};  // as the service shows it
    bool (*matches)(std::string_view) = nullptr;
    bool or_arn = false;                            // an ARN is exempt from length_max and pattern
    std::span<const std::string_view> values = {};  // of an enumeration, in the service's order
    // What is said of any other value than those, when nothing that is required is missing.
    std::string_view instead = {};
    // Lists and maps: of a wrong length the service says where it is, "RequestItems.NAME.member",
    // but doesn't show it.
    bool named = false;
    bool as_json = false;            // it is shown as the JSON that it is
    bool keys_checked_last = false;  // of maps: when nothing else is wrong
    const Shape* key = nullptr;      // of maps; null: any
    const Shape* element = nullptr;  // of lists and maps
    std::span<const Member> members = {};
};

enum class Need : std::uint8_t { kOptional, kRequired };
// Some faults are told alone, whatever else is wrong, but for what is required and missing.
// kBare: even without "1 validation error detected".
enum class Alone : std::uint8_t { kNo, kWhenEmpty, kWhenAbsent, kAlways, kBare };

struct Member {
    std::string_view name;  // "TableName"
    const Shape* shape;
    Need need = Need::kOptional;
    Alone alone = Alone::kNo;
};

// ---- Makers

struct Bounds {
    std::size_t min = 0;
    std::size_t max = std::numeric_limits<std::size_t>::max();
};

[[nodiscard]] constexpr Shape text(Bounds length = {}) {
    return {.length_min = length.min, .length_max = length.max};
}
[[nodiscard]] constexpr Shape one_of(std::span<const std::string_view> values,
                                     std::string_view instead = {}) {
    return {.values = values, .instead = instead};
}
[[nodiscard]] constexpr Shape integer(std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                      std::int64_t max = std::numeric_limits<std::int64_t>::max()) {
    return {.kind = Kind::kInteger, .value_min = min, .value_max = max};
}
[[nodiscard]] constexpr Shape long_integer(
    std::int64_t min = std::numeric_limits<std::int64_t>::min()) {
    return {.kind = Kind::kLong, .value_min = min};
}
[[nodiscard]] constexpr Shape list(const Shape& element, Bounds length = {}) {
    return {.kind = Kind::kList,
            .length_min = length.min,
            .length_max = length.max,
            .element = &element};
}
[[nodiscard]] constexpr Shape map(const Shape& element, Bounds length = {},
                                  const Shape* key = nullptr) {
    return {.kind = Kind::kMap,
            .length_min = length.min,
            .length_max = length.max,
            .key = key,
            .element = &element};
}
[[nodiscard]] constexpr Shape structure(std::string_view type, std::span<const Member> members) {
    return {.kind = Kind::kStructure, .type = type, .members = members};
}

// ---- Shapes that many operations share

inline constexpr Shape kText{};
inline constexpr Shape kFlag{.kind = Kind::kBoolean};
inline constexpr Shape kNumber{.kind = Kind::kDouble};
inline constexpr Shape kAttributeValue{.kind = Kind::kAttributeValue, .type = "AttributeValue"};
inline constexpr Shape kAttributeMap = map(kAttributeValue);
inline constexpr Shape kAttributeValueList = list(kAttributeValue);
inline constexpr Shape kNames = map(kText);  // ExpressionAttributeNames

// [a-zA-Z0-9_.-]+
[[nodiscard]] bool is_name(std::string_view text);
inline constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";
// What a new table, index or backup may be called.
inline constexpr Shape kNewName{
    .length_min = 3, .length_max = 255, .pattern = kNamePattern, .matches = &is_name};
// TableName of what works on an existing table: a name or an ARN.
inline constexpr Shape kTableNameOrArn{.length_min = 1,
                                       .length_max = 255,
                                       .pattern = kNamePattern,
                                       .matches = &is_name,
                                       .or_arn = true};
inline constexpr Member kTableNameMember{"TableName", &kTableNameOrArn, Need::kRequired,
                                         Alone::kWhenEmpty};
extern const Shape kReturnConsumedCapacity;
extern const Shape kReturnItemCollectionMetrics;
extern const Shape kReturnValues;
extern const Shape kReturnValuesOnConditionCheckFailure;
extern const Shape kConditionalOperator;
extern const Shape kExpected;         // map of ExpectedAttributeValue
extern const Shape kConditions;       // map of Condition: QueryFilter, ScanFilter, KeyConditions
extern const Shape kAttributesToGet;  // 1 to 255 names

// ---- Checks

// SerializationException for the first value of another JSON type.
[[nodiscard]] Outcome<void> check_types(const boost::json::object& parameters, const Shape& shape);
// ValidationException: "2 validation errors detected: …".
// REQUIRES: check_types() passes.
[[nodiscard]] Outcome<void> check_constraints(const boost::json::object& parameters,
                                              const Shape& shape);

}  // namespace meridian::dynamo
