// The history of each entity: every write as it was, who made it, when, from where and why.
//
// An entry is an item of ChangeHistory, written in the transaction of the change that it tells:
//   entity    S  to_text(EntityId)
//   changeId  S  ULID; entries of an entity ascend in the order of the changes
//   operation S  create | update | delete | restore
//   version   N  of the item after the change; of a delete: the one deleted
//   at        S  RFC 3339; requestId, reason, via S; who M {name, accessKeyId, role}; from S
//   before, after M  the items; a side that would not fit an item of ChangeHistory (150 KB, 31
//                    levels) stands in items of its own: see history_format.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "item/value.h"
#include "management/caller.h"
#include "management/entity.h"
#include "store/table_store.h"

namespace meridian::management {

enum class Operation : std::uint8_t { kCreate, kUpdate, kDelete, kRestore };
[[nodiscard]] std::string_view to_string(Operation operation);

struct Change {
    EntityId entity;
    std::string change_id;
    Operation operation = Operation::kUpdate;
    std::int64_t version = 0;
    Instant at;
    Caller who;
    std::string reason;  // empty: none was given
    std::string via;     // which door: "rest", "import", "lambda"
    std::optional<item::Item> before;
    std::optional<item::Item> after;
};

// The writes that record a change, for the change's own transaction: one, or some more for large
// items.
[[nodiscard]] std::vector<store::Write> history_writes(Change change);

struct HistoryPage {
    std::vector<Change> changes;
    std::string next;  // a change id to go on from; empty: this was the last page
};
struct HistoryQuery {
    EntityId entity;
    std::size_t limit = 50;        // a page also ends at 4 MB of items
    std::string start_after = {};  // a change id; empty: from the start
    bool newest_first = true;
};
// Not an error: an entity without history. kCorruption: an entry is not of this format.
[[nodiscard]] Result<HistoryPage> read_history(const store::TableStore& store,
                                               const HistoryQuery& query);
// The one that read_history() would list first. Not an error: there is none.
[[nodiscard]] Result<std::optional<Change>> newest_change(const store::TableStore& store,
                                                          const EntityId& entity);
// Not an error: no such change.
[[nodiscard]] Result<std::optional<Change>> find_change(const store::TableStore& store,
                                                        const EntityId& entity,
                                                        std::string_view change_id);

}  // namespace meridian::management
