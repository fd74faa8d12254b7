// The tables that Meridian keeps, by the names and keys that users of the original design already
// have.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::catalog {

inline constexpr std::string_view kRoutingTable = "GlobalCallRouting";  // phoneNumber + region
inline constexpr std::string_view kHoursTable = "BusinessHours";        // regionId
inline constexpr std::string_view kAgentsTable = "AgentSkills";         // agentId
inline constexpr std::string_view kRegionHealthTable = "RegionHealth";  // region + observer
inline constexpr std::string_view kHistoryTable = "ChangeHistory";      // entity + changeId

[[nodiscard]] const std::vector<store::TableSchema>& table_schemas();

// Creates those of the tables that the store hasn't.
[[nodiscard]] Result<void> create_tables(store::TableStore& store);

// Fills a store that nobody has written to with the original design's sample rule, agent and
// business hours. The items are older than any write of any region, and the same in all of them, so
// a region that starts with them takes nothing away from its peers. True: they were filled now.
[[nodiscard]] Result<bool> fill_with_sample_data(store::ReplicaStore& store);

}  // namespace meridian::catalog
