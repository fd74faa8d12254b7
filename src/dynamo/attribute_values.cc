// Sources of the texts: the tests of dynalite and of the DynamoDB conformance suite, which ran
// against the service.
#include "dynamo/attribute_values.h"

#include <fmt/format.h>

#include <boost/json/value.hpp>
#include <set>
#include <utility>

#include "dynamo/parameters.h"
#include "item/base64.h"
#include "item/number.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

using item::Value;

std::unexpected<Failure> invalid(std::string_view what) {
    return validation(fmt::format("One or more parameter values were invalid: {}", what));
}

Outcome<Value> value_at(const json::value& json, int level);

Outcome<item::Number> number_of(std::string_view text) {
    auto number = item::Number::parse(text);
    if (number) {
        return *std::move(number);
    }
    // The whole text, which the module below doesn't show.
    constexpr std::string_view kNoNumber = "The parameter cannot be converted to a numeric value";
    if (number.error().message.starts_with(kNoNumber)) {
        return validation(text.empty() ? std::string(kNoNumber)
                                       : fmt::format("{}: {}", kNoNumber, text));
    }
    return passed_on(std::move(number.error()));
}

std::string bytes_of(const json::value& text) {
    return item::decode_base64(view(text.get_string())).value_or("");
}

std::string shown(const json::array& elements) {
    std::string text = "[";
    for (const auto& element : elements) {
        text += text.size() > 1 ? ", " : "";
        text += element.is_string() ? view(element.get_string()) : "null";
    }
    return text + "]";
}

Outcome<void> check_null_members(const json::array& elements) {
    for (const auto& element : elements) {
        if (element.is_null()) {
            return invalid("An AttributeValue may not contain a null or empty set member");
        }
    }
    return {};
}

Outcome<Value> string_set(const json::array& elements) {
    if (elements.empty()) {
        return invalid("An string set  may not be empty");
    }
    item::StringSet set;
    for (const auto& element : elements) {
        if (!set.emplace(view(element.get_string())).second) {
            return invalid(
                fmt::format("Input collection {} contains duplicates.", shown(elements)));
        }
    }
    return set;
}

Outcome<Value> number_set(const json::array& elements) {
    if (elements.empty()) {
        return invalid("An number set  may not be empty");
    }
    item::NumberSet set;
    bool duplicates = false;
    for (const auto& element : elements) {
        auto number = number_of(view(element.get_string()));
        if (!number) {
            return std::unexpected(std::move(number.error()));
        }
        duplicates = !set.insert(*std::move(number)).second || duplicates;
    }
    return duplicates ? Outcome<Value>(validation("Input collection contains duplicates"))
                      : Outcome<Value>(std::move(set));
}

Outcome<Value> binary_set(const json::array& elements) {
    if (elements.empty()) {
        return invalid("Binary sets should not be empty");
    }
    item::BinarySet set;
    for (const auto& element : elements) {
        if (!set.insert(item::Binary{bytes_of(element)}).second) {
            return invalid(
                fmt::format("Input collection {}of type BS contains duplicates.", shown(elements)));
        }
    }
    return set;
}

Outcome<Value> set_of(std::string_view tag, const json::array& elements) {
    if (auto checked = check_null_members(elements); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return tag == "SS"   ? string_set(elements)
           : tag == "NS" ? number_set(elements)
                         : binary_set(elements);
}

Outcome<void> check_level(int level, bool empty) {
    return level < item::kNestingMax || empty
               ? Outcome<void>{}
               : Outcome<void>(validation(std::string(item::kTooDeep)));
}

Outcome<Value> list_of(const json::array& elements, int level) {
    if (auto checked = check_level(level, elements.empty()); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    item::List list;
    list.reserve(elements.size());
    for (const auto& element : elements) {
        auto value = value_at(element, level + 1);
        if (!value) {
            return value;
        }
        list.push_back(*std::move(value));
    }
    return list;
}

Outcome<item::Map> map_of(const json::object& members, int level) {
    item::Map map;
    for (const auto& member : members) {
        auto value = value_at(member.value(), level + 1);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        map.insert_or_assign(std::string(view(member.key())), *std::move(value));
    }
    return map;
}

Outcome<Value> content_of(std::string_view tag, const json::value& content, int level) {
    if (tag == "S") {
        return Value(view(content.get_string()));
    }
    if (tag == "N") {
        auto number = number_of(view(content.get_string()));
        return number ? Outcome<Value>(*std::move(number))
                      : std::unexpected(std::move(number.error()));
    }
    if (tag == "M") {
        if (auto checked = check_level(level, content.get_object().empty()); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        auto map = map_of(content.get_object(), level);
        return map ? Outcome<Value>(*std::move(map)) : std::unexpected(std::move(map.error()));
    }
    if (tag == "L") {
        return list_of(content.get_array(), level);
    }
    if (tag == "BOOL") {
        return Value(content.get_bool());
    }
    if (tag == "NULL") {  // the service takes false too, and answers true
        return Value(item::Null{});
    }
    if (tag == "B") {
        return Value(item::Binary{bytes_of(content)});
    }
    return set_of(tag, content.get_array());
}

bool is_type(std::string_view tag) {
    static const std::set<std::string_view> kTypes{"S",  "N", "B", "SS",   "NS",
                                                   "BS", "M", "L", "NULL", "BOOL"};
    return kTypes.contains(tag);
}

Outcome<Value> value_at(const json::value& json, int level) {
    std::optional<Value> found;
    bool several = false;
    if (const auto* members = json.if_object()) {
        for (const auto& member : *members) {
            const auto tag = view(member.key());
            if (member.value().is_null() || !is_type(tag)) {
                continue;
            }
            auto value = content_of(tag, member.value(), level);
            if (!value) {
                return value;
            }
            several = found.has_value();
            found = *std::move(value);
        }
    }
    if (!found) {
        return validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported "
            "datatypes");
    }
    if (several) {
        return validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes");
    }
    return *std::move(found);
}

}  // namespace

Outcome<Value> value_of(const json::value& json) {
    return value_at(json, 1);
}

Outcome<item::Map> attributes_of(const json::object& json) {
    return map_of(json, 0);
}

Outcome<std::vector<Value>> values_of(const json::array& json) {
    std::vector<Value> values;
    values.reserve(json.size());
    for (const auto& each : json) {
        auto value = value_of(each);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        values.push_back(*std::move(value));
    }
    return values;
}

}  // namespace meridian::dynamo
