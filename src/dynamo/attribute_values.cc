// Sources of the texts: the tests of the DynamoDB conformance suite and of dynalite, which ran
// against the service.
#include "dynamo/attribute_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dynamo/parameters.h"
#include "item/base64.h"
#include "item/number.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

using item::Value;

constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

std::unexpected<Failure> invalid(std::string_view what) {
    return validation(fmt::format("One or more parameter values were invalid: {}", what));
}

std::string bytes_of(const json::value& text) {
    return item::decode_base64(view(text.get_string())).value_or("");
}

bool is_type(std::string_view tag) {
    static constexpr std::array<std::string_view, 10> kTypes{"S",  "N", "M",  "L",    "BOOL",
                                                             "SS", "B", "NS", "NULL", "BS"};
    return std::ranges::find(kTypes, tag) != kTypes.end();
}

// The exponent that is written in a number; nothing: none is, or it is past 64 bits.
struct Exponent {
    bool written = false;
    std::optional<std::int64_t> value = std::nullopt;
};

Exponent exponent_of(std::string_view number) {
    const auto e = number.find_first_of("eE");
    if (e == std::string_view::npos) {
        return {};
    }
    auto digits = number.substr(e + 1);
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return {.written = true,
            .value = error == std::errc{} && end == digits.data() + digits.size()
                         ? std::optional(value)
                         : std::nullopt};
}

class Reader {
  public:
    explicit Reader(Wording wording) : wording_(wording) {}

    Outcome<Value> value(const json::value& json, int level) const {
        std::optional<Value> found;
        bool several = false;
        if (const auto* members = json.if_object()) {
            for (const auto& member : *members) {
                const auto tag = view(member.key());
                if (member.value().is_null() || !is_type(tag)) {
                    continue;
                }
                auto content = content_of(tag, member.value(), level);
                if (!content) {
                    return content;
                }
                several = found.has_value();
                found = *std::move(content);
            }
        }
        if (!found) {
            return validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported "
                "datatypes");
        }
        if (several) {
            return validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
                "of the supported datatypes");
        }
        return *std::move(found);
    }

    Outcome<item::Map> map(const json::object& members, int level) const {
        item::Map map;
        for (const auto& member : members) {
            auto content = value(member.value(), level + 1);
            if (!content) {
                return std::unexpected(std::move(content.error()));
            }
            map.insert_or_assign(std::string(view(member.key())), *std::move(content));
        }
        return map;
    }

  private:
    // ---- Numbers

    std::unexpected<Failure> no_number(std::string_view text) const {
        constexpr std::string_view kNoNumber =
            "The parameter cannot be converted to a numeric value";
        return validation(text.empty() && wording_ == Wording::kOlder
                              ? std::string(kNoNumber)
                              : fmt::format("{}: {}", kNoNumber, text));
    }

    Outcome<item::Number> number(std::string_view text) const {
        auto parsed = item::Number::parse(text);
        const bool is_number =
            parsed || !parsed.error().message.starts_with("The parameter cannot be converted");
        const auto exponent = is_number ? exponent_of(text) : Exponent{};
        if (!is_number || (exponent.written && !exponent.value)) {
            return no_number(text);
        }
        // There it is read as a Java BigDecimal, whose scale wraps.
        if (wording_ == Wording::kOlder && exponent.value == 2147483647) {
            return validation(std::string(kUnderflow));
        }
        if (!parsed) {
            return passed_on(std::move(parsed.error()));
        }
        return *std::move(parsed);
    }

    // ---- Sets

    static std::string as_sent(const json::array& elements) {
        std::string text = "[";
        for (const auto& element : elements) {
            text += text.size() > 1 ? ", " : "";
            text += view(element.get_string());
        }
        return text + "]";
    }

    // The current layer shows the elements before the repeated one in order.
    std::unexpected<Failure> duplicates(const json::array& elements, std::size_t repeated,
                                        bool binary) const {
        if (wording_ == Wording::kOlder) {
            return invalid(fmt::format("Input collection {}{}contains duplicates.",
                                       as_sent(elements), binary ? "of type BS " : " "));
        }
        std::vector<std::string> texts;
        for (const auto& element : elements) {
            texts.push_back(binary ? bytes_of(element) : std::string(view(element.get_string())));
        }
        std::ranges::sort(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(repeated));
        if (binary) {
            for (auto& text : texts) {
                std::string encoded;
                item::append_base64(text, encoded);
                text = std::move(encoded);
            }
        }
        return invalid(fmt::format("Input collection [\"{}\"]{}contains duplicates.",
                                   fmt::join(texts, binary ? "\",\"" : "\", \""),
                                   binary ? "of type BS " : " "));
    }

    Outcome<Value> string_set(const json::array& elements) const {
        item::StringSet set;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (!set.emplace(view(elements[i].get_string())).second) {
                return duplicates(elements, i, false);
            }
        }
        return set;
    }

    Outcome<Value> number_set(const json::array& elements) const {
        item::NumberSet set;
        bool repeated = false;
        for (const auto& element : elements) {
            auto read = number(view(element.get_string()));
            if (!read) {
                return std::unexpected(std::move(read.error()));
            }
            repeated = !set.insert(*std::move(read)).second || repeated;
        }
        if (!repeated) {
            return set;
        }
        return wording_ == Wording::kOlder ? validation("Input collection contains duplicates")
                                           : invalid("Input collection contains duplicates.");
    }

    Outcome<Value> binary_set(const json::array& elements) const {
        item::BinarySet set;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (!set.insert(item::Binary{bytes_of(elements[i])}).second) {
                return duplicates(elements, i, true);
            }
        }
        return set;
    }

    Outcome<Value> set(std::string_view tag, const json::array& elements) const {
        if (elements.empty()) {
            return invalid(tag == "SS"   ? "An string set  may not be empty"
                           : tag == "NS" ? "An number set  may not be empty"
                                         : "Binary sets should not be empty");
        }
        for (const auto& element : elements) {
            if (element.is_null()) {
                return invalid("An AttributeValue may not contain a null set member");
            }
        }
        return tag == "SS"   ? string_set(elements)
               : tag == "NS" ? number_set(elements)
                             : binary_set(elements);
    }

    // ---- Documents

    static Outcome<void> check_level(int level, bool empty) {
        return level < item::kNestingMax || empty
                   ? Outcome<void>{}
                   : Outcome<void>(validation(std::string(item::kTooDeep)));
    }

    Outcome<Value> list(const json::array& elements, int level) const {
        if (auto checked = check_level(level, elements.empty()); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        item::List list;
        list.reserve(elements.size());
        for (const auto& element : elements) {
            auto content = value(element, level + 1);
            if (!content) {
                return content;
            }
            list.push_back(*std::move(content));
        }
        return list;
    }

    Outcome<Value> document(const json::object& members, int level) const {
        if (auto checked = check_level(level, members.empty()); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        auto read = map(members, level);
        return read ? Outcome<Value>(*std::move(read)) : std::unexpected(std::move(read.error()));
    }

    Outcome<Value> content_of(std::string_view tag, const json::value& content, int level) const {
        if (tag == "S") {
            return Value(view(content.get_string()));
        }
        if (tag == "N") {
            auto read = number(view(content.get_string()));
            return read ? Outcome<Value>(*std::move(read))
                        : std::unexpected(std::move(read.error()));
        }
        if (tag == "M") {
            return document(content.get_object(), level);
        }
        if (tag == "L") {
            return list(content.get_array(), level);
        }
        if (tag == "BOOL") {
            return Value(content.get_bool());
        }
        if (tag == "NULL") {
            return Value(item::Null{});  // false, too: so do the service's newer regions
        }
        if (tag == "B") {
            return Value(item::Binary{bytes_of(content)});
        }
        return set(tag, content.get_array());
    }

    Wording wording_;
};

}  // namespace

Outcome<Value> value_of(const json::value& json, Wording wording) {
    return Reader(wording).value(json, 1);
}

Outcome<void> check_attribute_name(std::string_view name) {
    constexpr std::size_t kNameBytesMax = 65535;
    return name.size() <= kNameBytesMax
               ? Outcome<void>{}
               : Outcome<void>(
                     invalid(fmt::format("Attribute name is too large, must be less than {} bytes",
                                         kNameBytesMax + 1)));
}

Outcome<item::Map> attributes_of(const json::object& json, Wording wording) {
    for (const auto& member : json) {
        if (auto checked = check_attribute_name(view(member.key())); !checked) {
            return failed(checked);
        }
    }
    return Reader(wording).map(json, 0);
}

Outcome<std::vector<Value>> values_of(const json::array& json, Wording wording) {
    std::vector<Value> values;
    values.reserve(json.size());
    for (const auto& each : json) {
        auto value = value_of(each, wording);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        values.push_back(*std::move(value));
    }
    return values;
}

}  // namespace meridian::dynamo
