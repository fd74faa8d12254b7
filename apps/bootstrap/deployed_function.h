// A function with all that it stands on in a Lambda process.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "deployment.h"
#include "functions/function.h"
#include "lambda/metrics.h"
#include "services.h"

namespace meridian::bootstrap {

// Ownership: owns what the function needs. Threads: one.
class DeployedFunction {
  public:
    DeployedFunction() = default;
    DeployedFunction(const DeployedFunction&) = delete;
    DeployedFunction& operator=(const DeployedFunction&) = delete;
    virtual ~DeployedFunction() = default;

    [[nodiscard]] virtual functions::Function& function() = 0;
    // How long a call took, as a metric.
    [[nodiscard]] virtual std::optional<lambda::Metric> duration() const = 0;
};

// Everything must outlive the function.
struct FunctionParts {
    Services& services;
    lambda::Metrics& metrics;
    const Clock& clock;
    Random& random;
};

// Makes a function. `parts` are copied; what they refer to must outlive the function.
using MakeFunction = Result<std::unique_ptr<DeployedFunction>> (*)(Deployment deployment,
                                                                   const FunctionParts& parts);

// What makes the function that is deployed under that name (_HANDLER). kConfiguration: none is.
[[nodiscard]] Result<MakeFunction> function_named(std::string_view name);

// Starts without its tables too: a caller gets the defaults.
[[nodiscard]] Result<std::unique_ptr<DeployedFunction>> make_route_call(Deployment deployment,
                                                                        const FunctionParts& parts);
[[nodiscard]] Result<std::unique_ptr<DeployedFunction>> make_update_routing(
    Deployment deployment, const FunctionParts& parts);
[[nodiscard]] Result<std::unique_ptr<DeployedFunction>> make_health_check(
    Deployment deployment, const FunctionParts& parts);

}  // namespace meridian::bootstrap
