// Where a service of AWS answers.
//
// Source: AWS General Reference, "AWS service endpoints"; the partitions and endpoint rules that
// AWS's SDKs carry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/aws_config.h"
#include "base/result.h"

namespace meridian::aws {

struct Endpoint {
    std::string host;
    std::uint16_t port = 443;
    bool tls = true;
    std::string path = "/";  // ends with a slash

    bool operator==(const Endpoint&) const = default;
};

// "http://127.0.0.1:7401", "https://host/base". Errors: kConfiguration.
[[nodiscard]] Result<Endpoint> parse_endpoint_url(std::string_view url);

// The same with whatever stands behind the host: "http://127.0.0.1:80/creds?x=1", whose path does
// not get a slash at its end. Errors: kConfiguration, which doesn't show the URL.
[[nodiscard]] Result<Endpoint> parse_http_url(std::string_view url);

// `service`: the first part of its hosts' names: "dynamodb", "sns", "sts". Errors: kConfiguration,
// no region or none that could be one, an unusable URL, or FIPS and dual stack where there are no
// such endpoints.
[[nodiscard]] Result<Endpoint> service_endpoint(const AwsSettings& settings,
                                                std::string_view service, std::string_view region);

}  // namespace meridian::aws
