// One region's HTTP endpoint: who may ask, and who answers.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/lambda_invoke.h"
#include "api/measured_reply.h"
#include "api/metrics.h"
#include "api/workers.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "base/result.h"
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
    const Clock& clock;  // for measuring
};

// Role: routes requests. /healthz and /metrics are open to this machine; everything else is signed
// (Signature Version 4), for the service whose path it is. Signed requests go by their normalized
// path, because one signature covers every spelling of it. Threads: handle() from any thread; it
// doesn't block.
class Endpoint {
  public:
    explicit Endpoint(EndpointParts parts);

    void handle(const net::Request& request, net::Reply reply);

  private:
    // Where requests are counted, asked for once.
    struct Operations {
        explicit Operations(const EndpointParts& parts);
        std::map<const functions::Function*, OperationMetrics*> invoke;
        OperationMetrics& invoke_unknown;
        OperationMetrics& explain;
        OperationMetrics& healthz;
        OperationMetrics& metrics;
        OperationMetrics& unknown;
    };

    [[nodiscard]] MeasuredReply measured(OperationMetrics& operation, net::Reply reply) const;
    [[nodiscard]] net::Response open_to_this_machine(const net::Request& request,
                                                     std::string_view path);
    void invoke(const net::Request& request, std::string_view function, net::Reply reply);
    [[nodiscard]] net::Response answer_signed(const net::Request& request, std::string_view path);
    [[nodiscard]] Result<void> authenticate(const net::Request& request, std::string_view service);
    [[nodiscard]] net::Response explain(std::string_view body);

    EndpointParts parts_;
    Operations operations_;
    LambdaInvoke lambda_;
    LogLimit refusals_;
};

}  // namespace meridian::api
