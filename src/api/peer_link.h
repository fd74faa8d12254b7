// The way to a peer over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/peer_probe.h"
#include "api/region_client.h"
#include "base/random.h"
#include "replication/link.h"

namespace meridian::api {

// Who asks, and where it answers itself ("http://127.0.0.1:7402"; known once it listens).
struct AskingRegion {
    std::string region;
    std::function<std::string()> url;
};

// A link to the peer at `address`, on one connection that is kept. Both prove that they have the
// secret of `credentials` (peer_proof.h), which are asked for each time. `random` must outlive it.
[[nodiscard]] std::unique_ptr<replication::Link> make_peer_link(AskingRegion from,
                                                                RegionAddress address,
                                                                OwnCredentials credentials,
                                                                Random& random);

}  // namespace meridian::api
