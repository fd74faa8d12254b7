// Limits: developer guide, "Service, account, and table quotas" / Expression parameters, and
// "Naming rules". The texts are those of DynamoDB Local 1.25.
#include "expression/placeholders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace meridian::expression {
namespace {

constexpr std::size_t kPlaceholderBytesMax = 255;
constexpr std::size_t kNameBytesMax = 65535;
constexpr std::size_t kValuesBytesMax = std::size_t{2} * 1024 * 1024;

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

bool is_placeholder(std::string_view key, char sign) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return key.size() > 1 && key.front() == sign && std::ranges::all_of(key.substr(1), is_part);
}

std::unexpected<Error> no_placeholder(std::string_view parameter, std::string_view key) {
    return invalid(
        fmt::format("{} contains invalid key: Syntax error; key: \"{}\"", parameter, key));
}

Result<void> check_name(std::string_view placeholder, std::string_view name) {
    if (!is_placeholder(placeholder, '#')) {
        return no_placeholder("ExpressionAttributeNames", placeholder);
    }
    if (placeholder.size() > kPlaceholderBytesMax) {
        return invalid(
            fmt::format("ExpressionAttributeNames contains invalid key: The expression attribute "
                        "map contains a key that is too long; size of key: {}",
                        placeholder.size()));
    }
    if (name.empty()) {
        return invalid(
            fmt::format("ExpressionAttributeNames contains invalid value: Empty attribute name "
                        "for key {}",
                        placeholder));
    }
    if (name.size() > kNameBytesMax) {
        return invalid(
            fmt::format("ExpressionAttributeNames contains invalid value: Attribute name is too "
                        "large, must be less than {} bytes for key {}",
                        kNameBytesMax + 1, placeholder));
    }
    return {};
}

template <typename Entries>
Result<void> check_all_used(const Entries& entries, std::string_view parameter) {
    std::vector<std::string_view> unused;
    for (const auto& [placeholder, entry] : entries) {
        if (!entry.used) {
            unused.emplace_back(placeholder);
        }
    }
    return unused.empty()
               ? Result<void>{}
               : invalid(fmt::format("Value provided in {} unused in expressions: keys: {{{}}}",
                                     parameter, fmt::join(unused, ", ")));
}

template <typename Entries>
auto use(Entries& entries, std::string_view placeholder) {
    const auto found = entries.find(placeholder);
    if (found == entries.end()) {
        return static_cast<decltype(&found->second.content)>(nullptr);
    }
    found->second.used = true;
    return &found->second.content;
}

}  // namespace

Result<void> check_value_placeholder(std::string_view placeholder) {
    if (!is_placeholder(placeholder, ':')) {
        return no_placeholder("ExpressionAttributeValues", placeholder);
    }
    return placeholder.size() <= kPlaceholderBytesMax
               ? Result<void>{}
               : invalid(
                     "ExpressionAttributeValues contains invalid key: The expression attribute "
                     "map contains a key that is too long;");
}

Result<Placeholders> Placeholders::make(std::optional<Names> names, std::optional<Values> values) {
    if (names && names->empty()) {
        return invalid("ExpressionAttributeNames must not be empty");
    }
    Placeholders made;
    auto given_names = std::move(names).value_or(Names{});
    for (auto& [placeholder, name] : given_names) {
        if (auto checked = check_name(placeholder, name); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        made.names_.emplace(placeholder, Entry<std::string>{std::move(name)});
    }
    if (values && values->empty()) {
        return invalid("ExpressionAttributeValues must not be empty");
    }
    std::size_t bytes = 0;
    auto given_values = std::move(values).value_or(Values{});
    for (auto& [placeholder, value] : given_values) {
        if (auto checked = check_value_placeholder(placeholder); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        bytes += size_bytes(value);
        made.values_.emplace(placeholder, Entry<item::Value>{std::move(value)});
    }
    return bytes <= kValuesBytesMax ? Result<Placeholders>(std::move(made))
                                    : invalid("ExpressionAttributeValues exceeds max size");
}

const std::string* Placeholders::use_name(std::string_view placeholder) {
    return use(names_, placeholder);
}

const item::Value* Placeholders::use_value(std::string_view placeholder) {
    return use(values_, placeholder);
}

Result<void> Placeholders::check_used() const {
    auto checked = check_all_used(names_, "ExpressionAttributeNames");
    return checked ? check_all_used(values_, "ExpressionAttributeValues") : checked;
}

}  // namespace meridian::expression
