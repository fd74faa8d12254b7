// How a change stands in ChangeHistory: the items that it is made of, and back. The attributes are
// history.h's; here is what stands beside an entry.
//
// A side ("before", "after") that would not fit into the entry stands in parts of its own: the
// bytes of item::encode() in pieces, under sort keys that follow the entry's at once. The entry
// then holds how many there are.
//   entity    S  the entry's
//   changeId  S  CHANGE#before#0, CHANGE#before#1, … CHANGE#after#0, …
//   bytes     B
//
// One more item an entity tells its last deletion, so that whoever creates it again can make sure
// to have seen it:
//   entity    S
//   changeId  S  "#", before all entries
//   deletedBy S  the id of that change
//   version   N  the one deleted; at S
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "management/history.h"

namespace meridian::management {

inline constexpr std::string_view kDeletionMark = "#";
inline constexpr std::string_view kDeletedBy = "deletedBy";

struct Deletion {
    std::string change_id;
    std::int64_t version = 0;
    Instant at;
};

enum class Side : std::uint8_t { kBefore, kAfter };

// The entry, then the parts of its large sides.
[[nodiscard]] std::vector<item::Item> encode_change(Change change);

// An entry as it is read: a side with parts is still absent from the change.
struct Entry {
    Change change;
    std::size_t before_parts = 0;
    std::size_t after_parts = 0;
};
// kCorruption names the attribute that is not of the format. Any item may be given.
[[nodiscard]] Result<Entry> decode_entry(item::Item item);

[[nodiscard]] item::Item encode_deletion(const EntityId& entity, const Deletion& deletion);
// kCorruption, as decode_entry().
[[nodiscard]] Result<Deletion> decode_deletion(item::Item mark);

// A change's id has the form of a ULID; parts and the deletion mark have others.
[[nodiscard]] bool is_change_id(std::string_view text);
// The change that an entry or a part (by its sort key) belongs to; empty for the deletion mark.
[[nodiscard]] std::string_view change_of(std::string_view sort_key);
[[nodiscard]] std::string part_key(std::string_view change_id, Side side, std::size_t part);
// kCorruption: the parts are not those of an item.
[[nodiscard]] Result<item::Item> join_parts(const std::vector<item::Item>& parts);

[[nodiscard]] item::Key history_key(const EntityId& entity, std::string_view sort_key);

}  // namespace meridian::management
