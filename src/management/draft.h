// A body on its way to be a stored item.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "item/value.h"
#include "management/editor.h"
#include "management/entity.h"
#include "management/validation.h"

namespace meridian::management {

struct Draft {
    EntityId id;
    item::Item content;  // without version and lastUpdated, and without nulls at known fields
    std::optional<std::int64_t> version;  // the body's own
    std::vector<FieldError> warnings;
};

// Where `id` is given, the body's key attributes may be left out, and must agree with it otherwise.
[[nodiscard]] std::expected<Draft, Invalid> draft_of(Kind kind, const std::optional<EntityId>& id,
                                                     item::Value body,
                                                     const ValidationOptions& options);

// The item without what the server writes into it.
[[nodiscard]] item::Item content_of(item::Item item);
// Whether two items are the same but for what the server writes into them.
[[nodiscard]] bool same_content(const item::Item& a, const item::Item& b);

}  // namespace meridian::management
