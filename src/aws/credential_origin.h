// One of the places where AWS's tools look for credentials.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "aws/sigv4.h"
#include "base/result.h"

namespace meridian::aws {

struct Finding {
    std::optional<Credentials> credentials;
    std::string absence;  // without any: why, as "AWS_ACCESS_KEY_ID is not set"
};

[[nodiscard]] inline Finding absent(std::string why) {
    return {.credentials = std::nullopt, .absence = std::move(why)};
}

// Looks there; waits until the calling thread's deadline at most. Not an error: there is none, so
// the next place comes. Errors: there should be some.
struct CredentialOrigin {
    std::string name;  // for messages: "the environment"
    std::function<Result<Finding>()> look;
};

}  // namespace meridian::aws
