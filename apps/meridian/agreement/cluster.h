// All regions of a deployment, each with a client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "manage/endpoint_options.h"
#include "manage/management_client.h"

namespace meridian::app {

struct Member {
    std::string region;
    std::unique_ptr<ManagementClient> client;
};

// Those that run from the data folder; with --endpoint, those that the one there knows, at the
// addresses that it says. `wanted`: only these; empty: all. kInvalidInput names those that there
// are; else as find_endpoint(). Not an error: a region that does not answer. `clock` must outlive
// them.
[[nodiscard]] Result<std::vector<Member>> members_of(const EndpointOptions& options,
                                                     const std::vector<std::string>& wanted,
                                                     const Clock& clock);

}  // namespace meridian::app
