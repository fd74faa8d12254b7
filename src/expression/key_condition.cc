// Sources of the texts: DynamoDB Local 1.25; the tests of dynalite and of dynamodb-conformance,
// which ran against the service (the latter in 2026). Where they differ, the newest counts.
#include "expression/key_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace meridian::expression {

using item::Value;

namespace {

using Op = KeyCondition::Op;

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

std::unexpected<Error> invalid_operator(std::string_view name) {
    return invalid(fmt::format("Invalid operator used in KeyConditionExpression: {}", name));
}

std::unexpected<Error> key_comes_first(std::string_view name) {
    return invalid(
        fmt::format("Invalid condition in KeyConditionExpression: {} operator must have the key "
                    "attribute as its first operand",
                    name));
}

// Of a comparison that has the attribute on its right.
Comparison turned(Comparison comparison) {
    switch (comparison) {
        case Comparison::kLess:
            return Comparison::kGreater;
        case Comparison::kLessOrEqual:
            return Comparison::kGreaterOrEqual;
        case Comparison::kGreater:
            return Comparison::kLess;
        case Comparison::kGreaterOrEqual:
            return Comparison::kLessOrEqual;
        case Comparison::kEqual:
        case Comparison::kNotEqual:
            break;
    }
    return comparison;
}

Op op_of(Comparison comparison) {
    switch (comparison) {
        case Comparison::kEqual:
            return Op::kEqual;
        case Comparison::kLess:
            return Op::kLess;
        case Comparison::kLessOrEqual:
            return Op::kLessOrEqual;
        case Comparison::kGreater:
            return Op::kGreater;
        case Comparison::kGreaterOrEqual:
            return Op::kGreaterOrEqual;
        case Comparison::kNotEqual:
            break;
    }
    return Op::kNotIndexable;
}

// The one attribute that the operands name.
Result<std::string> attribute_of(std::initializer_list<const Operand*> operands) {
    const std::string* attribute = nullptr;
    for (const auto* operand : operands) {
        if (std::holds_alternative<SizeOf>(*operand)) {
            return invalid(
                "Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested "
                "operations");
        }
        const auto* path = std::get_if<Path>(operand);
        if (path != nullptr && attribute != nullptr) {
            return invalid(
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
                "condition");
        }
        if (path != nullptr && path->steps.size() > 1) {
            return invalid(
                "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on "
                "nested attributes");
        }
        attribute = path != nullptr ? &std::get<std::string>(path->steps.front()) : attribute;
    }
    return attribute != nullptr
               ? Result<std::string>(*attribute)
               : invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
}

const KeyCondition* find(const KeyConditions& conditions, std::string_view attribute) {
    const auto found = std::ranges::find(conditions, attribute, &KeyCondition::attribute);
    return found != conditions.end() ? &*found : nullptr;
}

// Reads a tree into the conditions, left to right.
class Collector {
  public:
    Result<void> operator()(const And& all) {
        Result<void> collected;
        for (auto it = all.all.begin(); collected && it != all.all.end(); ++it) {
            collected = std::visit(*this, it->variant());
        }
        return collected;
    }

    Result<void> operator()(const Compare& compare) {
        if (compare.comparison == Comparison::kNotEqual) {
            return invalid_operator("<>");
        }
        auto attribute = attribute_of({&compare.left, &compare.right});
        const auto* right = std::get_if<Value>(&compare.right);
        const auto* left = std::get_if<Value>(&compare.left);
        return right != nullptr
                   ? add(std::move(attribute), op_of(compare.comparison), right)
                   : add(std::move(attribute), op_of(turned(compare.comparison)), left);
    }

    Result<void> operator()(const Between& between) {
        if (std::holds_alternative<Value>(between.operand)) {
            return key_comes_first("BETWEEN");
        }
        return add(attribute_of({&between.operand, &between.low, &between.high}), Op::kBetween,
                   std::get_if<Value>(&between.low), std::get_if<Value>(&between.high));
    }

    Result<void> operator()(const BeginsWith& begins) {
        if (std::holds_alternative<Value>(begins.operand)) {
            return key_comes_first("begins_with");
        }
        return add(attribute_of({&begins.operand, &begins.prefix}), Op::kBeginsWith,
                   std::get_if<Value>(&begins.prefix));
    }

    Result<void> operator()(const Or&) { return invalid_operator("OR"); }
    Result<void> operator()(const Not&) { return invalid_operator("NOT"); }
    Result<void> operator()(const In&) { return invalid_operator("IN"); }
    Result<void> operator()(const AttributeExists&) { return invalid_operator("attribute_exists"); }
    Result<void> operator()(const AttributeNotExists&) {
        return invalid_operator("attribute_not_exists");
    }
    Result<void> operator()(const AttributeType&) { return invalid_operator("attribute_type"); }
    Result<void> operator()(const Contains&) { return invalid_operator("contains"); }

    KeyConditions conditions;

  private:
    // REQUIRES: where there is an attribute, the other operands are values.
    Result<void> add(Result<std::string> attribute, Op op, const Value* first,
                     const Value* second = nullptr) {
        if (!attribute) {
            return std::unexpected(std::move(attribute.error()));
        }
        if (find(conditions, *attribute) != nullptr) {
            return invalid(
                "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one "
                "condition per key");
        }
        conditions.push_back({.attribute = *std::move(attribute),
                              .op = op,
                              .first = *first,
                              .second = second != nullptr ? *second : Value{}});
        return {};
    }
};

std::string_view type_name(item::KeyType type) {
    return type == item::KeyType::kString ? "S" : type == item::KeyType::kNumber ? "N" : "B";
}

std::unexpected<Error> wrong_type() {
    return invalid(
        "One or more parameter values were invalid: Condition parameter type does not match schema "
        "type");
}

// A condition without a value (NULL, NOT_NULL) has no type to look at.
Result<void> check_operand(const KeyCondition& condition, item::KeyType type) {
    const bool has_value =
        condition.op != Op::kNotIndexable || condition.first.as<item::Null>() == nullptr;
    if (has_value && item::type_name(condition.first) != type_name(type)) {
        return wrong_type();
    }
    return condition.op != Op::kNotIndexable
               ? Result<void>{}
               : invalid("Attempted conditional constraint is not an indexable operation");
}

Result<void> check_partition(const KeyCondition* condition, const item::KeyAttribute& attribute) {
    if (condition == nullptr) {
        return invalid(
            fmt::format("Query condition missed key schema element: {}", attribute.name));
    }
    auto checked = check_operand(*condition, attribute.type);
    return checked && condition->op != Op::kEqual ? invalid("Query key condition not supported")
                                                  : checked;
}

Result<void> check_sort(const KeyCondition* condition, const item::KeyAttribute& attribute) {
    if (condition == nullptr) {
        return invalid(
            fmt::format("Query condition missed key schema element: {}", attribute.name));
    }
    return check_operand(*condition, attribute.type);
}

// Neither empty nor too long, as in the key of an item.
Result<void> check_lengths(const KeyRange& range, const item::KeySchema& schema) {
    item::Item key{{schema.partition.name, range.partition}};
    if (range.sort) {
        key.insert_or_assign(schema.sort->name, range.sort->first);
    }
    const item::KeySchema checked{.partition = schema.partition,
                                  .sort = range.sort ? schema.sort : std::nullopt};
    auto first = item::key_of(checked, key);
    if (first && range.sort && range.sort->op == Op::kBetween) {
        key.insert_or_assign(schema.sort->name, range.sort->second);
        first = item::key_of(checked, key);
    }
    return first ? Result<void>{} : std::unexpected(std::move(first.error()));
}

}  // namespace

Result<KeyConditions> key_conditions_of(const Condition& condition) {
    Collector collector;
    if (auto collected = std::visit(collector, condition.variant()); !collected) {
        return std::unexpected(std::move(collected.error()));
    }
    return std::move(collector.conditions);
}

Result<KeyRange> match(const KeyConditions& conditions, const item::KeySchema& schema) {
    const std::size_t attributes = schema.sort ? 2 : 1;
    if (conditions.size() > attributes) {
        return invalid(
            fmt::format("The number of query conditions ({}) exceeds the number of key attributes "
                        "defined in the schema ({})",
                        conditions.size(), attributes));
    }
    const auto* partition = find(conditions, schema.partition.name);
    if (auto checked = check_partition(partition, schema.partition); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    KeyRange range{.partition = partition->first, .sort = std::nullopt};
    if (conditions.size() == attributes && schema.sort) {
        const auto* sort = find(conditions, schema.sort->name);
        if (auto checked = check_sort(sort, *schema.sort); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
        range.sort = *sort;
    }
    auto checked = check_lengths(range, schema);
    return checked ? Result<KeyRange>(std::move(range))
                   : std::unexpected(std::move(checked.error()));
}

}  // namespace meridian::expression
