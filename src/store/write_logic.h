// What one write makes of one item, whatever the tables are kept in.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "item/key.h"
#include "item/value.h"
#include "store/table_store.h"

namespace meridian::store {

// The key of the item that the write is about. kInvalidInput names the attribute.
[[nodiscard]] Result<item::Key> key_of_write(const item::KeySchema& schema, const Write& write);

// kInvalidInput, kTooLarge: no write may leave such an item.
[[nodiscard]] Result<void> check_item(const item::Item& item);

// The item as it is after the write, or nothing when there is none. A check gives the item back.
//
// kConditionFailed: the condition does not hold for `before` (nothing: the item does not exist).
// kInvalidInput: an update of a key attribute, an empty set, too deep a nesting, and what
// expression::apply refuses. kTooLarge: over item::kItemBytesMax, names included.
// REQUIRES: `key` is the write's.
[[nodiscard]] Result<Image> evaluate_write(const item::Key& key, Write write, const Image& before);

// One refusal for each of `count` writes.
[[nodiscard]] std::vector<WriteOutcome> refuse_all(std::size_t count, const Error& error);
// kOverloaded, for a queue that holds `writes_max`.
[[nodiscard]] Error queue_full(std::size_t writes_max);

}  // namespace meridian::store
