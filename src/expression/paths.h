// The paths that a tree reads or changes, and what a table's key allows of them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/key.h"

namespace meridian::expression {

// Every path in the tree, which must outlive what is returned. REQUIRES: validate() takes the tree.
[[nodiscard]] std::vector<const Path*> paths_of(const Condition& condition);
[[nodiscard]] std::vector<const Path*> paths_of(const Update& update);
[[nodiscard]] std::vector<const Path*> paths_of(const Projection& projection);

// kInvalidInput, in the service's words: a path into a key attribute, which holds a scalar.
[[nodiscard]] Result<void> check_not_into_keys(std::span<const Path* const> paths,
                                               const item::KeySchema& schema);

// kInvalidInput, in the service's words: a key attribute in the filter of a Query, whose conditions
// on the key stand elsewhere. `parameter` is "Filter Expression" or "QueryFilter".
[[nodiscard]] Result<void> check_filter(const Condition& filter, const item::KeySchema& schema,
                                        std::string_view parameter);

}  // namespace meridian::expression
