#include "api/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "api/compression.h"
#include "api/errors.h"
#include "api/payload.h"
#include "api/peer_proof.h"
#include "api/target.h"
#include "aws/sigv4.h"
#include "base/mask.h"

namespace meridian::api {
namespace {

constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::string_view kLambdaPrefix = "/2015-03-31/";
constexpr std::string_view kStreamEvents = "streamEvents";  // an operationId of the document's

Error wrong_method(std::string_view path, std::string_view right) {
    return {ErrorCode::kMethodNotAllowed, fmt::format("{} answers to {} only", path, right)};
}

// The request's target with that path.
std::string with_path(std::string path, std::string_view target) {
    const auto query = target.find('?');
    return query == std::string_view::npos ? std::move(path) : path.append(target.substr(query));
}

// Whether a request for an operation of the document's writes one entity.
bool is_write(std::string_view operation, std::string_view target) {
    const bool writes = operation.starts_with("put") || operation.starts_with("patch") ||
                        operation.starts_with("delete") || operation == "updateRouting" ||
                        operation == "restoreChange";
    return writes && query_parameter(target, "dryRun").value_or("false") == "false";
}

}  // namespace

Endpoint::Operations::Operations(const EndpointParts& parts)
    : invoke_unknown(parts.metrics.operation("Invoke")),
      healthz(parts.metrics.operation("healthz")),
      metrics(parts.metrics.operation("metrics")),
      preflight(parts.metrics.operation("preflight")),
      replication(parts.metrics.operation("replication")),
      unknown(parts.metrics.operation("Unknown")) {
    for (const auto* function : parts.functions) {
        invoke.emplace(function, &parts.metrics.operation(function->name()));
    }
}

Endpoint::Endpoint(EndpointParts parts)
    : parts_(std::move(parts)),
      answer_path_{parts_.metrics, parts_.access_log, parts_.cors, parts_.clock},
      operations_(parts_),
      gate_(parts_.region, parts_.principals, parts_.clock),
      lambda_(parts_.region, parts_.functions, parts_.workers),
      denials_(parts_.clock) {
    if (parts_.dynamo != nullptr) {
        dynamo_.emplace(*parts_.dynamo, gate_, parts_.metrics, parts_.clock);
    }
}

void Endpoint::handle(const net::Request& request, net::Reply reply) {
    Answer answer(answer_path_, operations_.unknown, request, std::move(reply));
    if (const auto path = path_of(request.target); path == kHealthPath || path == kMetricsPath) {
        answer.is_for(path == kHealthPath ? operations_.healthz : operations_.metrics);
        return answer(open_to_this_machine(request, path));
    }
    if (auto preflight = parts_.cors.preflight(request)) {
        answer.is_for(operations_.preflight);
        return answer(*std::move(preflight));
    }
    if (parts_.peers != nullptr && request.method == "POST" && request.target == kReplicationPath) {
        answer.is_for(operations_.replication);
        return parts_.peers->handle(request, std::move(answer));
    }
    if (dynamo_ && is_for_dynamo(request)) {
        return dynamo_->handle(request, std::move(answer));
    }
    auto path = aws::normalized_path(path_of(request.target));
    if (path.starts_with(kLambdaPrefix)) {
        invoke(request, path, std::move(answer));
    } else {
        manage(request, std::move(path), std::move(answer));
    }
}

net::Response Endpoint::open_to_this_machine(const net::Request& request, std::string_view path) {
    if (!request.peer_is_loopback) {
        return render_error(
            {ErrorCode::kAccessDenied, fmt::format("{} is open to this machine only", path)});
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return render_error(wrong_method(path, "GET"));
    }
    if (path == kHealthPath) {
        return json_response(200, R"({"status":"ok"})");
    }
    net::Response response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = parts_.metrics.render(parts_.gauges());
    return response;
}

void Endpoint::invoke(const net::Request& request, std::string_view path, Answer answer) {
    const auto name = function_in_path(path);
    const auto function = name ? lambda_.find(*name, request.target)
                               : fail(ErrorCode::kRouteNotFound,
                                      "nothing answers at this path; functions answer at "
                                      "/2015-03-31/functions/NAME/invocations");
    if (name) {
        answer.is_for(function ? *operations_.invoke.at(*function) : operations_.invoke_unknown);
    }
    const auto caller = gate_.admit(request, kLambdaService);
    if (!caller) {
        return answer(render_error(caller.error()));
    }
    answer.is_to(caller->name);
    if (name && request.method != "POST") {
        answer(render_error(wrong_method("Invoke", "POST")));
    } else if (!function) {
        answer(render_error(function.error()));
    } else if (const Payload payload(request); !payload.bytes()) {
        answer(render_error(payload.bytes().error()));
    } else {
        lambda_.invoke(
            {**function, request.header("X-Amz-Invocation-Type"), *payload.bytes(), *caller},
            std::move(answer));
    }
}

void Endpoint::manage(const net::Request& request, std::string path, Answer answer) {
    auto target = with_path(std::move(path), request.target);
    const auto operation = rest::ManagementApi::operation_of(request.method, target);
    if (operation) {
        answer.is_for(parts_.metrics.operation(*operation));
    }
    auto caller = gate_.admit(request, kManagementService);
    if (!caller) {
        return answer(render_error(caller.error()));
    }
    answer.is_to(caller->name);
    if (operation == kStreamEvents && parts_.events != nullptr) {
        answer(listen(request, *caller));
    } else {
        post({request, std::move(target), operation, *std::move(caller)}, std::move(answer));
    }
}

net::Response Endpoint::listen(const net::Request& request, const management::Caller& caller) {
    auto query = parse_event_query(request);
    if (!query) {
        return render_error(query.error());
    }
    query->is_welcome = [this, caller] { return gate_.knows(caller); };
    auto response = parts_.events->listen(*std::move(query));
    return response ? *std::move(response) : render_error(response.error());
}

void Endpoint::post(Managed asked, Answer answer) {
    auto shared = std::make_shared<Answer>(std::move(answer));
    const bool is_taken = parts_.workers.post(
        [this, asked = std::move(asked), shared] { (*shared)(ask_management(asked)); });
    if (!is_taken) {
        (*shared)(render_error(
            {ErrorCode::kUnavailable, "too many requests are waiting; try again in a second"}));
    }
}

net::Response Endpoint::ask_management(const Managed& asked) {
    const auto& [request, target, operation, caller] = asked;
    const Payload payload(request);
    if (!payload.bytes()) {
        return render_error(payload.bytes().error());
    }
    const auto start = parts_.clock.monotonic();
    auto answered = parts_.management.handle({.method = request.method,
                                              .target = target,
                                              .headers = request.headers,
                                              .body = *payload.bytes()},
                                             caller);
    if (answered.status == 403) {
        log_limited(denials_, LogLevel::kWarn, "api", "{} {} by {} from {} refused: the role is {}",
                    request.method, mask_numbers_in(path_of(target)), caller.name, caller.address,
                    management::to_string(caller.role));
    }
    if (answered.status < 300 && is_write(operation.value_or(""), target)) {
        parts_.metrics.writes().count(answered.status, parts_.clock.monotonic() - start);
    }
    net::Response response{.status = answered.status,
                           .headers = std::move(answered.headers),
                           .body = std::move(answered.body)};
    compress(request, response);
    return response;
}

}  // namespace meridian::api
