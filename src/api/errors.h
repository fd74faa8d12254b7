// Errors as AWS's REST-JSON services answer them.
#pragma once

#include <string>

#include "base/result.h"
#include "net/http.h"

namespace meridian::api {

// Status, X-Amzn-ErrorType, and {"Type":"User|Service","message":"…","Message":"…"}: Lambda's model
// says Message, API Gateway's message, and clients read either.
[[nodiscard]] net::Response render_error(const Error& error);

[[nodiscard]] net::Response json_response(int status, std::string body);

}  // namespace meridian::api
