// An answer of a service of AWS that is an error: which one it is, and what mends it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace meridian::aws {

struct ServiceFault {
    std::string type;     // without its namespace; empty: the answer doesn't say
    std::string message;  // the service's own words; may be empty
};

// AWS's JSON protocols: {"__type":"com.amazonaws…#NAME","message":"…"}, or the name in the header
// x-amzn-ErrorType.
[[nodiscard]] ServiceFault read_json_fault(const net::Response& response);

// AWS's Query protocol: <ErrorResponse><Error><Code>NAME</Code><Message>…
[[nodiscard]] ServiceFault read_query_fault(const net::Response& response);

// The one of ours that fits, by the type first, then the status. kTimeout: the request may have
// been carried out.
[[nodiscard]] ErrorCode code_of(const ServiceFault& fault, int status);

// Whose request was refused.
struct Caller {
    std::string_view service;    // of its actions: "dynamodb"
    std::string_view operation;  // "GetItem"
    std::string_view region;
};

// What whoever runs this can do, in a sentence without its full stop; empty: nothing that we know
// of.
[[nodiscard]] std::string mend_of(const ServiceFault& fault, ErrorCode code, const Caller& caller);

// The service's words as they may be shown: callers' numbers masked, and nothing of the request's
// own text, which errors of signatures repeat, session token and all.
[[nodiscard]] std::string words_of(const ServiceFault& fault);

// The signature was refused, which a wrong clock would explain.
[[nodiscard]] bool blames_the_clock(const ServiceFault& fault);
// The credentials were refused, which newer ones would mend.
[[nodiscard]] bool blames_the_credentials(const ServiceFault& fault);

}  // namespace meridian::aws
