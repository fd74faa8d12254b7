#include "aws/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

struct Partition {
    std::string_view region_prefix;
    std::string_view suffix;
    std::string_view dual_stack_suffix;
    bool has_fips = true;
    bool fips_is_the_rule = false;  // the plain endpoints are FIPS's already
};
constexpr Partition kPartitions[] = {
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false},
    {"us-gov-", "amazonaws.com", "api.aws", true, true},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"", "amazonaws.com", "api.aws"},
};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// What may stand in a host's name: "us-east-1", and what stands-in services call themselves.
bool could_be_region(std::string_view region) {
    constexpr std::size_t kLabelBytesMax = 63;
    return !region.empty() && region.size() <= kLabelBytesMax && is_letter_or_digit(region[0]) &&
           std::ranges::all_of(region, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// LETTERS-…-NUMBER, as every region of AWS is named.
bool is_shaped_like_aws(std::string_view region) {
    return std::ranges::count(region, '-') >= 2 && region.back() >= '0' && region.back() <= '9' &&
           !(region[0] >= '0' && region[0] <= '9');
}

std::unexpected<Error> bad_url(std::string_view fault) {
    return fail(ErrorCode::kConfiguration, std::string(fault));
}

bool take_port(std::string_view text, std::uint16_t& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

// "host", "host:port", "[::1]:port".
bool take_authority(std::string_view text, Endpoint& endpoint) {
    auto end = text.find(':');
    if (text.starts_with('[')) {
        const auto bracket = text.find(']');
        if (bracket == std::string_view::npos) {
            return false;
        }
        endpoint.host = text.substr(1, bracket - 1);
        end = bracket + 1 == text.size() ? std::string_view::npos : bracket + 1;
        if (end != std::string_view::npos && text[end] != ':') {
            return false;
        }
    } else {
        endpoint.host = text.substr(0, end);
    }
    const bool is_host =
        !endpoint.host.empty() && std::ranges::all_of(endpoint.host, [&text](char c) {
            const char l = to_lower(c);
            return is_letter_or_digit(l) || l == '-' || l == '.' || l == '_' ||
                   (l == ':' && text.starts_with('['));
        });
    return is_host &&
           (end == std::string_view::npos || take_port(text.substr(end + 1), endpoint.port));
}

Result<Endpoint> aws_endpoint(const AwsSettings& settings, std::string_view service,
                              std::string_view region) {
    if (!is_shaped_like_aws(region)) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("'{}' is no region of AWS, as us-east-1 is; set AWS_REGION (or "
                                "AWS_ENDPOINT_URL for a service of your own)",
                                region));
    }
    const auto& partition = *std::ranges::find_if(
        kPartitions, [region](const auto& p) { return region.starts_with(p.region_prefix); });
    if (settings.use_fips && !partition.has_fips) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format("there are no FIPS endpoints in {}; set AWS_USE_FIPS_ENDPOINT=false",
                        region));
    }
    const bool adds_fips =
        settings.use_fips && (!partition.fips_is_the_rule || settings.use_dual_stack);
    Endpoint endpoint;
    endpoint.host =
        fmt::format("{}{}.{}.{}", service, adds_fips ? "-fips" : "", region,
                    settings.use_dual_stack ? partition.dual_stack_suffix : partition.suffix);
    return endpoint;
}

}  // namespace

Result<Endpoint> parse_http_url(std::string_view url) {
    Endpoint endpoint;
    std::string_view rest = url;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
        endpoint.tls = false;
        endpoint.port = 80;
    } else {
        return bad_url("begins with neither http:// nor https://");
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    if (!take_authority(rest.substr(0, slash), endpoint)) {
        return bad_url("has no host, or a port that is none");
    }
    endpoint.path = slash == rest.size() ? "/" : rest.substr(slash);
    const bool is_target = std::ranges::all_of(
        endpoint.path, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
    return is_target ? Result<Endpoint>(std::move(endpoint))
                     : bad_url("has more than a path behind the host");
}

Result<Endpoint> parse_endpoint_url(std::string_view url) {
    auto endpoint = parse_http_url(url);
    if (endpoint && endpoint->path.contains('?')) {
        endpoint = bad_url("has more than a path behind the host");
    }
    if (!endpoint) {
        // A password in it is nobody's business.
        return fail(ErrorCode::kConfiguration,
                    fmt::format("the endpoint URL {} {}; it should look like "
                                "http://127.0.0.1:7401 or https://dynamodb.us-east-1.amazonaws.com",
                                url.contains('@') ? std::string_view("(with a user's name)") : url,
                                endpoint.error().message));
    }
    if (!endpoint->path.ends_with('/')) {
        endpoint->path += '/';
    }
    return endpoint;
}

Result<Endpoint> service_endpoint(const AwsSettings& settings, std::string_view service,
                                  std::string_view region) {
    if (!could_be_region(region)) {
        return fail(
            ErrorCode::kConfiguration,
            region.empty()
                ? fmt::format("no region is set for {}; set AWS_REGION, or region in {}", service,
                              settings.files)
                : fmt::format("'{}' is no region of AWS, as us-east-1 is; set AWS_REGION", region));
    }
    const auto url = settings.endpoint_url(service);
    return url.empty() ? aws_endpoint(settings, service, region) : parse_endpoint_url(url);
}

}  // namespace meridian::aws
