// One service of AWS that speaks JSON (DynamoDB, Kinesis), as whoever calls it sees it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::aws {

// Why a call has no result.
struct ServiceError {
    Error error;
    // The service's own, without its namespace: "ConditionalCheckFailedException". Empty: no answer
    // of the service came.
    std::string type = {};
    std::string body = {};  // the answer as it came; empty: none
    // An attempt before this answer may have been carried out although nobody knows.
    bool is_repeated = false;
};

// Role: port. Threads: any; blocks until the answer, or the deadline: the calling thread's
// (base/deadline.h) or the service's own time-out, whichever is sooner. Retries what the service's
// catalogue says is worth it. Errors: kTimeout, the request may have been carried out;
// kUnavailable, it was not; messages name the service and the operation and never hold a secret.
class JsonService {
  public:
    JsonService() = default;
    JsonService(const JsonService&) = delete;
    JsonService& operator=(const JsonService&) = delete;
    virtual ~JsonService() = default;

    // `operation` as in X-Amz-Target, behind the dot: "GetItem". The answer's JSON.
    [[nodiscard]] virtual std::expected<std::string, ServiceError> call(std::string_view operation,
                                                                        std::string body) = 0;
};

}  // namespace meridian::aws
