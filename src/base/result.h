// Errors as values. Every function that can fail returns Result<T>; no exception crosses a module.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace meridian {

// The codes of base/errors.def.
enum class ErrorCode : std::uint16_t {
// NOLINTNEXTLINE(bugprone-macro-parentheses): an enumerator
#define MERIDIAN_ERROR(name, number, reaction, status, type, meaning) k##name = number,
#include "base/errors.def"  // NOLINT(bugprone-suspicious-include)
#undef MERIDIAN_ERROR
};

// What whoever receives the error should do.
enum class Reaction : std::uint8_t {
    kRetry,
    kRetryTransaction,
    kFixInput,
    kGiveUp,
    kOutcomeUnknown
};

// The catalogue's row of a code. Lives for ever.
struct ErrorInfo {
    std::string_view name;
    std::uint16_t number;
    Reaction reaction;
    int http_status;
    std::string_view aws_type;  // DynamoDB's and Lambda's `__type`, without the namespace
    std::string_view meaning;
};
[[nodiscard]] const ErrorInfo& info(ErrorCode code);
[[nodiscard]] std::string_view to_string(Reaction reaction);

// Calls `visit` with every row, in the order of the numbers.
void for_each_error(void (*visit)(const ErrorInfo&, void*), void* context);

// One failure: the code is for programs; the message is one sentence for a person that names the
// thing and, where there is one, the mend. It may be shown to whoever sent the request, so it never
// holds secrets or callers' numbers.
struct [[nodiscard]] Error {
    ErrorCode code;
    std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

// `return fail(ErrorCode::kTableNotFound, "…")` from any function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
    return std::unexpected(Error{code, std::move(message)});
}

// "what: message", for an error that passes a boundary where more is known about it.
[[nodiscard]] std::unexpected<Error> fail_within(std::string_view what, Error error);

}  // namespace meridian
