// The first check of a request: JSON types. The texts are the service's, as the tests of dynalite
// have them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <string>

#include "dynamo/parameters.h"
#include "dynamo/shape.h"
#include "item/base64.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::string_view kPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kStructureNotExpected =
    "Start of structure or map found where not expected";
constexpr std::string_view kNotParameterized =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

// Whether a value is a member of a structure, or one of a list or a map: the service's words
// differ.
enum class Place : std::uint8_t { kField, kElement };

std::unexpected<Failure> refused(std::string_view text) {
    return serialization(std::string(text));
}

std::string java_type(const Shape& shape) {
    switch (shape.kind) {
        case Kind::kString:
            return "java.lang.String";
        case Kind::kInteger:
            return "java.lang.Integer";
        case Kind::kLong:
            return "java.lang.Long";
        case Kind::kDouble:
            return "java.util.Date";
        case Kind::kBoolean:
            return "java.lang.Boolean";
        case Kind::kBlob:
            return "java.nio.ByteBuffer";
        case Kind::kList:
            return fmt::format("java.util.List<{}>", java_type(*shape.element));
        case Kind::kMap:
            return fmt::format("java.util.Map<java.lang.String, {}>", java_type(*shape.element));
        case Kind::kStructure:
        case Kind::kAttributeValue:
            return fmt::format("{}{}", kPackage, shape.type);
    }
    return {};
}

std::string_view simple_name(Kind kind) {
    switch (kind) {
        case Kind::kInteger:
            return "Integer";
        case Kind::kLong:
            return "Long";
        case Kind::kDouble:
            return "Date";
        case Kind::kBoolean:
            return "Boolean";
        default:
            return "String";
    }
}

std::string_view token(const json::value& value) {
    switch (value.kind()) {
        case json::kind::bool_:
            return value.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
        case json::kind::string:
            return "STRING_VALUE";
        case json::kind::double_:
            return "DECIMAL_VALUE";
        default:
            return "NUMBER_VALUE";
    }
}

Outcome<void> check_blob(const json::value& value) {
    const auto* text = value.if_string();
    if (text == nullptr) {
        return refused("only base-64-encoded strings are convertible to bytes");
    }
    if (text->size() % 4 != 0) {
        return refused(fmt::format(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}", text->size()));
    }
    const auto encoded = view(*text);
    const auto known = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/' || c == '=';
    };
    if (const auto* odd = std::ranges::find_if_not(encoded, known); odd != encoded.end()) {
        return refused(fmt::format("Invalid Base64 character: '{}'", *odd));
    }
    return item::decode_base64(encoded)
               ? Outcome<void>{}
               : refused("Invalid last non-pad Base64 character dectected");
}

Outcome<void> check_scalar(const json::value& value, const Shape& shape) {
    if (value.is_array()) {
        return refused(fmt::format("Unrecognized collection type class {}", java_type(shape)));
    }
    if (value.is_object()) {
        return refused(kStructureNotExpected);
    }
    const auto mismatch = [&] {
        return refused(
            fmt::format("{} cannot be converted to {}", token(value), simple_name(shape.kind)));
    };
    switch (shape.kind) {
        case Kind::kBlob:
            return check_blob(value);
        case Kind::kBoolean:
            if (value.is_string()) {
                return refused("Unexpected token received from parser");
            }
            return value.is_bool() ? Outcome<void>{} : mismatch();
        case Kind::kString:
            return value.is_string() ? Outcome<void>{} : mismatch();
        default:
            return value.is_number() ? Outcome<void>{} : mismatch();
    }
}

// Lists, maps and structures in place of each other, and scalars in place of them.
Outcome<void> check_container(const json::value& value, const Shape& shape, Place place) {
    const bool is_list = shape.kind == Kind::kList;
    if (is_list ? value.is_array() : value.is_object()) {
        return {};
    }
    if (value.is_object()) {
        return refused(kStructureNotExpected);
    }
    const bool is_structure = shape.kind == Kind::kStructure || shape.kind == Kind::kAttributeValue;
    if (value.is_array()) {
        return refused(fmt::format("Unrecognized collection type {}{}",
                                   is_structure ? "class " : "", java_type(shape)));
    }
    if (place == Place::kField) {
        return refused("Unexpected field type");
    }
    return refused(is_structure ? "Unexpected value type in payload" : kNotParameterized);
}

Outcome<void> check(const json::value& value, const Shape& shape, Place place);

Outcome<void> check_members(const json::object& all, std::span<const Member> members) {
    for (const auto& member : members) {
        if (const auto* value = find(all, member.name)) {
            if (auto checked = check(*value, *member.shape, Place::kField); !checked) {
                return checked;
            }
        }
    }
    return {};
}

constexpr Shape kBlobShape{.kind = Kind::kBlob};
constexpr Shape kTextList = list(kText);
constexpr Shape kBlobList = list(kBlobShape);
constexpr std::array kTypeMembers{
    Member{"S", &kText},        Member{"B", &kBlobShape}, Member{"N", &kText},
    Member{"BOOL", &kFlag},     Member{"NULL", &kFlag},   Member{"BS", &kBlobList},
    Member{"NS", &kTextList},   Member{"SS", &kTextList}, Member{"L", &kAttributeValueList},
    Member{"M", &kAttributeMap}};

// Attribute values are most of what requests hold: nearly all have one member.
Outcome<void> check_attribute_value(const json::object& all) {
    for (const auto& entry : all) {
        const auto tag = view(entry.key());
        const auto* type = std::ranges::find(kTypeMembers, tag, &Member::name);
        if (type != kTypeMembers.end() && !entry.value().is_null()) {
            if (auto checked = check(entry.value(), *type->shape, Place::kField); !checked) {
                return checked;
            }
        }
    }
    return {};
}

Outcome<void> check_elements(const json::value& value, const Shape& element) {
    if (const auto* map = value.if_object()) {
        for (const auto& entry : *map) {
            if (entry.value().is_null()) {
                continue;
            }
            if (auto checked = check(entry.value(), element, Place::kElement); !checked) {
                return checked;
            }
        }
        return {};
    }
    for (const auto& each : value.get_array()) {
        if (each.is_null()) {
            continue;
        }
        if (auto checked = check(each, element, Place::kElement); !checked) {
            return checked;
        }
    }
    return {};
}

// As deep as the JSON is nested, which Parameters bounds.
Outcome<void> check(const json::value& value, const Shape& shape, Place place) {
    switch (shape.kind) {
        case Kind::kList:
        case Kind::kMap:
        case Kind::kStructure:
        case Kind::kAttributeValue:
            break;
        default:
            return check_scalar(value, shape);
    }
    if (auto checked = check_container(value, shape, place); !checked) {
        return checked;
    }
    if (shape.kind == Kind::kAttributeValue) {
        return check_attribute_value(value.get_object());
    }
    return shape.kind == Kind::kStructure ? check_members(value.get_object(), shape.members)
                                          : check_elements(value, *shape.element);
}

}  // namespace

Outcome<void> check_types(const json::object& parameters, const Shape& shape) {
    return check_members(parameters, shape.members);
}

}  // namespace meridian::dynamo
