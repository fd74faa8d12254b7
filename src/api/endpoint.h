// One region's HTTP endpoint: who may ask, and who answers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/lambda_invoke.h"
#include "api/metrics.h"
#include "api/workers.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "functions/function.h"
#include "functions/route_call.h"
#include "net/http.h"

namespace meridian::api {

// Everything must outlive the endpoint.
struct EndpointParts {
    std::string region;
    const aws::Verifier& verifier;
    functions::RouteCall& route_call;
    std::vector<functions::Function*> functions;  // route_call included
    Workers& workers;
    Metrics& metrics;
    std::function<Gauges()> gauges;
    const Clock& clock;  // for measuring, and for the instant that /explain takes as now
};

// Role: routes requests. /healthz and /metrics are open to this machine; everything else is signed
// (Signature Version 4). Threads: handle() from any thread; it doesn't block.
class Endpoint {
  public:
    explicit Endpoint(EndpointParts parts);

    void handle(const net::Request& request, net::Reply reply);

  private:
    [[nodiscard]] net::Response open_to_this_machine(const net::Request& request,
                                                     std::string_view path);
    void signed_request(const net::Request& request, std::string_view path, net::Reply reply);
    void invoke(const net::Request& request, std::string_view function, net::Reply reply);
    [[nodiscard]] net::Response explain(std::string_view body);
    [[nodiscard]] net::Reply measured(std::string_view operation, net::Reply reply);

    EndpointParts parts_;
    LambdaInvoke lambda_;
};

}  // namespace meridian::api
