// Credentials that a program prints: credential_process of a profile.
//
// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
#pragma once

#include <string_view>

#include "aws/sigv4.h"
#include "base/result.h"

namespace meridian::aws {

// Runs `command`, split into words (shell_words.h); no shell has a part in it. It has until the
// calling thread's deadline, or half a minute; then it is killed with all that it has started in
// its process group. Its standard error goes nowhere: it may hold secrets. Errors: kConfiguration,
// it can't be run, fails, or prints something else, or over 64 KiB; kUnavailable, it takes too
// long. They name the program and none of its arguments.
[[nodiscard]] Result<Credentials> run_credential_process(std::string_view command);

}  // namespace meridian::aws
