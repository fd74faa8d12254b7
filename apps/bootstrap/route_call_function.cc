// RouteCall on AWS.
#include <utility>

#include "base/log.h"
#include "catalog/point_reads.h"
#include "deployed_function.h"
#include "functions/route_call.h"
#include "lambda/tally.h"

namespace meridian::bootstrap {
namespace {

// In the place of tables that could not be opened.
class NoRules final : public catalog::RuleSource {
  public:
    explicit NoRules(Error error) : error_(std::move(error)) {}

    [[nodiscard]] Result<catalog::Sourced> rules_for(const routing::Call& /*call*/) override {
        return std::unexpected(error_);
    }
    [[nodiscard]] catalog::SourceHealth health() const override { return {}; }

  private:
    Error error_;
};

class RouteCallFunction final : public DeployedFunction {
  public:
    RouteCallFunction(Deployment deployment, const FunctionParts& parts)
        : deployment_(std::move(deployment)),
          parts_(parts),
          source_(open_source()),
          route_call_(*source_, deployment_.policy, parts_.clock,
                      [this](const functions::Routed& routed) {
                          lambda::count_call(parts_.metrics, routed);
                      }) {}

    [[nodiscard]] functions::Function& function() override { return route_call_; }
    [[nodiscard]] std::optional<lambda::Metric> duration() const override {
        return lambda::Metric::kCallDuration;
    }

  private:
    std::unique_ptr<catalog::RuleSource> open_source() {
        auto opened = parts_.services.open_tables(deployment_.region);
        if (!opened) {
            log(LogLevel::kError, "route_call", "{}; the defaults are answered until it is mended",
                opened.error().message);
            return std::make_unique<NoRules>(opened.error());
        }
        tables_ = *std::move(opened);
        return catalog::make_point_reads(*tables_, parts_.clock, {.fresh_for = deployment_.cache});
    }

    Deployment deployment_;
    FunctionParts parts_;
    std::unique_ptr<store::TableStore> tables_;  // null: they could not be opened
    std::unique_ptr<catalog::RuleSource> source_;
    functions::RouteCall route_call_;
};

}  // namespace

Result<std::unique_ptr<DeployedFunction>> make_route_call(Deployment deployment,
                                                          const FunctionParts& parts) {
    return std::make_unique<RouteCallFunction>(std::move(deployment), parts);
}

}  // namespace meridian::bootstrap
