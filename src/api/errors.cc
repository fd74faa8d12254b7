#include "api/errors.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "item/json.h"

namespace meridian::api {
namespace {

constexpr std::array kOfSignatures{ErrorCode::kMissingAuthentication,
                                   ErrorCode::kIncompleteSignature, ErrorCode::kUnrecognizedClient,
                                   ErrorCode::kInvalidSignature, ErrorCode::kExpiredToken};

}  // namespace

std::string_view refusal_cause(int status, std::string_view error_type) {
    if (error_type.empty()) {
        return {};
    }
    for (const auto code : kOfSignatures) {
        if (info(code).aws_type == error_type) {
            return "signature";
        }
    }
    switch (status) {
        case 400:
        case 415:
            return "validation";
        case 403:
            return "role";
        case 409:
            return "conflict";
        case 413:
            return "too_large";
        case 429:
        case 503:
            return "overload";
        default:
            return {};
    }
}

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

net::Response render_error(const Error& error) {
    const auto& row = info(error.code);
    std::string message;
    item::append_json_string(error.message, message);
    auto response = json_response(
        row.http_status, fmt::format(R"({{"Type":"{}","message":{},"Message":{}}})",
                                     row.http_status < 500 ? "User" : "Service", message, message));
    response.headers.emplace_back(kErrorTypeHeader, row.aws_type);
    if (row.http_status == 503) {
        response.headers.emplace_back("Retry-After", "1");
    }
    return response;
}

}  // namespace meridian::api
