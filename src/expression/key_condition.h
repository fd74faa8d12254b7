// Conditions on key attributes: what a Query's KeyConditionExpression, or the older KeyConditions,
// may hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "item/key.h"
#include "item/value.h"

namespace meridian::expression {

// A condition on one attribute. `second` is read by kBetween only.
struct KeyCondition {
    enum class Op : std::uint8_t {
        kEqual,
        kLess,
        kLessOrEqual,
        kGreater,
        kGreaterOrEqual,
        kBetween,
        kBeginsWith,
        kNotIndexable  // of KeyConditions: what no key serves, such as CONTAINS
    };
    std::string attribute;
    Op op = Op::kEqual;
    item::Value first;
    item::Value second = item::Value{};
    friend bool operator==(const KeyCondition&, const KeyCondition&) = default;
};

// One per attribute, in the order of the text.
using KeyConditions = std::vector<KeyCondition>;

// Which items of a table or index a Query reads: one partition, all of it or a part.
struct KeyRange {
    item::Value partition;
    std::optional<KeyCondition> sort;
    friend bool operator==(const KeyRange&, const KeyRange&) = default;
};

// kInvalidInput, in the service's words: an operator that keys don't have, no key attribute or
// several in one condition, a nested attribute, two conditions on one attribute.
// REQUIRES: the condition was parsed as a key condition.
[[nodiscard]] Result<KeyConditions> key_conditions_of(const Condition& condition);

// The conditions against the key of what is queried. kInvalidInput, in the service's words: too
// many conditions, the partition key without an equality, an attribute that is not of the key, a
// value of another type, or empty, or too long.
[[nodiscard]] Result<KeyRange> match(const KeyConditions& conditions,
                                     const item::KeySchema& schema);

}  // namespace meridian::expression
