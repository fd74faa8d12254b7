// The Lambda runtime API: where a custom runtime gets its invocations and leaves its answers.
//
// Source: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/instant.h"
#include "base/result.h"
#include "net/client.h"

namespace meridian::lambda {

struct RuntimeAddress {
    std::string host;
    std::uint16_t port = 80;
};
// AWS_LAMBDA_RUNTIME_API's "127.0.0.1:9001". kConfiguration names the setting.
[[nodiscard]] Result<RuntimeAddress> parse_runtime_address(std::string_view text);

struct Invocation {
    std::string request_id;
    std::string function_arn;
    std::string trace_id;  // empty: the invocation is not traced
    std::optional<Instant> deadline;
    std::string payload;
};

// What Lambda takes of an answer, in bytes (quota "Invocation payload", 6 MB each way).
inline constexpr std::size_t kAnswerBytesMax = 6'291'556;

// The error that an invocation, or the start, ended with. `type` is "Category.Reason".
struct FunctionError {
    std::string type;
    std::string message;
};
// {"errorMessage":…,"errorType":…,"stackTrace":[]}
[[nodiscard]] std::string to_json(const FunctionError& error);

// Why the API did not take or give something.
struct RuntimeFailure {
    enum class Kind : std::uint8_t {
        kRefused,   // this one; the next may do
        kTooLarge,  // the answer is over the API's limit
        kOver,      // the container is broken, or the API gone: the process should end
    };
    Kind kind = Kind::kOver;
    std::string message;
};
template <typename T>
using FromRuntime = std::expected<T, RuntimeFailure>;

// Waits for some time; a test's need not.
using Pause = std::function<void(std::chrono::milliseconds)>;
[[nodiscard]] Pause real_pause();

// Role: the protocol's client. Ownership: one connection, kept; `clock` must outlive it. Threads:
// one. Waits as long as it takes: the process may be frozen for hours in any of its calls. A
// connection that breaks is opened again, after a pause that grows to a second; kOver when twenty
// tries in a row came to nothing, or at a status of 500.
class RuntimeApi {
  public:
    RuntimeApi(RuntimeAddress address, const Clock& clock, Pause pause = real_pause());

    [[nodiscard]] FromRuntime<Invocation> next();
    // These may be sent twice: the API refuses what it has for a request id already.
    [[nodiscard]] FromRuntime<void> respond(std::string_view request_id, std::string answer);
    // `body` is JSON as of to_json(FunctionError).
    [[nodiscard]] FromRuntime<void> report(std::string_view request_id, std::string_view type,
                                           std::string body);
    [[nodiscard]] FromRuntime<void> report_start(const FunctionError& error);

  private:
    [[nodiscard]] FromRuntime<void> post(std::string target, std::string_view error_type,
                                         std::string body);
    [[nodiscard]] net::ClientRequest request(std::string method, std::string path) const;

    RuntimeAddress address_;
    const Clock& clock_;
    Pause pause_;
    net::Client client_;
};

}  // namespace meridian::lambda
