// DynamoDB's service of one region: DynamoDB_20120810 and DynamoDBStreams_20120810, as a function
// of an operation and its JSON. HTTP, signatures and checksums are `api`'s.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamo/operation.h"

namespace meridian::dynamo {

struct Answer {
    int status = 200;
    std::string body;
    std::string error_type = {};  // of a refusal, for logs and metrics
};

// Role: finds the operation, reads the JSON, runs it. Ownership: the world must outlive it, and
// all calls. Threads: handle() from any thread; it doesn't block: what may wait is given to
// `later`, which says false when it has too much to do (ThrottlingException).
class Service {
  public:
    using Job = std::move_only_function<void()>;
    using Later = std::function<bool(Job)>;
    Service(World& world, Later later) : world_(world), later_(std::move(later)) {}

    // `target` is X-Amz-Target: "DynamoDB_20120810.PutItem". `body` need not outlive the call.
    // Answers once, whatever happens, perhaps before it returns.
    void handle(std::string_view target, std::string_view body,
                std::move_only_function<void(Answer)> answer);

    // The operation of a target, "PutItem", as the service calls it; empty: there is none.
    [[nodiscard]] static std::string_view operation_of(std::string_view target);
    // Of all that it knows.
    [[nodiscard]] static std::vector<std::string_view> operations();

  private:
    World& world_;
    Later later_;
};

}  // namespace meridian::dynamo
