// The one answer to a request: counted, logged, and readable for the page that asked.
#pragma once

#include <chrono>
#include <string>

#include "api/access_log.h"
#include "api/cors.h"
#include "api/metrics.h"
#include "api/operation_metrics.h"
#include "base/clock.h"
#include "net/http.h"

namespace meridian::api {

// What answers pass on their way out. Everything must outlive them.
struct AnswerPath {
    Metrics& metrics;
    AccessLog* access_log;  // null: none is kept
    const Cors& cors;
    const Clock& clock;
};

// Call it once, from any thread, now or later, as a net::Reply; until then the request is there.
class Answer {
  public:
    Answer(const AnswerPath& path, OperationMetrics& operation, const net::Request& request,
           net::Reply reply);

    // As what it is counted, and who is logged as having asked.
    void is_for(OperationMetrics& operation) { operation_ = &operation; }
    void is_to(std::string principal) { principal_ = std::move(principal); }

    void operator()(net::Response response);

  private:
    void write_log(const net::Response& response, std::string_view error,
                   std::chrono::nanoseconds took) const;

    const AnswerPath* path_;
    OperationMetrics* operation_;
    const net::Request* request_;
    std::chrono::nanoseconds start_;
    std::string principal_;
    net::Reply reply_;
};

}  // namespace meridian::api
