// Which web pages may read what the region answers in a browser.
//
// Source: WHATWG, "Fetch", 3.2 "CORS protocol". A page's own signature is what lets it in: no
// cookies, so no credentials mode, and never "*".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace meridian::api {

// Threads: any.
class Cors {
  public:
    // No page may.
    Cors() = default;
    // Pages of these origins, as browsers write them: "https://console.example.com",
    // "http://localhost:8080". kInvalidInput names one that no browser would send.
    [[nodiscard]] static Result<Cors> of(std::vector<std::string> origins);

    // The answer to a preflight request of one of these pages, which is not signed; allow() makes
    // it whole, as any other. Nothing: it is no such request.
    [[nodiscard]] std::optional<net::Response> preflight(const net::Request& request) const;

    // Lets the page that sent the request read the response.
    void allow(const net::Request& request, net::Response& response) const;

  private:
    [[nodiscard]] bool is_allowed(std::string_view origin) const;

    std::vector<std::string> origins_;
};

}  // namespace meridian::api
