#include "aws/instance_credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "aws/config_lines.h"
#include "aws/credential_json.h"
#include "aws/encoding.h"
#include "aws/metadata_http.h"

namespace meridian::aws {
namespace {

constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";

bool same(std::string_view text, std::string_view word) {
    return std::ranges::equal(text, word, {}, to_lower, to_lower);
}

// A variable, or else the setting of the profile.
std::string setting(const AwsSettings& settings, const char* variable, std::string_view name) {
    return settings.environment(variable).value_or(
        std::string(settings.profile_setting(settings.profile, name)));
}

Result<Endpoint> metadata_endpoint(const AwsSettings& settings) {
    const auto url =
        setting(settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    if (!url.empty()) {
        auto endpoint = parse_endpoint_url(url);
        return endpoint ? std::move(endpoint)
                        : fail_within("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.error());
    }
    const bool is_six = same(setting(settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                     "ec2_metadata_service_endpoint_mode"),
                             "ipv6");
    return Endpoint{.host = is_six ? "fd00:ec2::254" : "169.254.169.254",
                    .port = 80,
                    .tls = false,
                    .path = "/"};
}

// "my-role+x", as IAM names them.
bool could_be_role(std::string_view name) {
    constexpr std::size_t kNameBytesMax = 128;
    return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
        const char l = to_lower(c);
        return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("+=,.@-_").contains(c);
    });
}

// One conversation with the service.
class Imds {
  public:
    Imds(Endpoint endpoint, const AwsSettings& settings, const ServiceTools& tools)
        : http_(std::move(endpoint), settings.ca_bundle, tools) {}

    Result<Finding> ask() {
        if (auto refusal = take_token()) {
            return absent(*std::move(refusal));
        }
        const auto roles = get(std::string(kRoles));
        if (!roles) {
            return std::unexpected(roles.error());
        }
        if (roles->status == 404) {
            return absent("the instance has no role");
        }
        const auto role = trim(std::string_view(roles->body).substr(0, roles->body.find('\n')));
        if (roles->status != 200 || !could_be_role(role)) {
            return unexpected_status(roles->status, "the name of the instance's role");
        }
        const auto answer = get(fmt::format("{}{}", kRoles, role));
        if (!answer) {
            return std::unexpected(answer.error());
        }
        if (answer->status != 200) {
            return unexpected_status(answer->status, "the credentials of the instance's role");
        }
        auto credentials = read_credential_json(answer->body, CredentialJson::kOfEndpoint);
        if (!credentials) {
            return fail_within(fmt::format("the role {}", role), credentials.error());
        }
        return Finding{.credentials = *std::move(credentials), .absence = {}};
    }

  private:
    // Why there is none.
    std::optional<std::string> take_token() {
        const auto response =
            http_.send({.method = "PUT",
                        .target = target("/latest/api/token"),
                        .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}},
                       {});
        if (!response) {
            return fmt::format(
                "no answer at {}; in a container on EC2 the instance's metadata must "
                "allow two hops",
                http_.endpoint().host);
        }
        const auto token = trim(response->body);
        constexpr std::size_t kTokenBytesMax = 4'096;
        if (response->status != 200 || token.empty() || token.size() > kTokenBytesMax ||
            !is_printable(token)) {
            return fmt::format("{} gives no token (status {})", http_.endpoint().host,
                               response->status);
        }
        token_ = token;
        return std::nullopt;
    }

    Result<net::Response> get(std::string path) {
        return http_.send(
            {.target = target(path), .headers = {{"X-aws-ec2-metadata-token", token_}}},
            {.attempts_max = 3});
    }

    [[nodiscard]] std::string target(std::string_view path) const {
        return http_.endpoint().path + std::string(path.substr(1));
    }

    [[nodiscard]] std::unexpected<Error> unexpected_status(int status, std::string_view of) const {
        return fail(ErrorCode::kUnavailable, fmt::format("{} did not give {} (status {})",
                                                         http_.endpoint().host, of, status));
    }

    MetadataHttp http_;
    std::string token_;
};

}  // namespace

Result<Finding> find_instance_credentials(const AwsSettings& settings, const ServiceTools& tools) {
    if (same(settings.environment("AWS_EC2_METADATA_DISABLED").value_or(""), "true")) {
        return absent("AWS_EC2_METADATA_DISABLED is true");
    }
    auto endpoint = metadata_endpoint(settings);
    if (!endpoint) {
        return std::unexpected(std::move(endpoint.error()));
    }
    return Imds(*std::move(endpoint), settings, tools).ask();
}

}  // namespace meridian::aws
