#include "api/endpoint.h"

#include <fmt/format.h>

#include <utility>

#include "api/errors.h"
#include "api/target.h"
#include "aws/sigv4.h"
#include "base/log.h"
#include "base/mask.h"
#include "connect/contact_event.h"
#include "item/json.h"

namespace meridian::api {
namespace {

Error wrong_method(std::string_view path, std::string_view right) {
    return {ErrorCode::kMethodNotAllowed, fmt::format("{} answers to {} only", path, right)};
}

// The event that an /explain body asks about: its "event" (an object, or the event's own text), or
// one made of its "phoneNumber" and "region".
Result<std::string> event_of(const item::Map& body, const std::string& region) {
    if (const auto* event = item::find(body, "event")) {
        const auto* text = event->as<std::string>();
        return text != nullptr ? *text : item::to_plain_json(*event);
    }
    const auto* number = item::find(body, "phoneNumber");
    if (number == nullptr || number->as<std::string>() == nullptr) {
        return fail(
            ErrorCode::kInvalidInput,
            R"(the body has neither "event" nor "phoneNumber", as in {"phoneNumber":"+18005551234"})");
    }
    const auto* where = item::find(body, "region");
    const auto* named = where == nullptr ? nullptr : where->as<std::string>();
    if (where != nullptr && named == nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    R"("region" is not a text, as in {"region":"us-east-1"})");
    }
    return connect::make_contact_event(*number->as<std::string>(),
                                       named == nullptr ? region : *named);
}

Result<Instant> instant_of(const item::Map& body, const Clock& clock) {
    const auto* at = item::find(body, "at");
    if (at == nullptr) {
        return clock.now();
    }
    const auto* text = at->as<std::string>();
    return parse_instant(text == nullptr ? std::string_view{} : std::string_view(*text));
}

}  // namespace

Endpoint::Endpoint(EndpointParts parts)
    : parts_(std::move(parts)), lambda_(parts_.region, parts_.functions, parts_.workers) {}

void Endpoint::handle(const net::Request& request, net::Reply reply) {
    const auto path = path_of(request.target);
    if (path == "/healthz" || path == "/metrics") {
        measured(path.substr(1), std::move(reply))(open_to_this_machine(request, path));
        return;
    }
    if (const auto function = function_in_path(path)) {
        invoke(request, *function, measured(lambda_.operation(*function), std::move(reply)));
    } else {
        signed_request(request, path,
                       measured(path == "/explain" ? "Explain" : "Unknown", std::move(reply)));
    }
}

net::Reply Endpoint::measured(std::string_view operation, net::Reply reply) {
    return [this, operation, start = parts_.clock.monotonic(),
            reply = std::move(reply)](net::Response response) mutable {
        parts_.metrics.count_request(operation, response.status, parts_.clock.monotonic() - start);
        reply(std::move(response));
    };
}

net::Response Endpoint::open_to_this_machine(const net::Request& request, std::string_view path) {
    if (!request.peer_is_loopback) {
        return render_error(
            {ErrorCode::kAccessDenied, fmt::format("{} is open to this machine only", path)});
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return render_error(wrong_method(path, "GET"));
    }
    if (path == "/healthz") {
        return json_response(200, R"({"status":"ok"})");
    }
    net::Response response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = parts_.metrics.render(parts_.gauges());
    return response;
}

// Who signed the request, and its payload without transfer framing.
static Result<std::string> authenticated_payload(const EndpointParts& parts,
                                                 const net::Request& request,
                                                 std::string_view path) {
    const aws::RequestView view{request.method, request.target, request.headers, request.body};
    const auto principal = parts.verifier.verify(view);
    if (!principal) {
        parts.metrics.count_refusal(info(principal.error().code).aws_type);
        log(LogLevel::kWarn, "api", "{} {} from {} refused: {}", request.method,
            mask_numbers_in(path), request.peer, principal.error().message);
        return std::unexpected(principal.error());
    }
    return aws::Verifier::decoded_body(view);
}

void Endpoint::invoke(const net::Request& request, std::string_view function, net::Reply reply) {
    const auto payload = authenticated_payload(parts_, request, path_of(request.target));
    if (!payload) {
        reply(render_error(payload.error()));
    } else if (request.method != "POST") {
        reply(render_error(wrong_method("Invoke", "POST")));
    } else {
        lambda_.invoke(function, request, *payload, std::move(reply));
    }
}

void Endpoint::signed_request(const net::Request& request, std::string_view path,
                              net::Reply reply) {
    const auto payload = authenticated_payload(parts_, request, path);
    if (!payload) {
        reply(render_error(payload.error()));
    } else if (path != "/explain") {
        reply(render_error({ErrorCode::kRouteNotFound,
                            "nothing answers at this path; a region serves "
                            "/2015-03-31/functions/NAME/invocations, "
                            "/explain, /healthz and /metrics"}));
    } else if (request.method != "POST") {
        reply(render_error(wrong_method(path, "POST")));
    } else {
        reply(explain(*payload));
    }
}

net::Response Endpoint::explain(std::string_view body) {
    const auto parsed = item::parse_plain_json(body);
    const auto* map = parsed ? parsed->as<item::Map>() : nullptr;
    if (map == nullptr) {
        return render_error(parsed
                                ? Error{ErrorCode::kInvalidInput, "the body is not a JSON object"}
                                : parsed.error());
    }
    const auto event = event_of(*map, parts_.region);
    const auto at = instant_of(*map, parts_.clock);
    if (!event || !at) {
        return render_error(event ? at.error() : event.error());
    }
    return json_response(200, parts_.route_call.explain(*event, *at));
}

}  // namespace meridian::api
