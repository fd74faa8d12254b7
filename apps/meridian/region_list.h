// The regions that a region process knows of, with where they are.
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

// rest::RegionList's, by addresses. Everything must outlive it. Threads: any; list() reads a table.
struct RegionList {
    const routing::Policy& policy;  // which regions there are, preferred ones first
    const store::TableStore& store;
    api::RegionAddress self;
    std::vector<api::RegionAddress> peers;

    [[nodiscard]] item::List list() const;
};

}  // namespace meridian::app
