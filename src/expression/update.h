// Updates of an item, as one typed tree: what DynamoDB's update expressions mean.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "item/value.h"

namespace meridian::expression {

// if_not_exists(path, otherwise)
struct IfNotExists {
    Path path;
    item::Value otherwise;
};
using SetOperand = std::variant<Path, item::Value, IfNotExists>;

enum class SetOperator : std::uint8_t { kNone, kPlus, kMinus, kListAppend };

// SET path = left, left + right, left - right, or list_append(left, right).
struct Set {
    Path path;
    SetOperand left;
    SetOperator op = SetOperator::kNone;
    SetOperand right = item::Value{};  // read only when op needs it
};
// REMOVE path
struct Remove {
    Path path;
};
// ADD path value: adds a number, or the elements of a set.
struct Add {
    Path path;
    item::Value value;
};
// DELETE path value: takes the elements of a set out.
struct Delete {
    Path path;
    item::Value value;
};

struct Update {
    // Initialized, so that `Update{.removes = …}` compiles without warnings.
    std::vector<Set> sets = {};
    std::vector<Remove> removes = {};
    std::vector<Add> adds = {};
    std::vector<Delete> deletes = {};
};

// The item after the update. Every operand is read from the item as it was before, as in DynamoDB.
// An element set past the end of a list is appended; removing what is not there changes nothing.
//
// kInvalidInput says which path: an operand of the wrong type, a parent that does not exist (also
// of what is to be removed), paths that overlap (`a` and `a.b`), a number past 38 digits, nesting
// past the limit.
[[nodiscard]] Result<item::Item> apply(const Update& update, item::Item before);

}  // namespace meridian::expression
