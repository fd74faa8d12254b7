// Sources of the texts: the tests of dynalite and of the DynamoDB conformance suite, which ran
// against the service.
#include "dynamo/item_keys.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace meridian::dynamo {
namespace {

using item::KeyAttribute;
using item::KeySchema;

constexpr std::string_view kNoMatch = "The provided key element does not match the schema";

std::unexpected<Failure> invalid(std::string_view what) {
    return validation(fmt::format("One or more parameter values were invalid: {}", what));
}

bool has_type(const item::Value& value, item::KeyType type) {
    return item::type_name(value) == letter(type);
}

// Bytes of a string or a binary; nothing of a number.
std::optional<std::size_t> bytes_of(const item::Value& value) {
    if (const auto* text = value.as<std::string>()) {
        return text->size();
    }
    const auto* binary = value.as<item::Binary>();
    return binary != nullptr ? std::optional(binary->bytes.size()) : std::nullopt;
}

Outcome<void> check_not_empty(const std::string& name, const item::Value& value) {
    const auto empty = emptiness_of(value);
    return !empty ? Outcome<void>{}
                  : Outcome<void>(validation(fmt::format(
                        "One or more parameter values are not valid. {} Key: {}", *empty, name)));
}

enum class Role : std::uint8_t { kPartition, kSort };

Outcome<void> check_length(const item::Value& value, Role role) {
    const auto bytes = bytes_of(value).value_or(0);
    if (role == Role::kPartition && bytes > item::kPartitionKeyBytesMax) {
        return invalid(fmt::format("Size of hashkey has exceeded the maximum size limit of{} bytes",
                                   item::kPartitionKeyBytesMax));
    }
    if (role == Role::kSort && bytes > item::kSortKeyBytesMax) {
        return invalid(
            fmt::format("Aggregated size of all range keys has exceeded the size limit of {} bytes",
                        item::kSortKeyBytesMax));
    }
    return {};
}

// Calls check(attribute, role) for each attribute of the key, until one refuses.
template <typename Check>
Outcome<void> each_attribute(const KeySchema& key, Check check) {
    auto checked = check(key.partition, Role::kPartition);
    return checked && key.sort ? check(*key.sort, Role::kSort) : checked;
}

Outcome<void> check_values(const KeySchema& key, const item::Map& map) {
    auto checked = each_attribute(key, [&](const KeyAttribute& attribute, Role) {
        const auto* value = item::find(map, attribute.name);
        return value != nullptr ? check_not_empty(attribute.name, *value) : Outcome<void>{};
    });
    if (!checked) {
        return checked;
    }
    return each_attribute(key, [&](const KeyAttribute& attribute, Role role) {
        const auto* value = item::find(map, attribute.name);
        return value != nullptr ? check_length(*value, role) : Outcome<void>{};
    });
}

Outcome<void> check_index_types(const TableDescription& table, const item::Item& item) {
    return each_index_attribute(table, [&](const store::IndexSchema& index,
                                           const KeyAttribute& attribute) {
        const auto* value = item::find(item, attribute.name);
        return value == nullptr || has_type(*value, attribute.type)
                   ? Outcome<void>{}
                   : Outcome<void>(index_type_mismatch(index, attribute, item::type_name(*value)));
    });
}

}  // namespace

Outcome<void> check_key_schema(const TableDescription& table, const item::Map& key) {
    if (key.size() != (table.key.sort ? 2U : 1U)) {
        return validation(std::string(kNoMatch));
    }
    return each_attribute(table.key, [&](const KeyAttribute& attribute, Role) {
        const auto* value = item::find(key, attribute.name);
        return value != nullptr && has_type(*value, attribute.type)
                   ? Outcome<void>{}
                   : Outcome<void>(validation(std::string(kNoMatch)));
    });
}

Outcome<void> check_item_schema(const TableDescription& table, const item::Item& item) {
    auto checked =
        each_attribute(table.key, [&](const KeyAttribute& attribute, Role) -> Outcome<void> {
            const auto* value = item::find(item, attribute.name);
            if (value == nullptr) {
                return invalid(fmt::format("Missing the key {} in the item", attribute.name));
            }
            return has_type(*value, attribute.type)
                       ? Outcome<void>{}
                       : Outcome<void>(invalid(fmt::format(
                             "Type mismatch for key {} expected: {} actual: {}", attribute.name,
                             letter(attribute.type), item::type_name(*value))));
        });
    return checked ? check_index_types(table, item) : checked;
}

Outcome<void> check_key_values(const TableDescription& table, const item::Map& map) {
    return check_values(table.key, map);
}

Outcome<void> check_index_values(const TableDescription& table, const item::Item& item) {
    return each_index_attribute(
        table,
        [&](const store::IndexSchema& index, const KeyAttribute& attribute) -> Outcome<void> {
            const auto* value = item::find(item, attribute.name);
            if (value == nullptr) {
                return {};
            }
            if (const auto empty = emptiness_of(*value)) {
                return validation(fmt::format(
                    "One or more parameter values are not valid. A value specified for a secondary "
                    "index key is not supported. {} IndexName: {}, IndexKey: {}",
                    *empty, index.name, attribute.name));
            }
            return check_length(*value, attribute.name == index.key.partition.name
                                            ? Role::kPartition
                                            : Role::kSort);
        });
}

Outcome<void> check_key(const TableDescription& table, const item::Map& key) {
    auto checked = check_key_schema(table, key);
    return checked ? check_key_values(table, key) : checked;
}

Outcome<void> check_item_keys(const TableDescription& table, const item::Item& item) {
    if (auto checked = check_item_schema(table, item); !checked) {
        return checked;
    }
    if (auto checked = check_key_values(table, item); !checked) {
        return checked;
    }
    return check_index_values(table, item);
}

item::Key key_in(const KeySchema& key, const item::Item& item) {
    item::Key found{{key.partition.name, item.at(key.partition.name)}};
    if (key.sort) {
        found.emplace(key.sort->name, item.at(key.sort->name));
    }
    return found;
}

std::string_view letter(item::KeyType type) {
    switch (type) {
        case item::KeyType::kString:
            return "S";
        case item::KeyType::kNumber:
            return "N";
        case item::KeyType::kBinary:
            return "B";
    }
    return "";
}

std::unexpected<Failure> index_type_mismatch(const store::IndexSchema& index,
                                             const KeyAttribute& attribute,
                                             std::string_view actual) {
    return invalid(
        fmt::format("Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}",
                    attribute.name, letter(attribute.type), actual, index.name));
}

std::optional<std::string> emptiness_of(const item::Value& value) {
    if (bytes_of(value) != 0) {
        return std::nullopt;
    }
    return fmt::format("The AttributeValue for a key attribute cannot contain an empty {}value.",
                       value.as<std::string>() != nullptr ? "string " : "binary ");
}

Outcome<void> each_index_attribute(const TableDescription& table, const IndexCheck& check) {
    Outcome<void> first;
    std::string_view first_name;
    for (const auto& index : table.indexes) {
        auto checked = each_attribute(index.schema.key, [&](const KeyAttribute& attribute, Role) {
            return check(index.schema, attribute);
        });
        if (!checked && (first || index.schema.name < first_name)) {
            first = std::move(checked);
            first_name = index.schema.name;
        }
    }
    return first;
}

}  // namespace meridian::dynamo
