// One region's HTTP endpoint: who may ask, and who answers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/access_log.h"
#include "api/answer.h"
#include "api/cors.h"
#include "api/dynamo_door.h"
#include "api/event_hub.h"
#include "api/gate.h"
#include "api/lambda_invoke.h"
#include "api/metrics.h"
#include "api/peer_door.h"
#include "api/principals.h"
#include "api/workers.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "functions/function.h"
#include "net/http.h"
#include "rest/management_api.h"

namespace meridian::api {

// Everything must outlive the endpoint.
struct EndpointParts {
    std::string region;
    Principals& principals;
    std::vector<functions::Function*> functions;
    const rest::ManagementApi& management;
    Workers& workers;
    Metrics& metrics;
    std::function<Gauges()> gauges;
    const Clock& clock;  // for measuring
    Cors cors = {};
    EventHub* events = nullptr;         // nobody is told of changes
    AccessLog* access_log = nullptr;    // none is kept
    PeerDoor* peers = nullptr;          // nobody may ask for changes
    dynamo::Service* dynamo = nullptr;  // DynamoDB's protocol isn't spoken
};

// Role: routes requests. /healthz and /metrics are open to this machine, and the preflight requests
// of allowed pages to all; everything else is signed (Signature Version 4), for the service whose
// path it is: Lambda's Invoke, DynamoDB, or the management API; peers ask for changes in a way of
// their own (peer_door.h). Signed requests go by their normalized path, because one signature
// covers every spelling of it. Threads: handle() from any thread; it doesn't block: what may wait
// is done by the workers, and refused when they have too much to do.
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
        OperationMetrics& healthz;
        OperationMetrics& metrics;
        OperationMetrics& preflight;
        OperationMetrics& replication;
        OperationMetrics& unknown;
    };
    // A request for the management API.
    struct Managed {
        const net::Request& request;
        std::string target;  // by its normalized path
        std::optional<std::string_view> operation;
        management::Caller caller;
    };

    [[nodiscard]] net::Response open_to_this_machine(const net::Request& request,
                                                     std::string_view path);
    void invoke(const net::Request& request, std::string_view path, Answer answer);
    void manage(const net::Request& request, std::string path, Answer answer);
    [[nodiscard]] net::Response listen(const net::Request& request,
                                       const management::Caller& caller);
    void post(Managed asked, Answer answer);
    [[nodiscard]] net::Response ask_management(const Managed& asked);

    EndpointParts parts_;
    AnswerPath answer_path_;
    Operations operations_;
    Gate gate_;
    LambdaInvoke lambda_;
    std::optional<DynamoDoor> dynamo_;
    LogLimit denials_;
};

}  // namespace meridian::api
