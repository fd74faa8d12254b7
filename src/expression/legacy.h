// DynamoDB's parameters from before expressions, as the same trees: Expected, QueryFilter,
// ScanFilter (each with ConditionalOperator), KeyConditions, AttributeUpdates, AttributesToGet.
//
// Errors are kInvalidInput with the service's own words. That comparisons and actions are among the
// known ones is for the reader of the request to see first; here they are refused too.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/value.h"

namespace meridian::expression {

template <typename Content>
using ByAttribute = std::map<std::string, Content, std::less<>>;

// One condition of QueryFilter, ScanFilter or KeyConditions: ComparisonOperator and
// AttributeValueList.
struct LegacyCondition {
    std::string comparison;
    std::vector<item::Value> values;
};

// One condition of Expected, as given.
struct ExpectedValue {
    std::optional<item::Value> value = std::nullopt;
    std::optional<bool> exists = std::nullopt;
    std::optional<std::string> comparison = std::nullopt;
    std::optional<std::vector<item::Value>> values = std::nullopt;
};

// One of AttributeUpdates. Without an action it puts.
struct AttributeUpdate {
    std::optional<std::string> action = std::nullopt;
    std::optional<item::Value> value = std::nullopt;
};

// "AND" (as without it) or "OR".
using ConditionalOperator = std::optional<std::string>;

// Nothing when there are no conditions.
[[nodiscard]] Result<std::optional<Condition>> condition_of(const ByAttribute<ExpectedValue>& all,
                                                            const ConditionalOperator& join);
[[nodiscard]] Result<std::optional<Condition>> condition_of(const ByAttribute<LegacyCondition>& all,
                                                            const ConditionalOperator& join);
// Ready for match(), which sees what no key serves.
[[nodiscard]] Result<KeyConditions> key_conditions_of(const ByAttribute<LegacyCondition>& all);
[[nodiscard]] Result<Update> update_of(const ByAttribute<AttributeUpdate>& all);
[[nodiscard]] Result<Projection> projection_of(const std::vector<std::string>& attributes_to_get);

// A parameter that a request may have.
struct Parameter {
    std::string_view name;
    bool given = false;
};

// Which parameters of a request go together: not both expressions and what was before them (but
// KeyConditions with a FilterExpression), no placeholders without an expression that can use them.
// The lists hold the parameters that the operation knows, in the service's order.
[[nodiscard]] Result<void> check_parameters(std::span<const Parameter> expressions,
                                            std::span<const Parameter> legacy);
[[nodiscard]] Result<void> check_placeholders_usable(std::span<const Parameter> expressions,
                                                     const Parameter& names,
                                                     const Parameter& values);

}  // namespace meridian::expression
