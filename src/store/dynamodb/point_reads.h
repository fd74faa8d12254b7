// GetItem and BatchGetItem.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/dynamodb/link.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// What a batch may ask for at once.
inline constexpr std::size_t kBatchKeysMax = 100;

[[nodiscard]] Result<std::optional<item::Item>> get(const Link& link, const ItemRef& ref);

// In the order of the refs, of which several may be of one item. What the service leaves
// unprocessed is asked for again: at once when the answer was as large as one can be, else after a
// pause. kOverloaded: there was no time left for that.
[[nodiscard]] Result<std::vector<std::optional<item::Item>>> get_many(
    const Link& link, std::span<const ItemRef> refs);

}  // namespace meridian::store::dynamodb
