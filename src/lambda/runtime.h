// The custom runtime's loop: one invocation after the other, for as long as the process lives.
#pragma once

#include <chrono>
#include <functional>

#include "base/clock.h"
#include "functions/function.h"
#include "lambda/runtime_api.h"
#include "management/caller.h"

namespace meridian::lambda {

struct RuntimeParts {
    RuntimeApi& api;
    functions::Function& function;
    const Clock& clock;
    // Who invokes; each invocation's request id is added.
    management::Caller caller = {};
    // Called before the function is, and once its answer has been sent, before the next event is
    // asked for: what is written then is written before the process is frozen. May be empty.
    std::function<void(const Invocation&)> on_start = nullptr;
    std::function<void(const Invocation&, std::chrono::nanoseconds took)> on_end = nullptr;
};

// Role: gives each event to the function and its answer back. The function's thread has the
// invocation's deadline (base/deadline.h), less a tenth and at most 100 ms of it, in which an
// answer still gets out. An answer that Lambda would not take becomes an error that says so.
// Threads: all on the calling one. Everything must outlive the call.
//
// Returns why the process should end.
[[nodiscard]] RuntimeFailure run_invocations(const RuntimeParts& parts);

}  // namespace meridian::lambda
