#include "manage/endpoint_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "aws/credentials.h"
#include "connect/contact_event.h"
#include "data_folder.h"
#include "functions/settings.h"
#include "option_checks.h"
#include "settings.h"

namespace meridian::app {
namespace {

constexpr std::string_view kOwnProfile = "meridian";

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread yet
    return value == nullptr ? std::string() : std::string(value);
}

std::string region_of_environment() {
    auto region = environment("AWS_REGION");
    return region.empty() ? environment("AWS_DEFAULT_REGION") : region;
}

Result<aws::Credentials> profile_of(const EndpointOptions& options) {
    const auto folder = data_folder(options.data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    const auto file = *folder / "credentials";
    const auto profiles = aws::read_credentials(file);
    if (!profiles) {
        return std::unexpected(profiles.error());
    }
    const auto name = options.profile.empty() ? kOwnProfile : std::string_view(options.profile);
    const auto found = profiles->find(name);
    if (found == profiles->end()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} has no profile [{}]: name another one with --profile",
                                file.string(), name));
    }
    return found->second.credentials;
}

Result<aws::Credentials> credentials_for(const EndpointOptions& options) {
    aws::Credentials credentials;
    credentials.access_key_id = environment("AWS_ACCESS_KEY_ID");
    credentials.secret_access_key = environment("AWS_SECRET_ACCESS_KEY");
    credentials.session_token = environment("AWS_SESSION_TOKEN");
    const bool is_set =
        !credentials.access_key_id.empty() && !credentials.secret_access_key.empty();
    const bool may_use = !options.endpoint.empty() && options.profile.empty();
    return is_set && may_use ? credentials : profile_of(options);
}

std::unexpected<Error> malformed(std::string_view url) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("--endpoint: '{}' is no endpoint, such as "
                            "https://meridian.example.com or http://127.0.0.1:7401",
                            url));
}

Result<Endpoint> endpoint_of_url(const EndpointOptions& options) {
    auto endpoint = parse_endpoint(options.endpoint);
    if (!endpoint) {
        return endpoint;
    }
    endpoint->address.region = options.via.empty() ? region_of_environment() : options.via;
    if (!connect::is_region_name(endpoint->address.region)) {
        return fail(ErrorCode::kInvalidInput,
                    "--endpoint needs the name of its region: add --via REGION, or set AWS_REGION");
    }
    endpoint->address.ca_file = options.ca.string();
    return endpoint;
}

Result<Endpoint> endpoint_of_folder(const EndpointOptions& options) {
    if (!options.ca.empty()) {
        return fail(ErrorCode::kInvalidInput, "--ca belongs to --endpoint https://…");
    }
    const auto folder = data_folder(options.data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    auto address = find_region(*folder, options.via);
    return address ? Result<Endpoint>(Endpoint{std::move(*address), "", {}})
                   : std::unexpected(address.error());
}

}  // namespace

void add_endpoint_options(CLI::App& command, EndpointOptions& options) {
    constexpr auto kGroup = "Which server, and as whom";
    command.add_option("--via", options.via, "The region to ask [the first that runs here]")
        ->type_name("REGION")
        ->check(refuse_odd_region)
        ->group(kGroup);
    command
        .add_option("--data", options.data,
                    "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->type_name("DIR")
        ->check(refuse_empty)
        ->group(kGroup);
    command.add_option("--endpoint", options.endpoint, "Ask this URL, not a region that runs here")
        ->type_name("URL")
        ->check(refuse_empty)
        ->group(kGroup);
    command
        .add_option("--ca", options.ca, "Who may vouch for its certificate (PEM) [the system's]")
        ->type_name("FILE")
        ->check(refuse_empty)
        ->group(kGroup);
    command
        .add_option("--profile", options.profile,
                    "Profile of DATA/credentials, or of AWS's files [with --endpoint: "
                    "$AWS_ACCESS_KEY_ID]")
        ->type_name("NAME")
        ->check(refuse_empty)
        ->group(kGroup);
    add_cloud_options(command, options.cloud);
}

Result<Endpoint> parse_endpoint(std::string_view url) {
    constexpr std::string_view kPlain = "http://";
    constexpr std::string_view kTls = "https://";
    Endpoint endpoint;
    endpoint.address.tls = url.starts_with(kTls);
    if (!endpoint.address.tls && !url.starts_with(kPlain)) {
        return malformed(url);
    }
    const auto rest = url.substr(endpoint.address.tls ? kTls.size() : kPlain.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    endpoint.base_path = rest.substr(slash);
    while (endpoint.base_path.ends_with('/')) {
        endpoint.base_path.pop_back();
    }
    const auto bracket = authority.rfind(']');  // [::1]:7401
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    auto host = authority.substr(0, has_port ? colon : authority.size());
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    endpoint.address.host = host;
    endpoint.address.port = endpoint.address.tls ? 443 : 80;
    if (has_port) {
        const auto digits = authority.substr(colon + 1);
        const auto* end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, endpoint.address.port);
        if (read.ec != std::errc{} || read.ptr != end || endpoint.address.port == 0) {
            return malformed(url);
        }
    }
    if (host.empty() || host.find_first_of("@ \t?#") != std::string_view::npos ||
        endpoint.base_path.find_first_of(" \t?#%") != std::string::npos) {
        return malformed(url);
    }
    return endpoint;
}

Result<Endpoint> endpoint_on_aws(const EndpointOptions& options) {
    if (!options.endpoint.empty() || !options.ca.empty()) {
        return fail(ErrorCode::kInvalidInput,
                    "--endpoint and --ca ask a server; --store dynamodb asks the tables "
                    "themselves, at --endpoint-url");
    }
    const auto settings = setting_source({}, false);
    routing::Policy policy;
    policy.region_order = functions::comma_separated(settings("MERIDIAN_REGIONS").value_or(""));
    auto wanted =
        cloud_region_options(options.cloud, {.region = options.via, .profile = options.profile},
                             std::move(policy), settings);
    if (!wanted) {
        return std::unexpected(wanted.error());
    }
    Endpoint endpoint;
    endpoint.address.region = wanted->region;
    endpoint.cloud = std::make_shared<cloud::CloudRegion>(*std::move(wanted));
    return endpoint;
}

Result<Endpoint> find_endpoint(const EndpointOptions& options) {
    if (options.cloud.is_on()) {
        return endpoint_on_aws(options);
    }
    auto endpoint =
        options.endpoint.empty() ? endpoint_of_folder(options) : endpoint_of_url(options);
    if (!endpoint) {
        return endpoint;
    }
    auto credentials = credentials_for(options);
    if (!credentials) {
        return std::unexpected(credentials.error());
    }
    endpoint->credentials = std::move(*credentials);
    return endpoint;
}

}  // namespace meridian::app
