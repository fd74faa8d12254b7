// Sources of the texts and of their order: the tests of dynamodb-conformance, dynalite and
// scylladb's alternator, which ran against the service.
#include "dynamo/start_key.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "expression/condition.h"

namespace meridian::dynamo {
namespace {

using expression::KeyCondition;
using expression::KeyConditions;
using expression::KeyRange;
using Op = KeyCondition::Op;

constexpr std::string_view kInvalid = "The provided starting key is invalid";
constexpr std::string_view kMismatch = "The provided key element does not match the schema";

bool fits(const item::Value& value, item::KeyType type) {
    switch (type) {
        case item::KeyType::kString:
            return value.as<std::string>() != nullptr;
        case item::KeyType::kNumber:
            return value.as<item::Number>() != nullptr;
        case item::KeyType::kBinary:
            return value.as<item::Binary>() != nullptr;
    }
    return false;
}

std::size_t attributes_of(const ReadTarget& target) {
    std::set<std::string_view> names;
    for (const auto* key : {&target.table->key, &target.key()}) {
        names.insert(key->partition.name);
        if (key->sort) {
            names.insert(key->sort->name);
        }
    }
    return names.size();
}

Outcome<void> check_count(const item::Key& start_key, const ReadTarget& target) {
    return start_key.size() == attributes_of(target) ? Outcome<void>{}
                                                     : validation(std::string(kInvalid));
}

Outcome<void> check_named(const item::Key& start_key, const item::KeyAttribute& attribute) {
    return start_key.contains(attribute.name) ? Outcome<void>{} : validation(std::string(kInvalid));
}

Outcome<void> check_attribute(const item::Key& start_key, const item::KeyAttribute& attribute) {
    const auto* value = item::find(start_key, attribute.name);
    if (value == nullptr) {
        return validation(std::string(kInvalid));
    }
    return fits(*value, attribute.type) ? Outcome<void>{} : validation(std::string(kMismatch));
}

Outcome<void> check_table_key(const item::Key& start_key, const ReadTarget& target) {
    const auto& key = target.table->key;
    const auto has = [&start_key](const item::KeyAttribute& attribute) {
        const auto* value = item::find(start_key, attribute.name);
        return value != nullptr && fits(*value, attribute.type);
    };
    if (!has(key.partition) || (key.sort && !has(*key.sort))) {
        return validation(fmt::format("{}: {}", kInvalid, kMismatch));
    }
    // Empty or too long.
    for (const auto* schema : {&key, &target.key()}) {
        if (auto checked = item::key_of(*schema, start_key); !checked) {
            return validation(fmt::format("{}: {}", kInvalid, checked.error().message));
        }
    }
    return {};
}

bool starts_with(const item::Value& value, const item::Value& prefix) {
    if (const auto* text = value.as<std::string>()) {
        return text->starts_with(*prefix.as<std::string>());
    }
    return value.as<item::Binary>()->bytes.starts_with(prefix.as<item::Binary>()->bytes);
}

// REQUIRES: all values are of one type, and match() took the condition.
bool holds(const KeyCondition& condition, const item::Value& value) {
    const auto order = *expression::order(value, condition.first);
    switch (condition.op) {
        case Op::kEqual:
            return order == 0;
        case Op::kLess:
            return order < 0;
        case Op::kLessOrEqual:
            return order <= 0;
        case Op::kGreater:
            return order > 0;
        case Op::kGreaterOrEqual:
            return order >= 0;
        case Op::kBetween:
            return order >= 0 && *expression::order(value, condition.second) <= 0;
        case Op::kBeginsWith:
            return starts_with(value, condition.first);
        case Op::kNotIndexable:
            break;
    }
    return false;
}

Outcome<void> check_within(const item::Key& start_key, const KeyRange& range,
                           const item::KeySchema& schema) {
    const bool same_partition = *item::find(start_key, schema.partition.name) == range.partition;
    if (!range.sort) {
        return same_partition
                   ? Outcome<void>{}
                   : validation(
                         "The provided starting key is outside query boundaries based on provided "
                         "conditions");
    }
    if (!holds(*range.sort, *item::find(start_key, schema.sort->name))) {
        return validation("The provided starting key does not match the range key predicate");
    }
    return same_partition
               ? Outcome<void>{}
               : validation("The query can return at most one row and cannot be restarted");
}

// What is wrong with the partition's condition, apart from the sort key's.
Outcome<void> match_partition(const KeyConditions& conditions, const item::KeySchema& schema) {
    const std::size_t attributes = schema.sort ? 2 : 1;
    if (conditions.size() > attributes) {
        auto matched = expression::match(conditions, schema);
        return matched ? Outcome<void>{} : passed_on(std::move(matched.error()));
    }
    KeyConditions of_partition;
    for (const auto& condition : conditions) {
        if (condition.attribute == schema.partition.name) {
            of_partition.push_back(condition);
        }
    }
    auto matched =
        expression::match(of_partition, {.partition = schema.partition, .sort = std::nullopt});
    return matched ? Outcome<void>{} : passed_on(std::move(matched.error()));
}

}  // namespace

Outcome<KeyRange> match_from(const KeyConditions& conditions, const item::Key* start_key,
                             const ReadTarget& target) {
    const auto& schema = target.key();
    if (start_key != nullptr) {
        auto checked = check_count(*start_key, target);
        checked = checked ? check_attribute(*start_key, schema.partition) : checked;
        checked = checked ? match_partition(conditions, schema) : checked;
        checked = checked && schema.sort ? check_attribute(*start_key, *schema.sort) : checked;
        if (!checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    auto range = expression::match(conditions, schema);
    if (!range) {
        return passed_on(std::move(range.error()));
    }
    if (start_key != nullptr) {
        auto checked = check_table_key(*start_key, target);
        checked = checked ? check_within(*start_key, *range, schema) : checked;
        if (!checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    return *std::move(range);
}

Outcome<void> check_start_there(const item::Key& start_key, const ReadTarget& target) {
    const auto check = target.index != nullptr ? &check_attribute : &check_named;
    const auto& schema = target.key();
    auto checked = check_count(start_key, target);
    checked = checked ? check(start_key, schema.partition) : checked;
    return checked && schema.sort ? check(start_key, *schema.sort) : checked;
}

Outcome<void> check_start_in_table(const item::Key& start_key, const ReadTarget& target) {
    return check_table_key(start_key, target);
}

}  // namespace meridian::dynamo
