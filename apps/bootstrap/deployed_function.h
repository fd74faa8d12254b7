// A function with all that it stands on in a Lambda process.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "aws/sns.h"
#include "base/result.h"
#include "cloud/cloud_region.h"
#include "deployment.h"
#include "functions/function.h"
#include "lambda/metrics.h"
#include "services.h"

namespace meridian::bootstrap {

// Ownership: owns what the function needs. Threads: one.
class DeployedFunction {
  public:
    // Everything must outlive it.
    DeployedFunction(const Deployment& deployment, Services& services, lambda::Metrics& metrics);

    [[nodiscard]] cloud::CloudRegion& region() { return region_; }
    // Alerts go to the topic from now on, beside the log.
    void alert_to(std::unique_ptr<aws::Topic> topic) { topic_ = std::move(topic); }

    [[nodiscard]] functions::Function& function() { return *function_; }
    // How long a call took, as a metric.
    [[nodiscard]] std::optional<lambda::Metric> duration() const { return duration_; }
    void be(functions::Function& function, std::optional<lambda::Metric> duration) {
        function_ = &function;
        duration_ = duration;
    }

  private:
    void tell(const functions::Alert& alert);

    std::unique_ptr<aws::Topic> topic_;  // null: alerts go to the log only
    cloud::CloudRegion region_;
    functions::Function* function_ = nullptr;
    std::optional<lambda::Metric> duration_;
};

// Makes a function. `services` and `metrics` must outlive it.
using MakeFunction = Result<std::unique_ptr<DeployedFunction>> (*)(const Deployment& deployment,
                                                                   Services& services,
                                                                   lambda::Metrics& metrics);

// What makes the function that is deployed under that name (_HANDLER). kConfiguration: none is.
[[nodiscard]] Result<MakeFunction> function_named(std::string_view name);

}  // namespace meridian::bootstrap
