// Who sent a request, and whether they may come in.
#pragma once

#include <string>
#include <string_view>

#include "api/principals.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "base/result.h"
#include "management/caller.h"
#include "net/http.h"

namespace meridian::api {

// The services that a signature may be for.
inline constexpr std::string_view kLambdaService = "lambda";
inline constexpr std::string_view kManagementService = "execute-api";
inline constexpr std::string_view kDynamoService = "dynamodb";

// A request as its signature covers it. Views: of the request's.
[[nodiscard]] aws::RequestView signed_view(const net::Request& request);

// Role: verifies signatures against the principals. Everything must outlive it. Threads: any.
class Gate {
  public:
    Gate(std::string region, Principals& principals, const Clock& clock);

    // The principal that signed the request for that service. Errors are the verifier's, and are
    // logged.
    [[nodiscard]] Result<management::Caller> admit(const net::Request& request,
                                                   std::string_view service);

    // Whether a caller who came in before still would.
    [[nodiscard]] bool knows(const management::Caller& caller);

  private:
    [[nodiscard]] Result<management::Caller> identify(const net::Request& request,
                                                      std::string_view service);

    Principals& principals_;
    aws::Verifier verifier_;
    LogLimit refusals_;
};

}  // namespace meridian::api
