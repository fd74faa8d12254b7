#include "rest/management_api.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "base/log.h"
#include "rest/answers.h"
#include "rest/routes.h"
#include "rest/target.h"

namespace meridian::rest {
namespace {

Response nothing_there() {
    return error_answer({ErrorCode::kRouteNotFound,
                         "nothing answers at this path; GET /openapi.json says what there is"});
}

Response other_methods(std::string_view method, const std::string& allow) {
    auto response = method == "OPTIONS"
                        ? Response{204, {}, {}}
                        : error_answer({ErrorCode::kMethodNotAllowed,
                                        fmt::format("this path answers to {}", allow)});
    response.headers.emplace_back("Allow", allow);
    return response;
}

Response not_allowed(const Route& route, const management::Caller& caller) {
    return error_answer(
        {ErrorCode::kAccessDenied,
         fmt::format("{} takes the role {}; these credentials have the role {}", route.operation_id,
                     management::to_string(route.role), management::to_string(caller.role))});
}

Response answer(const ManagementParts& parts, const Request& request,
                const management::Caller& caller) {
    const auto target = parse_target(request.target);
    if (!target) {
        return error_answer(target.error());
    }
    auto found = find_route(request.method, target->segments);
    if (!found) {
        return nothing_there();
    }
    if (found->route == nullptr) {
        return other_methods(request.method, found->allow);
    }
    const auto& route = *found->route;
    if (caller.role < route.role) {
        return not_allowed(route, caller);
    }
    auto parameters = Parameters::parse(target->query, route.parameters);
    if (!parameters) {
        return error_answer(parameters.error());
    }
    auto answered = route.handler(
        {parts, request, caller, route.kind, std::move(found->arguments), *std::move(parameters)});
    if (answered) {
        return *std::move(answered);
    }
    const bool is_missing = answered.error().code == ErrorCode::kNotSupported;
    return is_missing && !parts.not_served_because.empty()
               ? error_answer({ErrorCode::kNotSupported, parts.not_served_because})
               : error_answer(answered.error());
}

}  // namespace

ManagementApi::ManagementApi(ManagementParts parts) : parts_(std::move(parts)) {}

Response ManagementApi::handle(const Request& request, const management::Caller& caller) const {
    try {
        return answer(parts_, request, caller);
    } catch (const std::exception& exception) {
        log(LogLevel::kError, "rest", "a request failed: {}", exception.what());
        return error_answer(
            {ErrorCode::kIo, "the request failed inside; a write may or may not have been made"});
    }
}

std::optional<std::string_view> ManagementApi::operation_of(std::string_view method,
                                                            std::string_view target) {
    const auto parsed = parse_target(target);
    const auto found = parsed ? find_route(method, parsed->segments) : std::nullopt;
    return found && found->route != nullptr ? std::optional(found->route->operation_id)
                                            : std::nullopt;
}

}  // namespace meridian::rest
