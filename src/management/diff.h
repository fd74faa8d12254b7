// What differs between two items, field by field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/value.h"

namespace meridian::management {

struct Difference {
    std::string pointer;                // JSON pointer to the field
    std::optional<item::Value> before;  // nothing: it was not there
    std::optional<item::Value> after;   // nothing: it is not there
};

// In the order of the pointers' fields; empty when the items are equal. A list is compared element
// by element, from its start. An absent item is an empty one.
[[nodiscard]] std::vector<Difference> diff(const item::Item& before, const item::Item& after);

}  // namespace meridian::management
