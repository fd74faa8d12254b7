// UpdateRouting: the management API as API Gateway calls it: a proxy event in, a proxy response
// out.
//
// Source: API Gateway developer guide, "Lambda proxy integrations in API Gateway" (REST APIs,
// format 1.0) and "Create AWS Lambda proxy integrations for HTTP APIs" (format 2.0).
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "functions/function.h"
#include "rest/management_api.h"

namespace meridian::functions {

// Role: makes a request of an event, and an event's answer of the response, in the event's own
// format. An event with a body and neither method nor path is a POST /routing; what is no proxy
// event is answered with statusCode 400, and is no function error. Paths come encoded (REST APIs)
// or decoded (HTTP APIs); either is fine.
//
// Who changed something is the invoker; where the invoker is an admin, which is what a gateway's
// role is, the principal, the address and the request id are those that the gateway has verified
// (requestContext). What they may do stays the invoker's role: a gateway decides for itself who may
// call it.
//
// Ownership: `api` must outlive it. Threads: any.
class UpdateRouting final : public Function {
  public:
    // Called for each request that was made of an event, on the calling thread.
    using Observer = std::function<void(const rest::Request&, int status)>;

    // `observer` may be empty.
    explicit UpdateRouting(const rest::ManagementApi& api, Observer observer = nullptr)
        : api_(api), observer_(std::move(observer)) {}

    [[nodiscard]] std::string_view name() const override { return "UpdateRouting"; }
    [[nodiscard]] Duration duration() const override { return Duration::kMayWait; }
    [[nodiscard]] FunctionResult call(std::string_view event,
                                      const management::Caller& invoker) override;

  private:
    const rest::ManagementApi& api_;
    Observer observer_;
};

}  // namespace meridian::functions
