// Expressions from text: ConditionExpression, FilterExpression, KeyConditionExpression,
// UpdateExpression and ProjectionExpression become the module's trees.
//
// Parsers take bytes from outside: any text gives a tree or an error, in bounded stack. Errors are
// kInvalidInput with the service's own words, whole: "Invalid UpdateExpression: Syntax error; …".
// What a text has several faults of is reported in the service's order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "expression/condition.h"
#include "expression/placeholders.h"
#include "expression/projection.h"
#include "expression/update.h"

namespace meridian::expression {

// Developer guide, "Service, account, and table quotas" / Expression parameters.
inline constexpr std::size_t kExpressionBytesMax = 4096;

// One grammar; they differ in what the service calls them. What a key condition may hold is for
// key_conditions_of() (key_condition.h) to see, after all texts of a request were read.
enum class ConditionText : std::uint8_t { kCondition, kFilter, kKeyCondition };

// The tree passes validate(). Parsers mark in `placeholders` what they use.
[[nodiscard]] Result<Condition> parse_condition(std::string_view text, ConditionText kind,
                                                Placeholders& placeholders);
[[nodiscard]] Result<Update> parse_update(std::string_view text, Placeholders& placeholders);
[[nodiscard]] Result<Projection> parse_projection(std::string_view text,
                                                  Placeholders& placeholders);

}  // namespace meridian::expression
