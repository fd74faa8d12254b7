#include "api/lambda_invoke.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "api/errors.h"
#include "api/target.h"
#include "base/log.h"

namespace meridian::api {
namespace {

constexpr std::string_view kPrefix = "/2015-03-31/functions/";
constexpr std::string_view kSuffix = "/invocations";
constexpr std::string_view kLatest = "$LATEST";

bool is_plain_name(std::string_view text) {
    return !text.empty() && text.size() <= 140 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

net::Response response_to(functions::FunctionResult result) {
    auto response = json_response(200, std::move(result.payload));
    response.headers.emplace_back("X-Amz-Executed-Version", kLatest);
    if (result.function_error) {
        response.headers.emplace_back("X-Amz-Function-Error", std::move(*result.function_error));
    }
    return response;
}

net::Response empty_response(int status) {
    net::Response response;
    response.status = status;
    return response;
}

Error overloaded() {
    return {ErrorCode::kOverloaded, "Rate exceeded: too many invocations are waiting; retry later"};
}

}  // namespace

std::optional<std::string> function_in_path(std::string_view path) {
    if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix) ||
        path.size() <= kPrefix.size() + kSuffix.size()) {
        return std::nullopt;
    }
    const auto name = path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
    return name.find('/') == std::string_view::npos ? percent_decoded(name) : std::nullopt;
}

Result<FunctionName> parse_function_name(std::string_view text) {
    auto parts = split(text, ':');
    FunctionName result;
    if (parts.size() >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function") {
        result.region = parts[3];
        parts.erase(parts.begin(), parts.begin() + 6);
    } else if (parts.size() >= 3 && parts[1] == "function") {
        parts.erase(parts.begin(), parts.begin() + 2);
    }
    if (parts.size() > 2 || !is_plain_name(parts[0])) {
        return fail(
            ErrorCode::kInvalidInput,
            "the function is named by NAME, ACCOUNT:function:NAME or "
            "arn:aws:lambda:REGION:ACCOUNT:function:NAME, each with an optional :QUALIFIER");
    }
    result.name = parts[0];
    if (parts.size() == 2) {
        result.qualifier = parts[1];
    }
    return result;
}

LambdaInvoke::LambdaInvoke(std::string region, const std::vector<functions::Function*>& functions,
                           Workers& workers)
    : region_(std::move(region)), workers_(workers) {
    for (auto* function : functions) {
        functions_.emplace(function->name(), function);
    }
}

Result<functions::Function*> LambdaInvoke::find(std::string_view name_or_arn,
                                                std::string_view target) const {
    const auto name = parse_function_name(name_or_arn);
    if (!name) {
        return std::unexpected(name.error());
    }
    const auto asked = query_parameter(target, "Qualifier").value_or("");
    if (!asked.empty() && !name->qualifier.empty() && asked != name->qualifier) {
        return fail(ErrorCode::kInvalidInput,
                    "The derived qualifier from the function name does not match the specified "
                    "qualifier.");
    }
    const auto& version = name->qualifier.empty() ? asked : name->qualifier;
    const auto found = functions_.find(name->name);
    const bool here = name->region.empty() || name->region == region_;
    if (found == functions_.end() || !here || !(version.empty() || version == kLatest)) {
        return fail(
            ErrorCode::kFunctionNotFound,
            fmt::format("Function not found: arn:aws:lambda:{}:000000000000:function:{}{}{}",
                        here ? region_ : name->region, name->name, version.empty() ? "" : ":",
                        version));
    }
    return found->second;
}

void LambdaInvoke::invoke(const Invocation& invocation, Answer answer) {
    const auto& [function, type, payload, caller] = invocation;
    const bool is_event = type == "Event";
    const auto bytes_max = is_event ? kEventPayloadBytesMax : kPayloadBytesMax;
    if (payload.size() > bytes_max) {
        answer(render_error(
            {ErrorCode::kTooLarge, fmt::format("Request must be smaller than {} bytes for the "
                                               "InvokeFunction operation",
                                               bytes_max)}));
    } else if (type == "DryRun") {
        answer(empty_response(204));
    } else if (is_event) {
        post_event(invocation, std::move(answer));
    } else if (!type.empty() && type != "RequestResponse") {
        answer(
            render_error({ErrorCode::kInvalidInput,
                          "X-Amz-Invocation-Type must be one of RequestResponse, Event, DryRun"}));
    } else if (function.duration() == functions::Duration::kBrief) {
        answer(response_to(function.call(payload, caller)));
    } else {
        post(invocation, std::move(answer));
    }
}

void LambdaInvoke::post(const Invocation& invocation, Answer answer) {
    auto shared = std::make_shared<Answer>(std::move(answer));
    const bool taken =
        workers_.post([&function = invocation.function, event = std::string(invocation.payload),
                       caller = invocation.caller,
                       shared] { (*shared)(response_to(function.call(event, caller))); });
    if (!taken) {
        (*shared)(render_error(overloaded()));
    }
}

void LambdaInvoke::post_event(const Invocation& invocation, Answer answer) {
    const bool taken =
        workers_.post([&function = invocation.function, event = std::string(invocation.payload),
                       caller = invocation.caller] {
            if (const auto result = function.call(event, caller); result.function_error) {
                log(LogLevel::kError, "lambda", "{} failed on an event: {}", function.name(),
                    *result.function_error);
            }
        });
    answer(taken ? empty_response(202) : render_error(overloaded()));
}

}  // namespace meridian::api
