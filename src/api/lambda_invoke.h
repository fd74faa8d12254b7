// Lambda's Invoke: POST /2015-03-31/functions/NAME-OR-ARN/invocations.
//
// Source: AWS Lambda API reference, "Invoke".
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/answer.h"
#include "api/workers.h"
#include "base/result.h"
#include "functions/function.h"
#include "management/caller.h"
#include "net/http.h"

namespace meridian::api {

// The {name} of an Invoke path, or nothing for another path. "%3A" is decoded.
[[nodiscard]] std::optional<std::string> function_in_path(std::string_view path);

// Lambda quotas, "Function configuration, deployment, and execution": an invocation's payload.
inline constexpr std::size_t kPayloadBytesMax = std::size_t{6} * 1024 * 1024;
inline constexpr std::size_t kEventPayloadBytesMax = std::size_t{1024} * 1024;

// A function by what a client may call it by: NAME, NAME:QUALIFIER, ACCOUNT:function:NAME, or a
// full ARN.
struct FunctionName {
    std::string name;
    std::string qualifier;  // empty: none
    std::string region;     // of an ARN; empty: none
};
// kInvalidInput: it is none of these.
[[nodiscard]] Result<FunctionName> parse_function_name(std::string_view text);

// Views: of the request's.
struct Invocation {
    functions::Function& function;
    std::string_view type;  // X-Amz-Invocation-Type
    std::string_view payload;
    const management::Caller& caller;
};

// Role: finds functions and calls them. `functions` and `workers` must outlive it. Threads: any.
class LambdaInvoke {
  public:
    LambdaInvoke(std::string region, const std::vector<functions::Function*>& functions,
                 Workers& workers);

    // The function that the path of the request names, with its Qualifier. kFunctionNotFound,
    // kInvalidInput.
    [[nodiscard]] Result<functions::Function*> find(std::string_view name_or_arn,
                                                    std::string_view target) const;

    // RequestResponse: 200 with the function's answer. Event: 202, and it runs afterwards. DryRun:
    // 204. A payload over Lambda's limits: 413.
    void invoke(const Invocation& invocation, Answer answer);

  private:
    void post(const Invocation& invocation, Answer answer);
    void post_event(const Invocation& invocation, Answer answer);

    std::string region_;
    std::map<std::string, functions::Function*, std::less<>> functions_;
    Workers& workers_;
};

}  // namespace meridian::api
