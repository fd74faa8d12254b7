// Probes another region through its endpoint.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/region_client.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "functions/health_check.h"

namespace meridian::api {

// With what to ask now: they may change while the region runs. kConfiguration: there are none.
using OwnCredentials = std::function<Result<aws::Credentials>()>;

// Invokes HealthCheck there with {"scope":"local"}: a decision, a read and a write in that region.
// `clock` must outlive it.
[[nodiscard]] std::shared_ptr<functions::RegionProbe> make_peer_probe(RegionAddress address,
                                                                      OwnCredentials credentials,
                                                                      const Clock& clock);

}  // namespace meridian::api
