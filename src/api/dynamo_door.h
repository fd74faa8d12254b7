// DynamoDB's door: POST / with X-Amz-Target, signed for the service dynamodb.
//
// Source: Amazon DynamoDB developer guide, "DynamoDB low-level API" (headers, X-Amz-Crc32).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "api/answer.h"
#include "api/gate.h"
#include "api/metrics.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "dynamo/service.h"
#include "management/caller.h"
#include "net/http.h"

namespace meridian::api {

// Whether the request is for DynamoDB, or its streams.
[[nodiscard]] bool is_for_dynamo(const net::Request& request);

// Who may: viewers read, editors write items, operators make backups, admins do all else (tables,
// indexes, tags, restoring).
[[nodiscard]] management::Role role_for(std::string_view operation);

// Role: authenticates a request, has the service answer it, and says it in the protocol's terms:
// JSON 1.0, its checksum, 400 for whatever the client did wrong. Ownership: all that it is made
// with must outlive it. Threads: any; it doesn't block.
class DynamoDoor {
  public:
    DynamoDoor(dynamo::Service& service, Gate& gate, Metrics& metrics, const Clock& clock);

    // REQUIRES: is_for_dynamo(request).
    void handle(const net::Request& request, Answer answer);

  private:
    dynamo::Service& service_;
    Gate& gate_;
    std::map<std::string_view, OperationMetrics*> operations_;
    OperationMetrics& unknown_;
    LogLimit denials_;
};

}  // namespace meridian::api
