#include "store/dynamodb/item_json.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "item/base64.h"

namespace meridian::store::dynamodb {

namespace json = boost::json;

using item::Value;

namespace {

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

std::unexpected<Error> no(std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("no {}", what));
}

Result<std::string> text_of(const json::value& json) {
    const auto* text = json.if_string();
    return text != nullptr ? Result<std::string>(std::string(view(*text))) : no("string");
}

Result<item::Number> number_of(const json::value& json) {
    const auto* text = json.if_string();
    return text != nullptr ? item::Number::parse(view(*text)) : no("string of digits");
}

Result<item::Binary> binary_of(const json::value& json) {
    const auto* text = json.if_string();
    auto bytes = text != nullptr ? item::decode_base64(view(*text)) : std::nullopt;
    return bytes ? Result<item::Binary>(item::Binary{*std::move(bytes)}) : no("base64 text");
}

template <typename T>
Result<Value> as_value(Result<T> read) {
    return read ? Result<Value>(*std::move(read)) : std::unexpected(std::move(read).error());
}

template <typename T>
Result<Value> set_of(const json::value& content, Result<T> (*read)(const json::value&)) {
    const auto* elements = content.if_array();
    if (elements == nullptr) {
        return no("array");
    }
    std::set<T> set;
    for (const auto& element : *elements) {
        auto one = read(element);
        if (!one) {
            return std::unexpected(std::move(one).error());
        }
        set.insert(*std::move(one));
    }
    return set;
}

Result<Value> list_of(const json::value& content) {
    const auto* elements = content.if_array();
    if (elements == nullptr) {
        return no("array");
    }
    item::List list;
    list.reserve(elements->size());
    for (const auto& element : *elements) {
        auto one = value_of(element);
        if (!one) {
            return one;
        }
        list.push_back(*std::move(one));
    }
    return list;
}

Result<Value> content_of(std::string_view tag, const json::value& content) {
    if (tag == "S") {
        return as_value(text_of(content));
    }
    if (tag == "N") {
        return as_value(number_of(content));
    }
    if (tag == "M") {
        return as_value(item_of(content));
    }
    if (tag == "L") {
        return list_of(content);
    }
    if (tag == "BOOL") {
        return content.is_bool() ? Result<Value>(content.get_bool()) : no("true or false");
    }
    if (tag == "NULL") {
        return Value(item::Null{});
    }
    if (tag == "B") {
        return as_value(binary_of(content));
    }
    if (tag == "SS") {
        return set_of<std::string>(content, text_of);
    }
    if (tag == "NS") {
        return set_of<item::Number>(content, number_of);
    }
    return tag == "BS" ? set_of<item::Binary>(content, binary_of) : no("type of DynamoDB's");
}

}  // namespace

Result<Value> value_of(const json::value& json) {
    const auto* typed = json.if_object();
    if (typed == nullptr || typed->size() != 1) {
        return no("attribute value");
    }
    return content_of(view(typed->begin()->key()), typed->begin()->value());
}

Result<item::Item> item_of(const json::value& json) {
    const auto* members = json.if_object();
    if (members == nullptr) {
        return no("object");
    }
    item::Item item;
    for (const auto& member : *members) {
        auto value = value_of(member.value());
        if (!value) {
            return fail_within(view(member.key()), std::move(value).error());
        }
        item.insert_or_assign(std::string(view(member.key())), *std::move(value));
    }
    return item;
}

}  // namespace meridian::store::dynamodb
