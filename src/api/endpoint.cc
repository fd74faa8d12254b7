#include "api/endpoint.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "api/errors.h"
#include "api/target.h"
#include "aws/sigv4.h"
#include "base/mask.h"
#include "connect/contact_event.h"
#include "item/json.h"

namespace meridian::api {
namespace {

constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::string_view kExplainPath = "/explain";
constexpr std::string_view kLambdaPrefix = "/2015-03-31/";

// The services that a signature may be for.
constexpr std::string_view kLambda = "lambda";
constexpr std::string_view kManagement = "execute-api";

aws::RequestView signed_view(const net::Request& request) {
    return {request.method, request.target, request.headers, request.body};
}

// A verified request's payload without transfer framing: most often the body itself.
class Payload {
  public:
    explicit Payload(const net::Request& request) : bytes_(request.body) {
        if (const auto view = signed_view(request); aws::Verifier::is_chunked(view)) {
            decoded_ = aws::Verifier::decoded_body(view);
            bytes_ =
                decoded_ ? Result<std::string_view>(*decoded_) : std::unexpected(decoded_.error());
        }
    }
    Payload(const Payload&) = delete;
    Payload& operator=(const Payload&) = delete;

    [[nodiscard]] const Result<std::string_view>& bytes() const { return bytes_; }

  private:
    Result<std::string> decoded_;
    Result<std::string_view> bytes_;
};

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

// Nothing: as of now.
Result<std::optional<Instant>> instant_of(const item::Map& body) {
    const auto* at = item::find(body, "at");
    if (at == nullptr) {
        return std::nullopt;
    }
    const auto* text = at->as<std::string>();
    return parse_instant(text == nullptr ? std::string_view{} : std::string_view(*text));
}

}  // namespace

Endpoint::Operations::Operations(const EndpointParts& parts)
    : invoke_unknown(parts.metrics.operation("Invoke")),
      explain(parts.metrics.operation("Explain")),
      healthz(parts.metrics.operation("healthz")),
      metrics(parts.metrics.operation("metrics")),
      unknown(parts.metrics.operation("Unknown")) {
    for (const auto* function : parts.functions) {
        invoke.emplace(function, &parts.metrics.operation(function->name()));
    }
}

Endpoint::Endpoint(EndpointParts parts)
    : parts_(std::move(parts)),
      operations_(parts_),
      lambda_(parts_.region, parts_.functions, parts_.workers),
      refusals_(parts_.clock) {}

void Endpoint::handle(const net::Request& request, net::Reply reply) {
    if (const auto path = path_of(request.target); path == kHealthPath || path == kMetricsPath) {
        measured(path == kHealthPath ? operations_.healthz : operations_.metrics,
                 std::move(reply))(open_to_this_machine(request, path));
        return;
    }
    const auto path = aws::normalized_path(path_of(request.target));
    if (const auto function = function_in_path(path)) {
        invoke(request, *function, std::move(reply));
    } else {
        measured(path == kExplainPath ? operations_.explain : operations_.unknown,
                 std::move(reply))(answer_signed(request, path));
    }
}

MeasuredReply Endpoint::measured(OperationMetrics& operation, net::Reply reply) const {
    return {operation, parts_.clock, std::move(reply)};
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

Result<void> Endpoint::authenticate(const net::Request& request, std::string_view service) {
    auto principal = parts_.verifier.verify(signed_view(request));
    if (principal && principal->service != service) {
        principal =
            fail(ErrorCode::kInvalidSignature,
                 fmt::format("Credential should be scoped to correct service: '{}'.", service));
    }
    if (principal) {
        return {};
    }
    parts_.metrics.count_refusal(info(principal.error().code).aws_type);
    log_limited(refusals_, LogLevel::kWarn, "api", "{} {} from {} refused: {}", request.method,
                mask_numbers_in(path_of(request.target)), request.peer, principal.error().message);
    return std::unexpected(std::move(principal.error()));
}

void Endpoint::invoke(const net::Request& request, std::string_view name, net::Reply unmeasured) {
    const auto function = lambda_.find(name, request.target);
    auto reply = measured(function ? *operations_.invoke.at(*function) : operations_.invoke_unknown,
                          std::move(unmeasured));
    if (const auto signer = authenticate(request, kLambda); !signer) {
        reply(render_error(signer.error()));
    } else if (request.method != "POST") {
        reply(render_error(wrong_method("Invoke", "POST")));
    } else if (!function) {
        reply(render_error(function.error()));
    } else if (const Payload payload(request); !payload.bytes()) {
        reply(render_error(payload.bytes().error()));
    } else {
        lambda_.invoke(**function, request, *payload.bytes(), std::move(reply));
    }
}

net::Response Endpoint::answer_signed(const net::Request& request, std::string_view path) {
    const auto signer =
        authenticate(request, path.starts_with(kLambdaPrefix) ? kLambda : kManagement);
    if (!signer) {
        return render_error(signer.error());
    }
    if (path != kExplainPath) {
        return render_error({ErrorCode::kRouteNotFound,
                             "nothing answers at this path; a region serves "
                             "/2015-03-31/functions/NAME/invocations, "
                             "/explain, /healthz and /metrics"});
    }
    if (request.method != "POST") {
        return render_error(wrong_method(path, "POST"));
    }
    const Payload payload(request);
    return payload.bytes() ? explain(*payload.bytes()) : render_error(payload.bytes().error());
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
    const auto at = instant_of(*map);
    if (!event || !at) {
        return render_error(event ? at.error() : event.error());
    }
    return json_response(200,
                         parts_.route_call.explain(*event, at->value_or(parts_.route_call.now())));
}

}  // namespace meridian::api
