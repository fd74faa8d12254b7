// Questions to the small HTTP services beside a machine or a container.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "aws/endpoint.h"
#include "aws/service_client.h"
#include "base/result.h"
#include "net/http.h"

namespace meridian::aws {

struct MetadataRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers = {};
};

// Role: asks one of them. Threads: one at a time.
class MetadataHttp {
  public:
    struct Patience {
        std::chrono::milliseconds timeout{1'000};  // of each attempt
        int attempts_max = 1;
    };
    MetadataHttp(Endpoint endpoint, std::string ca_file, ServiceTools tools);

    // Within the calling thread's deadline. After no answer, or a status of 500 or more, it asks
    // again. Not an error: a status. Errors: kUnavailable.
    [[nodiscard]] Result<net::Response> send(const MetadataRequest& request,
                                             const Patience& patience);

    [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  private:
    Endpoint endpoint_;
    std::string ca_file_;
    ServiceTools tools_;
};

}  // namespace meridian::aws
