// Lambda's Invoke: POST /2015-03-31/functions/NAME-OR-ARN/invocations.
//
// Source: AWS Lambda API reference, "Invoke".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/workers.h"
#include "base/result.h"
#include "functions/function.h"
#include "net/http.h"

namespace meridian::api {

// The {name} of an Invoke path, or nothing for another path. "%3A" is decoded.
[[nodiscard]] std::optional<std::string> function_in_path(std::string_view path);

// A function by what a client may call it by: NAME, NAME:QUALIFIER, ACCOUNT:function:NAME, or a
// full ARN.
struct FunctionName {
    std::string name;
    std::string qualifier;  // empty: none
    std::string region;     // of an ARN; empty: none
};
// kInvalidInput: it is none of these.
[[nodiscard]] Result<FunctionName> parse_function_name(std::string_view text);

// Role: finds functions and calls them. `functions` and `workers` must outlive it. Threads: any.
class LambdaInvoke {
  public:
    LambdaInvoke(std::string region, const std::vector<functions::Function*>& functions,
                 Workers& workers);

    // The function's own name when there is one of that name, for metrics; else "Invoke".
    [[nodiscard]] std::string_view operation(std::string_view name_or_arn) const;

    // RequestResponse: 200 with the function's answer. Event: 202, and it runs afterwards. DryRun:
    // 204.
    void invoke(std::string_view name_or_arn, const net::Request& request, std::string_view payload,
                net::Reply reply);

  private:
    [[nodiscard]] Result<functions::Function*> find(std::string_view name_or_arn,
                                                    std::string_view qualifier) const;

    std::string region_;
    std::map<std::string, functions::Function*, std::less<>> functions_;
    Workers& workers_;
};

}  // namespace meridian::api
