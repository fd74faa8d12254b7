#include "api/region_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "item/json.h"
#include "item/value.h"
#include "net/client.h"

namespace meridian::api {
namespace {

// A page of large items, and a decision's explanation, are the longest answers.
constexpr std::size_t kResponseBytesMax = std::size_t{64} * 1024 * 1024;

bool has_content_type(const net::ClientRequest& request) {
    return std::ranges::any_of(request.headers,
                               [](const auto& header) { return header.first == "Content-Type"; });
}

// The words of an error answer: {"message":"…"}.
std::string message_of(const net::Response& response) {
    const auto body = item::parse_plain_json(response.body);
    const auto* map = body ? body->as<item::Map>() : nullptr;
    const auto* message = map == nullptr ? nullptr : item::find(*map, "message");
    const auto* text = message == nullptr ? nullptr : message->as<std::string>();
    return text == nullptr ? fmt::format("status {}", response.status) : *text;
}

struct ServiceRequest {
    std::string service;
    ApiRequest request;
};

net::ClientRequest sign_request(ServiceRequest wanted, const RegionAddress& address,
                                const aws::Credentials& credentials, Instant now) {
    net::ClientRequest request;
    request.host = address.host;
    request.port = address.port;
    if (address.tls) {
        request.tls = net::ClientTls{address.ca_file};
    }
    request.method = std::move(wanted.request.method);
    request.target = std::move(wanted.request.target);
    request.headers = std::move(wanted.request.headers);
    request.body = std::move(wanted.request.body);
    request.timeout = wanted.request.timeout;
    request.response_bytes_max = kResponseBytesMax;
    if (!request.body.empty() && !has_content_type(request)) {
        request.headers.emplace_back("Content-Type", "application/json");
    }
    const auto host = net::host_header(request);
    std::vector<std::pair<std::string_view, std::string_view>> headers{{"host", host}};
    headers.insert(headers.end(), request.headers.begin(), request.headers.end());
    aws::SigningOptions options;
    options.region = address.region;
    options.service = std::move(wanted.service);
    options.at = now;
    for (auto& header :
         aws::sign({request.method, request.target, headers, request.body}, credentials, options)) {
        request.headers.push_back(std::move(header));
    }
    return request;
}

// "region us-east-1 at 127.0.0.1:7401".
std::string place_of(const RegionAddress& address, const net::ClientRequest& request) {
    return fmt::format("region {} at {}", address.region, net::host_header(request));
}

}  // namespace

Result<RegionAddress> parse_region_address(std::string_view text) {
    const auto equals = text.find('=');
    const auto colon = text.rfind(':');
    RegionAddress address;
    if (equals != std::string_view::npos && colon != std::string_view::npos && equals > 0 &&
        colon > equals + 1) {
        address.region = text.substr(0, equals);
        address.host = text.substr(equals + 1, colon - equals - 1);
        const auto digits = text.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
        if (error == std::errc{} && end == digits.data() + digits.size() && address.port != 0) {
            return address;
        }
    }
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is not REGION=HOST:PORT, as in us-east-1=127.0.0.1:7401", text));
}

RegionSession::RegionSession(RegionAddress address, aws::Credentials credentials,
                             const Clock& clock)
    : address_(std::move(address)), credentials_(std::move(credentials)), clock_(&clock) {}

Result<net::Response> RegionSession::send(ApiRequest request) {
    const auto signed_request =
        sign_request({"execute-api", std::move(request)}, address_, credentials_, clock_->now());
    auto response = client_.send(signed_request);
    return response ? std::move(response)
                    : fail_within(place_of(address_, signed_request), response.error());
}

RegionClient::RegionClient(RegionAddress address, aws::Credentials credentials, const Clock& clock)
    : address_(std::move(address)), credentials_(std::move(credentials)), clock_(clock) {}

Result<std::string> RegionClient::invoke(std::string_view function, std::string payload,
                                         std::chrono::milliseconds timeout) const {
    return post("lambda", fmt::format("/2015-03-31/functions/{}/invocations", function),
                std::move(payload), timeout);
}

Result<std::string> RegionClient::explain(std::string body,
                                          std::chrono::milliseconds timeout) const {
    return post("execute-api", "/explain", std::move(body), timeout);
}

Result<std::string> RegionClient::post(std::string service, std::string target, std::string body,
                                       std::chrono::milliseconds timeout) const {
    const auto request = sign_request(
        {std::move(service), {"POST", std::move(target), {}, std::move(body), timeout}}, address_,
        credentials_, clock_.now());
    auto response = net::send(request);
    if (!response) {
        return fail_within(place_of(address_, request), response.error());
    }
    if (response->status != 200) {
        return fail(
            ErrorCode::kUnavailable,
            fmt::format("{} answered: {}", place_of(address_, request), message_of(*response)));
    }
    return std::move(response->body);
}

}  // namespace meridian::api
