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

// if_not_exists(path, otherwise): the first of the paths that exists, else `otherwise`, which must
// exist in any case. Several paths are calls within each other:
// if_not_exists(a, if_not_exists(b, otherwise)).
struct IfNotExists {
    IfNotExists(Path path, item::Value value)
        : paths{std::move(path)}, otherwise(std::move(value)) {}
    IfNotExists(std::vector<Path> all, std::variant<Path, item::Value> last)
        : paths(std::move(all)), otherwise(std::move(last)) {}

    std::vector<Path> paths;
    std::variant<Path, item::Value> otherwise;
    friend bool operator==(const IfNotExists&, const IfNotExists&) = default;
};
using SetOperand = std::variant<Path, item::Value, IfNotExists>;

enum class SetOperator : std::uint8_t { kNone, kPlus, kMinus, kListAppend };

// SET path = left, left + right, left - right, or list_append(left, right).
struct Set {
    Path path;
    SetOperand left;
    SetOperator op = SetOperator::kNone;
    SetOperand right = item::Value{};  // read only when op needs it
    friend bool operator==(const Set&, const Set&) = default;
};
// REMOVE path
struct Remove {
    Path path;
    friend bool operator==(const Remove&, const Remove&) = default;
};
// ADD path value: adds a number, or the elements of a set.
struct Add {
    Path path;
    item::Value value;
    friend bool operator==(const Add&, const Add&) = default;
};
// DELETE path value: takes the elements of a set out.
struct Delete {
    Path path;
    item::Value value;
    friend bool operator==(const Delete&, const Delete&) = default;
};

struct Update {
    // Initialized, so that `Update{.removes = …}` compiles without warnings.
    std::vector<Set> sets = {};
    std::vector<Remove> removes = {};
    std::vector<Add> adds = {};
    std::vector<Delete> deletes = {};
    friend bool operator==(const Update&, const Update&) = default;
};

// kInvalidInput, in the service's words, for an action that means nothing whatever the item is: a
// literal that its operator cannot take. (That paths do not overlap is for apply() to see.)
[[nodiscard]] Result<void> validate(const Set& set);
[[nodiscard]] Result<void> validate(const Add& add);
[[nodiscard]] Result<void> validate(const Delete& remove);

// The item after the update. Every operand is read from the item as it was before, as in DynamoDB.
// An element set past the end of a list is appended; removing what is not there changes nothing.
//
// kInvalidInput, in the service's words: an operand of the wrong type, a parent that does not exist
// (also of what is to be removed), paths that overlap (`a` and `a.b`), a number past 38 digits,
// nesting past the limit.
[[nodiscard]] Result<item::Item> apply(const Update& update, item::Item before);

}  // namespace meridian::expression
