#include "api/answer.h"

#include <utility>

#include "api/errors.h"
#include "api/target.h"

namespace meridian::api {
namespace {

std::string_view error_type(const net::Response& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == kErrorTypeHeader) {
            return value;
        }
    }
    return {};
}

}  // namespace

Answer::Answer(const AnswerPath& path, OperationMetrics& operation, const net::Request& request,
               net::Reply reply)
    : path_(&path),
      operation_(&operation),
      request_(&request),
      start_(path.clock.monotonic()),
      reply_(std::move(reply)) {}

void Answer::operator()(net::Response response) {
    const auto took = path_->clock.monotonic() - start_;
    operation_->count(response.status, took);
    const auto error = response.status < 400 ? std::string_view{} : error_type(response);
    if (const auto cause = refusal_cause(response.status, error); !cause.empty()) {
        path_->metrics.count_refusal(cause, error);
    }
    if (path_->access_log != nullptr) {
        write_log(response, error, took);
    }
    path_->cors.allow(*request_, response);
    reply_(std::move(response));
}

void Answer::write_log(const net::Response& response, std::string_view error,
                       std::chrono::nanoseconds took) const {
    path_->access_log->add({.at = path_->clock.now(),
                            .request_id = request_->id,
                            .peer = request_->peer,
                            .principal = principal_,
                            .method = request_->method,
                            .path = path_of(request_->target),
                            .user_agent = request_->header("User-Agent"),
                            .error = error,
                            .status = response.status,
                            .bytes = response.body.size(),
                            .took = took});
}

}  // namespace meridian::api
