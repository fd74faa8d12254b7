// Which server a command asks, and as whom.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "api/region_client.h"
#include "aws/sigv4.h"
#include "base/result.h"
#include "cloud/cloud_region.h"
#include "cloud_options.h"

namespace meridian::app {

struct EndpointOptions {
    std::filesystem::path data;
    std::string via;  // a running region's name
    std::string endpoint;
    std::filesystem::path ca;
    std::string profile;
    CloudOptions cloud;
};

// --via, --data, --endpoint, --ca, --profile, --store, --endpoint-url.
void add_endpoint_options(CLI::App& command, EndpointOptions& options);

struct Endpoint {
    api::RegionAddress address;
    std::string base_path;  // "/prod", before each path; or empty
    aws::Credentials credentials;
    // Null: `address` is asked. Else this process answers by DynamoDB's tables.
    std::shared_ptr<cloud::CloudRegion> cloud = nullptr;
};

// kUnavailable: no region runs from the data folder; kInvalidInput, kConfiguration: an option or
// the credentials are wrong. The message says what would help.
[[nodiscard]] Result<Endpoint> find_endpoint(const EndpointOptions& options);

// "https://meridian.example.com/prod" to host, port (80, 443 when it has none), TLS and base path;
// the rest is left as it is. kInvalidInput.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url);

}  // namespace meridian::app
