#include "api/errors.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "item/json.h"

namespace meridian::api {

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
    response.headers.emplace_back("X-Amzn-ErrorType", row.aws_type);
    return response;
}

}  // namespace meridian::api
