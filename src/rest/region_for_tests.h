// Everything that the management API needs, in memory, for tests and fuzzing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/adjustable_clock.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "catalog/live_catalog.h"
#include "catalog/tables.h"
#include "faults/switchboard.h"
#include "item/json.h"
#include "management/editor.h"
#include "proof/repairer.h"
#include "proof/store_source.h"
#include "rest/management_api.h"
#include "store/memory/memory_store.h"

namespace meridian::rest {

// The clock stands still at 2025-02-26T15:00:00Z. explain() answers what it was asked; the region
// is unhealthy.
class RegionInMemory {
  public:
    explicit RegionInMemory(std::string given = "us-east-1") : name(std::move(given)) {
        CHECK(catalog::create_tables(*store));
        faults.add_peer("eu-west-1");
        faults.add_peer("ap-southeast-1");
        live = *catalog::LiveCatalog::start(*store, clock);
        editor = std::make_unique<management::Editor>(
            *store, management::EditorOptions{{"us-east-1", "eu-west-1"}}, clock, random);
        api = std::make_unique<ManagementApi>(parts());
    }

    const std::string name;
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    SeededRandom random{name.size()};  // so that two regions make ids of their own
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock, name);
    proof::StoreSource hashes{*store,
                              [] { return std::vector<std::string>{"us-east-1", "eu-west-1"}; }};
    proof::Repairer repairer{*store, [] { return std::vector<proof::RepairPeer>{}; },
                             [] { return std::vector<replication::Heard>{}; }, clock};
    std::unique_ptr<catalog::LiveCatalog> live;
    std::unique_ptr<management::Editor> editor;
    AdjustableClock set_clock{clock};
    faults::Switchboard faults{set_clock};
    std::unique_ptr<ManagementApi> api;

    // For another API of the same region.
    ManagementParts parts() {
        return {.region = name,
                .regions = {"us-east-1", "eu-west-1"},
                .editor = *editor,
                .store = *store,
                .clock = clock,
                .snapshot = [this] { return live->snapshot(); },
                .explain =
                    [](std::string_view event, std::optional<Instant> at) {
                        return item::to_plain_json(
                            item::Map{{"event", event}, {"at", at ? format_instant(*at) : "now"}});
                    },
                .health = [] { return Health{503, R"({"us-east-1":{"status":"unhealthy"}})"}; },
                .list_regions =
                    [] { return item::List{item::Map{{"region", "us-east-1"}, {"self", true}}}; },
                .replica = &replica_,
                .faults = &faults};
    }

    ReplicaParts replica_{*store, hashes, repairer, [this] {
                              return std::vector<replication::Heard>{
                                  {name, "eu-west-1", hybrid_time_of(clock.now())}};
                          }};
};

}  // namespace meridian::rest
