#include "api/cors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace meridian::api {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr std::string_view kHeaders =
    "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, X-Change-Reason";
// Of which there are many, and more with each version of an SDK.
constexpr std::string_view kHeaderPrefixes[] = {"x-amz-", "amz-sdk-"};
constexpr std::string_view kExposed =
    "Allow, ETag, Retry-After, X-Amz-Executed-Version, X-Amz-Function-Error, X-Amzn-ErrorType, "
    "x-amzn-RequestId";
constexpr std::string_view kMaxAgeSeconds = "7200";  // Chrome's own limit

bool is_origin_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
}

// Lower case, without a path, and without the port that the scheme has anyway.
bool is_origin(std::string_view text) {
    const bool is_https = text.starts_with("https://");
    if (!is_https && !text.starts_with("http://")) {
        return false;
    }
    const auto host = text.substr(text.find("://") + 3);
    return !host.empty() && std::ranges::all_of(host, is_origin_character) &&
           !host.ends_with(':') && !host.ends_with(is_https ? ":443" : ":80");
}

// Header names are tokens: whatever else a client asks for is left out.
bool is_amazons(std::string_view header) {
    std::string name(header);
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool is_token = std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return is_token && std::ranges::any_of(kHeaderPrefixes, [&](std::string_view prefix) {
               return name.starts_with(prefix);
           });
}

std::string allowed_headers(std::string_view asked) {
    std::string allowed(kHeaders);
    while (!asked.empty()) {
        const auto comma = std::min(asked.find(','), asked.size());
        auto name = asked.substr(0, comma);
        while (name.starts_with(' ')) {
            name.remove_prefix(1);
        }
        while (name.ends_with(' ')) {
            name.remove_suffix(1);
        }
        if (is_amazons(name)) {
            allowed.append(", ").append(name);
        }
        asked.remove_prefix(std::min(comma + 1, asked.size()));
    }
    return allowed;
}

}  // namespace

Result<Cors> Cors::of(std::vector<std::string> origins) {
    for (const auto& origin : origins) {
        if (!is_origin(origin)) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("'{}' is no origin as browsers write it, such as "
                                    "https://console.example.com or http://localhost:8080",
                                    origin));
        }
    }
    Cors cors;
    cors.origins_ = std::move(origins);
    return cors;
}

bool Cors::is_allowed(std::string_view origin) const {
    return std::ranges::find(origins_, origin) != origins_.end();
}

std::optional<net::Response> Cors::preflight(const net::Request& request) const {
    if (request.method != "OPTIONS" || request.header("Access-Control-Request-Method").empty() ||
        !is_allowed(request.header("Origin"))) {
        return std::nullopt;
    }
    net::Response response{.status = 204};
    response.headers = {{"Access-Control-Allow-Methods", std::string(kMethods)},
                        {"Access-Control-Allow-Headers",
                         allowed_headers(request.header("Access-Control-Request-Headers"))},
                        {"Access-Control-Max-Age", std::string(kMaxAgeSeconds)},
                        {"Vary", "Access-Control-Request-Method, Access-Control-Request-Headers"}};
    return response;
}

void Cors::allow(const net::Request& request, net::Response& response) const {
    if (origins_.empty()) {
        return;
    }
    response.headers.emplace_back("Vary", "Origin");
    if (const auto origin = request.header("Origin"); is_allowed(origin)) {
        response.headers.emplace_back("Access-Control-Allow-Origin", origin);
        response.headers.emplace_back("Access-Control-Expose-Headers", kExposed);
    }
}

}  // namespace meridian::api
