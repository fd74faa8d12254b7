// Errors as AWS's REST-JSON services answer them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace meridian::api {

// Status, X-Amzn-ErrorType, and {"Type":"User|Service","message":"…","Message":"…"}: Lambda's model
// says Message, API Gateway's message, and clients read either.
[[nodiscard]] net::Response render_error(const Error& error);

inline constexpr std::string_view kErrorTypeHeader = "X-Amzn-ErrorType";

// Why a request was refused, one of a few words for whoever counts: "signature", "role",
// "conflict", "validation", "too_large", "overload". Empty: it was not refused, or nobody is to
// blame (it asks for what is not there, or something failed).
[[nodiscard]] std::string_view refusal_cause(int status, std::string_view error_type);

[[nodiscard]] net::Response json_response(int status, std::string body);

}  // namespace meridian::api
