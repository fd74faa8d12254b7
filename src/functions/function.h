// A function as Lambda knows it: JSON in, JSON out, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "management/caller.h"

namespace meridian::functions {

struct FunctionResult {
    std::string payload;
    // The handler failed: "Unhandled" with a payload of {"errorType","errorMessage"}. Nothing: it
    // answered.
    std::optional<std::string> function_error;
};

// Whether a call returns in microseconds, so that it may run on a thread that others wait for.
enum class Duration : std::uint8_t { kBrief, kMayWait };

// Role: port. Threads: call() from any thread. Errors: in the result; a function never throws.
class Function {
  public:
    Function() = default;
    Function(const Function&) = delete;
    Function& operator=(const Function&) = delete;
    virtual ~Function() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Duration duration() const = 0;
    // `payload` is any bytes; `caller` signed the invocation.
    [[nodiscard]] virtual FunctionResult call(std::string_view payload,
                                              const management::Caller& caller) = 0;
};

}  // namespace meridian::functions
