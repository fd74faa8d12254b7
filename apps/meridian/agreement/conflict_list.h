// The writes that lost, as all regions together know them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agreement/cluster.h"
#include "base/result.h"
#include "item/value.h"
#include "management/entity.h"

namespace meridian::app {

// One lost write: as the region tells it that saw the newest version kept.
struct LostWrite {
    std::string id;
    item::Map told;                    // as GET /conflicts has it
    std::vector<std::string> seen_in;  // by which regions
};

struct LostWrites {
    std::vector<LostWrite> writes;         // by the time of the lost write, the newest first
    std::vector<std::string> unreachable;  // "eu-west-1: why"
};

// Each once, however many regions found it. kUnavailable: no region could be asked.
[[nodiscard]] Result<LostWrites> read_conflicts(const std::vector<Member>& members,
                                                const std::string& table);

// The entity, where the table is of a kind that people manage.
[[nodiscard]] std::optional<management::EntityId> entity_of(const item::Map& conflict);

// The change of the entity's history that made the lost write; nothing: it has none, or it is not
// in the history that this region has.
[[nodiscard]] Result<std::optional<std::string>> change_of(ManagementClient& client,
                                                           const management::EntityId& id,
                                                           const item::Map& conflict);

}  // namespace meridian::app
