// How long a write of this region takes to be seen in another one.
#pragma once

#include <string>

#include "base/clock.h"
#include "functions/health_check.h"
#include "store/table_store.h"

namespace meridian::cloud {

// Looks in the other region's tables for what this region's probe writes during the same check
// (RegionHealth's probedAt), until it is there or a second and a half has passed; the time is
// "replicationLagMs", Null where nothing of this region is there. It waits on the probe's thread.
// `there` and `clock` must outlive it.
[[nodiscard]] functions::MoreDetails replication_lag(const store::TableStore& there,
                                                     std::string here, const Clock& clock);

}  // namespace meridian::cloud
