#include "api/region_client.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>
#include <vector>

#include "item/json.h"
#include "item/value.h"
#include "net/client.h"

namespace meridian::api {
namespace {

// The words of an error answer: {"message":"…"}.
std::string message_of(const net::Response& response) {
    const auto body = item::parse_plain_json(response.body);
    const auto* map = body ? body->as<item::Map>() : nullptr;
    const auto* message = map == nullptr ? nullptr : item::find(*map, "message");
    const auto* text = message == nullptr ? nullptr : message->as<std::string>();
    return text == nullptr ? fmt::format("status {}", response.status) : *text;
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
    net::ClientRequest request;
    request.host = address_.host;
    request.port = address_.port;
    request.method = "POST";
    request.target = std::move(target);
    request.body = std::move(body);
    request.timeout = timeout;
    const auto host = net::host_header(request);
    const std::vector<std::pair<std::string_view, std::string_view>> headers{{"host", host}};
    aws::SigningOptions options;
    options.region = address_.region;
    options.service = std::move(service);
    options.at = clock_.now();
    request.headers =
        aws::sign({request.method, request.target, headers, request.body}, credentials_, options);
    request.headers.emplace_back("Content-Type", "application/json");
    auto response = net::send(request);
    if (!response) {
        return fail_within(fmt::format("region {} at {}", address_.region, host), response.error());
    }
    if (response->status != 200) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("region {} at {} answered: {}", address_.region, host,
                                message_of(*response)));
    }
    return std::move(response->body);
}

}  // namespace meridian::api
