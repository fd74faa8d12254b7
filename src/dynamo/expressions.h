// The expressions of a request, and the older parameters in their place, as `expression`'s trees.
//
// An operation asks in the service's order: check_usage(), then what else it reads, then
// placeholders_of(), the expressions, and check_used() last. Errors are ValidationExceptions, in
// the wording of the operation's layer.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "dynamo/attribute_values.h"
#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/parse.h"
#include "expression/paths.h"
#include "expression/placeholders.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/key.h"

namespace meridian::dynamo {

// Which parameters go together. The lists are those that the operation knows, in the service's
// order: {"UpdateExpression", "ConditionExpression"}, {"AttributeUpdates", "Expected"}.
[[nodiscard]] Outcome<void> check_usage(const boost::json::object& parameters,
                                        std::span<const std::string_view> expressions,
                                        std::span<const std::string_view> legacy,
                                        Wording wording = Wording::kCurrent);

// ExpressionAttributeNames and ExpressionAttributeValues.
[[nodiscard]] Outcome<expression::Placeholders> placeholders_of(
    const boost::json::object& parameters, Wording wording = Wording::kCurrent);
[[nodiscard]] Outcome<void> check_used(const expression::Placeholders& placeholders);

// ConditionExpression, or Expected with ConditionalOperator; nothing: neither is given.
[[nodiscard]] Outcome<std::optional<expression::Condition>> condition_of(
    const boost::json::object& parameters, expression::Placeholders& placeholders,
    Wording wording = Wording::kCurrent);

// FilterExpression, or `legacy` ("QueryFilter", "ScanFilter") with ConditionalOperator.
[[nodiscard]] Outcome<std::optional<expression::Condition>> filter_of(
    const boost::json::object& parameters, std::string_view legacy,
    expression::Placeholders& placeholders, Wording wording = Wording::kCurrent);

// KeyConditionExpression, or KeyConditions; nothing: neither is given.
[[nodiscard]] Outcome<std::optional<expression::KeyConditions>> key_conditions_of(
    const boost::json::object& parameters, expression::Placeholders& placeholders,
    Wording wording = Wording::kCurrent);

// UpdateExpression, or AttributeUpdates; nothing: neither is given.
[[nodiscard]] Outcome<std::optional<expression::Update>> update_of(
    const boost::json::object& parameters, expression::Placeholders& placeholders,
    Wording wording = Wording::kCurrent);

// ProjectionExpression, or AttributesToGet; nothing: neither is given.
[[nodiscard]] Outcome<std::optional<expression::Projection>> projection_of(
    const boost::json::object& parameters, expression::Placeholders& placeholders);

// What the projection shows of the item, or all of it, as JSON.
void append_projected(const std::optional<expression::Projection>& projection,
                      const item::Item& item, std::string& out);

// None of the paths may lead into an attribute of the table's key, or of an index's.
[[nodiscard]] Outcome<void> check_scalar_keys(std::span<const expression::Path* const> paths,
                                              const TableDescription& table);
template <typename Tree>
[[nodiscard]] Outcome<void> check_paths(const std::optional<Tree>& tree,
                                        const TableDescription& table) {
    return tree ? check_scalar_keys(expression::paths_of(*tree), table) : Outcome<void>{};
}

}  // namespace meridian::dynamo
