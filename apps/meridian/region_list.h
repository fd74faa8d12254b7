// What GET /regions answers: the deployment's regions, as one of them sees them.
#pragma once

#include <string>
#include <vector>

#include "api/region_client.h"
#include "item/value.h"
#include "routing/decision.h"
#include "store/table_store.h"

namespace meridian::app {

// "https://127.0.0.1:7401".
[[nodiscard]] std::string url_of(const api::RegionAddress& address);

// Everything must outlive it. Threads: any; list() reads a table.
struct RegionList {
    const routing::Policy& policy;  // which regions there are, preferred ones first
    const store::TableStore& store;
    api::RegionAddress self;
    std::vector<api::RegionAddress> peers;

    // Maps: region; endpoint (null: not known); self; preference (from 1; null: not in
    // MERIDIAN_REGIONS); inService; health: what was seen last, {"status","observedAt"} (null: it
    // was not looked at yet, or cannot be read).
    [[nodiscard]] item::List list() const;
};

}  // namespace meridian::app
