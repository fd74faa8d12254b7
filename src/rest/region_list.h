// What GET /regions answers: the deployment's regions, as one of them sees them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "item/value.h"
#include "routing/decision.h"
#include "store/table_store.h"

namespace meridian::rest {

// Everything must outlive it. Threads: any; list() reads a table.
struct RegionList {
    const routing::Policy& policy;  // which regions there are, preferred ones first
    const store::TableStore& store;
    std::string self;
    std::vector<std::pair<std::string, std::string>> endpoints;  // region → URL, where known

    // Maps: region; endpoint (null: not known); self; preference (from 1; null: not in
    // MERIDIAN_REGIONS); inService; health: what was seen last, {"status","observedAt"} (null: it
    // was not looked at yet, or cannot be read).
    [[nodiscard]] item::List list() const;
};

}  // namespace meridian::rest
