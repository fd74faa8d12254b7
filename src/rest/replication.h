// How the regions hear of one another's changes.
#pragma once

#include <vector>

#include "item/value.h"
#include "replication/replicator.h"
#include "rest/call.h"

namespace meridian::rest {

// GET /replication: every link from a peer to this region.
[[nodiscard]] Answer get_replication(const Call& call);

// The same for HealthCheck's entry: "replicationLagMs", the longest that a change of any peer took
// or waits (null without peers), and "replication", by peer.
[[nodiscard]] item::Map replication_details(const std::vector<replication::LinkStatus>& links);

}  // namespace meridian::rest
