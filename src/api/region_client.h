// Asks another region's endpoint, signed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/client.h"
#include "net/http.h"

namespace meridian::api {

// Where a region listens: "127.0.0.1:7401".
struct RegionAddress {
    std::string region;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool tls = false;
    std::string ca_file = {};  // PEM: who may vouch for its certificate; empty: the system's
};

// "us-east-1=127.0.0.1:7401". kInvalidInput otherwise.
[[nodiscard]] Result<RegionAddress> parse_region_address(std::string_view text);

// One request to a region's management API.
struct ApiRequest {
    std::string method = "GET";
    std::string target = "/";  // percent-encoded: "/routing?limit=10"
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::chrono::milliseconds timeout{30'000};
};

// Asks one region's management API, signed, one request after another on a connection that is
// kept. Threads: one at a time. `clock` must outlive it.
class RegionSession {
  public:
    RegionSession(RegionAddress address, aws::Credentials credentials, const Clock& clock);

    // Not an error: a status of 400 or more. As net::Client::send otherwise; the message names the
    // region and the address.
    [[nodiscard]] Result<net::Response> send(ApiRequest request);

    [[nodiscard]] const RegionAddress& address() const { return address_; }

  private:
    RegionAddress address_;
    aws::Credentials credentials_;
    const Clock* clock_;
    net::Client client_;
};

// Threads: any. `clock` must outlive it.
class RegionClient {
  public:
    RegionClient(RegionAddress address, aws::Credentials credentials, const Clock& clock);

    // The function's payload. kUnavailable names the region and the address; an error that the
    // region answered comes with its own words.
    [[nodiscard]] Result<std::string> invoke(std::string_view function, std::string payload,
                                             std::chrono::milliseconds timeout) const;

    // What POST /explain answers.
    [[nodiscard]] Result<std::string> explain(std::string body,
                                              std::chrono::milliseconds timeout) const;

    [[nodiscard]] const RegionAddress& address() const { return address_; }

  private:
    [[nodiscard]] Result<std::string> post(std::string service, std::string target,
                                           std::string body,
                                           std::chrono::milliseconds timeout) const;

    RegionAddress address_;
    aws::Credentials credentials_;
    const Clock& clock_;
};

}  // namespace meridian::api
