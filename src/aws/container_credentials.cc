#include "aws/container_credentials.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "aws/config_lines.h"
#include "aws/credential_json.h"
#include "aws/encoding.h"
#include "aws/metadata_http.h"
#include "aws/text_file.h"

namespace meridian::aws {
namespace {

constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

bool is_loopback(const std::string& host) {
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
        return (ntohl(four.s_addr) >> 24U) == 127U;
    }
    return host == "localhost" ||
           (::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}

bool is_trusted(const Endpoint& endpoint) {
    constexpr std::string_view kEcs = "169.254.170.2";
    constexpr std::string_view kEks[] = {"169.254.170.23", "fd00:ec2::23"};
    return endpoint.tls || is_loopback(endpoint.host) || endpoint.host == kEcs ||
           std::ranges::find(kEks, endpoint.host) != std::end(kEks);
}

Result<Endpoint> full_uri(const std::string& uri) {
    auto endpoint = parse_http_url(uri);
    if (!endpoint) {
        return fail_within(kFull, endpoint.error());
    }
    if (!is_trusted(*endpoint)) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format("{}: without TLS the host must be this machine, 169.254.170.2 (ECS), "
                        "169.254.170.23 or [fd00:ec2::23] (EKS), not {}",
                        kFull, endpoint->host));
    }
    return endpoint;
}

Result<Endpoint> relative_uri(const std::string& uri, const Endpoint& host) {
    Endpoint endpoint = host;
    endpoint.path = uri;
    const bool is_target = uri.starts_with('/') && std::ranges::all_of(uri, [](char c) {
                               return c > ' ' && c < '\x7f' && c != '#';
                           });
    return is_target ? Result<Endpoint>(std::move(endpoint))
                     : fail(ErrorCode::kConfiguration,
                            fmt::format("{} must be a path that begins with /", kRelative));
}

// For the Authorization header; empty: none.
Result<std::string> find_token(const Environment& environment) {
    std::string token = environment(kToken).value_or("");
    const char* source = kToken;
    if (const auto file = environment(kTokenFile)) {
        const auto text = read_text_file(*file, "token");
        if (!text) {
            return fail_within(kTokenFile, text.error());
        }
        token = trim(std::string_view(*text).substr(0, text->find_last_not_of("\r\n") + 1));
        source = kTokenFile;
    }
    return is_printable(token)
               ? Result<std::string>(std::move(token))
               : fail(ErrorCode::kConfiguration,
                      fmt::format("{} holds a line break or a control character", source));
}

}  // namespace

Endpoint container_host() {
    return {.host = "169.254.170.2", .port = 80, .tls = false, .path = "/"};
}

Result<Finding> find_container_credentials(const AwsSettings& settings, const ServiceTools& tools,
                                           const Endpoint& host) {
    const auto relative = settings.environment(kRelative);
    const auto full = settings.environment(kFull);
    if (!relative && !full) {
        return absent(fmt::format("{} is not set", kRelative));
    }
    auto endpoint = relative ? relative_uri(*relative, host) : full_uri(*full);
    if (!endpoint) {
        return std::unexpected(std::move(endpoint.error()));
    }
    auto token = find_token(settings.environment);
    if (!token) {
        return std::unexpected(std::move(token.error()));
    }
    MetadataRequest request{.target = endpoint->path, .headers = {{"Accept", "application/json"}}};
    if (!token->empty()) {
        request.headers.emplace_back("Authorization", *std::move(token));
    }
    MetadataHttp http(*std::move(endpoint), settings.ca_bundle, tools);
    const auto response =
        http.send(request, {.timeout = std::chrono::milliseconds{2'000}, .attempts_max = 3});
    if (!response) {
        return std::unexpected(response.error());
    }
    if (response->status != 200) {
        return fail(response->status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kConfiguration,
                    fmt::format("{} answered with status {}; check the role of the task or the pod",
                                http.endpoint().host, response->status));
    }
    auto credentials = read_credential_json(response->body, CredentialJson::kOfEndpoint);
    if (!credentials) {
        return fail_within(http.endpoint().host, credentials.error());
    }
    return Finding{.credentials = *std::move(credentials), .absence = {}};
}

}  // namespace meridian::aws
