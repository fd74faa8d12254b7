// Which attributes of an item a reader wants, as DynamoDB's projection expressions say it.
#pragma once

#include <vector>

#include "base/result.h"
#include "expression/condition.h"
#include "item/value.h"

namespace meridian::expression {

// Paths of which none overlaps or conflicts with another one.
struct Projection {
    std::vector<Path> paths;
    friend bool operator==(const Projection&, const Projection&) = default;
};

// kInvalidInput, in the service's words: no path, or paths that cannot stand together.
[[nodiscard]] Result<void> validate(const Projection& projection);

// The item with what the paths lead to, within the maps and lists that they lead through. Elements
// of a list keep their order, without gaps. Not an error: a path that leads to nothing.
// REQUIRES: the projection is valid.
[[nodiscard]] item::Item project(const Projection& projection, const item::Item& item);

}  // namespace meridian::expression
