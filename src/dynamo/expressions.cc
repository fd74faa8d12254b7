#include "dynamo/expressions.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/attribute_values.h"
#include "dynamo/parameters.h"
#include "expression/legacy.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;
using expression::Placeholders;

namespace {

template <typename T>
Outcome<T> outcome_of(Result<T> result) {
    if (result) {
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return *std::move(result);
        }
    }
    return passed_on(std::move(result.error()));
}

// A tree of something that is given.
template <typename T>
Outcome<std::optional<T>> given(Result<T> result) {
    return result ? Outcome<std::optional<T>>(*std::move(result))
                  : passed_on(std::move(result.error()));
}

std::vector<expression::Parameter> given_of(const json::object& parameters,
                                            std::span<const std::string_view> names) {
    std::vector<expression::Parameter> given;
    given.reserve(names.size());
    for (const auto name : names) {
        given.push_back({.name = name, .given = has(parameters, name)});
    }
    return given;
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

expression::ConditionalOperator join_of(const json::object& parameters) {
    return owned(text_of(parameters, "ConditionalOperator"));
}

template <typename Content, typename Read>
Outcome<expression::ByAttribute<Content>> by_attribute(const json::object& all, Read read,
                                                       Wording wording) {
    expression::ByAttribute<Content> contents;
    for (const auto& entry : all) {
        if (auto checked = check_attribute_name(view(entry.key())); !checked) {
            return failed(checked);
        }
        const auto* one = entry.value().if_object();
        auto content = read(one != nullptr ? *one : json::object(), wording);
        if (!content) {
            return std::unexpected(std::move(content.error()));
        }
        contents.insert_or_assign(std::string(view(entry.key())), *std::move(content));
    }
    return contents;
}

Outcome<std::optional<item::Value>> optional_value(const json::object& all, std::string_view name,
                                                   Wording wording) {
    const auto* value = find(all, name);
    if (value == nullptr) {
        return std::nullopt;
    }
    auto read = value_of(*value, wording);
    return read ? Outcome<std::optional<item::Value>>(*std::move(read))
                : std::unexpected(std::move(read.error()));
}

Outcome<expression::ExpectedValue> expected_value(const json::object& all, Wording wording) {
    auto value = optional_value(all, "Value", wording);
    if (!value) {
        return std::unexpected(std::move(value.error()));
    }
    expression::ExpectedValue expected{.value = *std::move(value),
                                       .exists = flag_of(all, "Exists"),
                                       .comparison = owned(text_of(all, "ComparisonOperator"))};
    if (const auto* list = array_of(all, "AttributeValueList")) {
        auto values = values_of(*list, wording);
        if (!values) {
            return std::unexpected(std::move(values.error()));
        }
        expected.values = *std::move(values);
    }
    return expected;
}

Outcome<expression::LegacyCondition> legacy_condition(const json::object& all, Wording wording) {
    expression::LegacyCondition condition{
        .comparison = std::string(text_of(all, "ComparisonOperator").value_or("")), .values = {}};
    if (const auto* list = array_of(all, "AttributeValueList")) {
        auto values = values_of(*list, wording);
        if (!values) {
            return std::unexpected(std::move(values.error()));
        }
        condition.values = *std::move(values);
    }
    return condition;
}

Outcome<expression::AttributeUpdate> attribute_update(const json::object& all, Wording wording) {
    auto value = optional_value(all, "Value", wording);
    return value ? Outcome<expression::AttributeUpdate>(expression::AttributeUpdate{
                       .action = owned(text_of(all, "Action")), .value = *std::move(value)})
                 : std::unexpected(std::move(value.error()));
}

Outcome<std::optional<Placeholders::Values>> placeholder_values(const json::object& parameters,
                                                                Wording wording) {
    const auto* given_values = object_of(parameters, "ExpressionAttributeValues");
    if (given_values == nullptr) {
        return std::nullopt;
    }
    for (const auto& entry : *given_values) {
        if (auto checked = expression::check_value_placeholder(view(entry.key())); !checked) {
            return passed_on(std::move(checked.error()));
        }
    }
    Placeholders::Values values;
    for (const auto& entry : *given_values) {
        auto value = value_of(entry.value(), wording);
        if (!value) {
            auto& failure = value.error();
            if (wording == Wording::kOlder) {
                failure.message =
                    "ExpressionAttributeValues contains invalid value: " + failure.message +
                    " for key " + std::string(view(entry.key()));
            }
            return std::unexpected(std::move(failure));
        }
        values.insert_or_assign(std::string(view(entry.key())), *std::move(value));
    }
    return values;
}

// Conditions of a kind that takes ConditionalOperator.
template <typename Content, typename Read>
Outcome<std::optional<expression::Condition>> legacy_of(const json::object& parameters,
                                                        std::string_view name, Read read,
                                                        Wording wording) {
    const auto* all = object_of(parameters, name);
    auto conditions = by_attribute<Content>(all != nullptr ? *all : json::object(), read, wording);
    return conditions ? outcome_of(expression::condition_of(*conditions, join_of(parameters)))
                      : std::unexpected(std::move(conditions.error()));
}

}  // namespace

Outcome<void> check_usage(const json::object& parameters,
                          std::span<const std::string_view> expressions,
                          std::span<const std::string_view> legacy, Wording wording) {
    const auto newer = given_of(parameters, expressions);
    if (auto checked = expression::check_parameters(newer, given_of(parameters, legacy));
        !checked) {
        return passed_on(std::move(checked.error()));
    }
    auto checked = expression::check_placeholders_usable(
        newer, {"ExpressionAttributeNames", has(parameters, "ExpressionAttributeNames")},
        {"ExpressionAttributeValues", has(parameters, "ExpressionAttributeValues")});
    if (!checked && wording == Wording::kCurrent) {
        auto& message = checked.error().message;  // there it doesn't say which ones
        message.resize(std::min(message.size(), message.find(':')));
    }
    return outcome_of(std::move(checked));
}

Outcome<Placeholders> placeholders_of(const json::object& parameters, Wording wording) {
    std::optional<Placeholders::Names> names;
    if (const auto* given_names = object_of(parameters, "ExpressionAttributeNames")) {
        names.emplace();
        for (const auto& entry : *given_names) {
            const auto* name = entry.value().if_string();
            names->insert_or_assign(std::string(view(entry.key())),
                                    std::string(name != nullptr ? view(*name) : ""));
        }
    }
    // The names' faults come first.
    if (auto checked = names ? Placeholders::make(names, std::nullopt) : Placeholders(); !checked) {
        return passed_on(std::move(checked.error()));
    }
    auto values = placeholder_values(parameters, wording);
    if (!values) {
        return std::unexpected(std::move(values.error()));
    }
    return outcome_of(Placeholders::make(std::move(names), *std::move(values)));
}

Outcome<void> check_used(const Placeholders& placeholders) {
    return outcome_of(placeholders.check_used());
}

Outcome<std::optional<expression::Condition>> condition_of(const json::object& parameters,
                                                           Placeholders& placeholders,
                                                           Wording wording) {
    if (const auto text = text_of(parameters, "ConditionExpression")) {
        return given(expression::parse_condition(*text, expression::ConditionText::kCondition,
                                                 placeholders));
    }
    return legacy_of<expression::ExpectedValue>(parameters, "Expected", &expected_value, wording);
}

Outcome<std::optional<expression::Condition>> filter_of(const json::object& parameters,
                                                        std::string_view legacy,
                                                        Placeholders& placeholders,
                                                        Wording wording) {
    if (const auto text = text_of(parameters, "FilterExpression")) {
        return given(
            expression::parse_condition(*text, expression::ConditionText::kFilter, placeholders));
    }
    return legacy_of<expression::LegacyCondition>(parameters, legacy, &legacy_condition, wording);
}

Outcome<std::optional<expression::KeyConditions>> key_conditions_of(const json::object& parameters,
                                                                    Placeholders& placeholders,
                                                                    Wording wording) {
    if (const auto text = text_of(parameters, "KeyConditionExpression")) {
        auto condition = expression::parse_condition(
            *text, expression::ConditionText::kKeyCondition, placeholders);
        return condition ? given(expression::key_conditions_of(*condition))
                         : passed_on(std::move(condition.error()));
    }
    const auto* all = object_of(parameters, "KeyConditions");
    if (all == nullptr) {
        return std::nullopt;
    }
    auto conditions = by_attribute<expression::LegacyCondition>(*all, &legacy_condition, wording);
    return conditions ? given(expression::key_conditions_of(*conditions))
                      : std::unexpected(std::move(conditions.error()));
}

Outcome<std::optional<expression::Update>> update_of(const json::object& parameters,
                                                     Placeholders& placeholders, Wording wording) {
    if (const auto text = text_of(parameters, "UpdateExpression")) {
        return given(expression::parse_update(*text, placeholders));
    }
    const auto* all = object_of(parameters, "AttributeUpdates");
    if (all == nullptr) {
        return std::nullopt;
    }
    auto updates = by_attribute<expression::AttributeUpdate>(*all, &attribute_update, wording);
    return updates ? given(expression::update_of(*updates))
                   : std::unexpected(std::move(updates.error()));
}

Outcome<std::optional<expression::Projection>> projection_of(const json::object& parameters,
                                                             Placeholders& placeholders) {
    if (const auto text = text_of(parameters, "ProjectionExpression")) {
        return given(expression::parse_projection(*text, placeholders));
    }
    const auto* names = array_of(parameters, "AttributesToGet");
    if (names == nullptr) {
        return std::nullopt;
    }
    std::vector<std::string> attributes;
    attributes.reserve(names->size());
    for (const auto& name : *names) {
        if (auto checked = check_attribute_name(name.is_string() ? view(name.get_string()) : "");
            !checked) {
            return failed(checked);
        }
        attributes.emplace_back(name.is_string() ? view(name.get_string()) : "");
    }
    return given(expression::projection_of(attributes));
}

void append_projected(const std::optional<expression::Projection>& projection,
                      const item::Item& item, std::string& out) {
    if (projection) {
        item::append_dynamodb_json(expression::project(*projection, item), out);
    } else {
        item::append_dynamodb_json(item, out);
    }
}

Outcome<void> check_scalar_keys(std::span<const expression::Path* const> paths,
                                const TableDescription& table) {
    if (auto checked = expression::check_not_into_keys(paths, table.key); !checked) {
        return passed_on(std::move(checked.error()));
    }
    for (const auto& index : table.indexes) {
        // A path into the key reads the same of an index, but for what kind of key it is.
        if (auto checked = expression::check_not_into_keys(paths, index.schema.key); !checked) {
            auto text = std::move(checked.error().message);
            return validation(text.replace(text.rfind("Key: "), 0, "Index"));
        }
    }
    return {};
}

}  // namespace meridian::dynamo
