// Calls of one service of AWS in one region: signed, over kept connections, made again when that
// is worth it. What the JSON services, STS and SNS have in common.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credential_provider.h"
#include "aws/endpoint.h"
#include "aws/json_service.h"
#include "aws/retry.h"
#include "aws/service_fault.h"
#include "base/clock.h"
#include "base/random.h"
#include "net/client_pool.h"

namespace meridian::aws {

// What a client takes from whoever makes it. `clock` and `random` must outlive the client; `random`
// is used by one thread at a time of one client.
struct ServiceTools {
    const Clock& clock;
    Random& random;
    Sleep sleep = system_sleep();
};

struct ServiceLimits {
    std::chrono::milliseconds call_timeout{15'000};  // all attempts, and the waits between them
    std::chrono::milliseconds attempt_timeout{5'000};
    std::chrono::milliseconds connect_timeout{1'000};
    RetryOptions retry = {};
    net::ClientPoolOptions pool = {};
};

struct ServiceIdentity {
    std::string title;         // for people: "DynamoDB"
    std::string signing_name;  // "dynamodb"
    std::string region;
    ServiceFault (*read_fault)(const net::Response&) = &read_json_fault;
};

struct ServiceRequest {
    std::string_view operation;  // for people
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

// Role: sends one service's requests. Threads: any; blocks until there is an answer, or the
// deadline (as JsonService). Errors: as JsonService; kConfiguration and others of the credentials;
// what the service's own errors come to (service_fault.h). A message names the service, the
// operation, the region and the host.
//
// A request refused for its time is sent again with the service's time, which is kept; one refused
// for its credentials, with newer ones, if there are any.
class ServiceClient {
  public:
    // `credentials`: null, nothing is signed. `ca_file`: PEM; empty: the system's.
    struct Route {
        Endpoint endpoint;
        std::string ca_file;
        std::shared_ptr<CredentialProvider> credentials;
    };
    ServiceClient(ServiceIdentity identity, Route route, ServiceTools tools,
                  ServiceLimits limits = {});

    [[nodiscard]] std::expected<std::string, ServiceError> call(const ServiceRequest& request);

  private:
    friend class ServiceCall;

    const ServiceIdentity identity_;
    const Route route_;
    const ServiceTools tools_;
    const ServiceLimits limits_;
    RetryPolicy retry_;
    net::ClientPool pool_;
    std::atomic<std::int64_t> clock_offset_ms_ = 0;  // the service's clock less ours
};

}  // namespace meridian::aws
