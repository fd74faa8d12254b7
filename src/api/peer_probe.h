// Probes another region through its endpoint.
#pragma once

#include <memory>

#include "api/region_client.h"
#include "functions/health_check.h"

namespace meridian::api {

// Invokes HealthCheck there with {"scope":"local"}: a decision, a read and a write in that region.
[[nodiscard]] std::shared_ptr<functions::RegionProbe> make_peer_probe(RegionClient client);

}  // namespace meridian::api
