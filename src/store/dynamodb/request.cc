#include "store/dynamodb/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "item/json.h"

namespace meridian::store::dynamodb {
namespace {

bool is_text(const item::Value& value) {
    if (const auto* text = value.as<std::string>()) {
        return item::is_utf8(*text);
    }
    if (const auto* list = value.as<item::List>()) {
        return std::ranges::all_of(*list, is_text);
    }
    if (const auto* map = value.as<item::Map>()) {
        return std::ranges::all_of(*map, [](const auto& member) {
            return item::is_utf8(member.first) && is_text(member.second);
        });
    }
    const auto* set = value.as<item::StringSet>();
    return set == nullptr || std::ranges::all_of(*set, item::is_utf8);
}

Error not_text(std::string_view what) {
    return {ErrorCode::kInvalidInput,
            fmt::format("{}: a string that is not UTF-8, which DynamoDB doesn't take; store it as "
                        "a binary",
                        what)};
}

Result<void> check_text(const item::Map& item) {
    for (const auto& [name, value] : item) {
        if (!item::is_utf8(name) || !is_text(value)) {
            return std::unexpected(
                not_text(item::is_utf8(name) ? std::string_view(name) : "an attribute's name"));
        }
    }
    return {};
}

}  // namespace

Result<void> append_item(const item::Map& item, std::string& out) {
    if (auto checked = check_text(item); !checked) {
        return checked;
    }
    item::append_dynamodb_json(item, out);
    return {};
}

void Request::begin(std::string_view name) {
    text_.append(text_.size() > 1 ? ",\"" : "\"").append(name).append("\":");
}

Request& Request::text(std::string_view name, std::string_view value) {
    begin(name);
    item::append_json_string(value, text_);
    return *this;
}

Request& Request::flag(std::string_view name, bool value) {
    return json(name, value ? "true" : "false");
}

Request& Request::number(std::string_view name, std::uint64_t value) {
    begin(name);
    fmt::format_to(std::back_inserter(text_), "{}", value);
    return *this;
}

Request& Request::json(std::string_view name, std::string_view value) {
    begin(name);
    text_.append(value);
    return *this;
}

Request& Request::attributes(std::string_view name, const item::Map& value) {
    begin(name);
    if (auto appended = append_item(value, text_); !appended && !error_) {
        error_ = std::move(appended).error();
    }
    return *this;
}

Request& Request::expression(std::string_view name, Result<std::string> rendered) {
    if (rendered) {
        return text(name, *rendered);
    }
    if (!error_) {
        error_ = std::move(rendered).error();
    }
    return *this;
}

Request& Request::placeholders(const expression::Renderer& renderer) {
    if (!renderer.names().empty()) {
        begin("ExpressionAttributeNames");
        std::string_view separator = "{";
        for (const auto& [placeholder, name] : renderer.names()) {
            text_.append(separator);
            item::append_json_string(placeholder, text_);
            text_.push_back(':');
            item::append_json_string(name, text_);
            if (!item::is_utf8(name) && !error_) {
                error_ = not_text("an attribute's name");
            }
            separator = ",";
        }
        text_.push_back('}');
    }
    return renderer.values().empty() ? *this
                                     : attributes("ExpressionAttributeValues", renderer.values());
}

Result<std::string> Request::take() && {
    if (error_) {
        return std::unexpected(*std::move(error_));
    }
    text_.push_back('}');
    return std::move(text_);
}

}  // namespace meridian::store::dynamodb
