// A Reply that counts what it sends.
#pragma once

#include <chrono>
#include <utility>

#include "api/operation_metrics.h"
#include "base/clock.h"
#include "net/http.h"

namespace meridian::api {

// Call it once, from any thread, now or later, as a net::Reply. What it counts with must outlive
// it.
class MeasuredReply {
  public:
    MeasuredReply(OperationMetrics& operation, const Clock& clock, net::Reply reply)
        : operation_(&operation),
          clock_(&clock),
          start_(clock.monotonic()),
          reply_(std::move(reply)) {}

    void operator()(net::Response response) {
        operation_->count(response.status, clock_->monotonic() - start_);
        reply_(std::move(response));
    }

  private:
    OperationMetrics* operation_;
    const Clock* clock_;
    std::chrono::nanoseconds start_;
    net::Reply reply_;
};

}  // namespace meridian::api
