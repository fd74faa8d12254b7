// HealthCheck on AWS.
#include <utility>
#include <vector>

#include "base/log.h"
#include "catalog/point_reads.h"
#include "deployed_function.h"
#include "functions/health_check.h"
#include "lambda/tally.h"

namespace meridian::bootstrap {
namespace {

// One region's tables, and how it decides.
struct Region {
    std::unique_ptr<store::TableStore> tables;
    std::unique_ptr<catalog::RuleSource> source;
};

void log_alert(const functions::Alert& alert) {
    log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
}

class HealthCheckFunction final : public DeployedFunction {
  public:
    HealthCheckFunction(Deployment deployment, const FunctionParts& parts)
        : deployment_(std::move(deployment)), parts_(parts) {}

    Result<void> open() {
        std::vector<std::shared_ptr<functions::RegionProbe>> probes;
        store::TableStore* own = nullptr;
        for (const auto& name : deployment_.regions) {
            auto opened = parts_.tables.open(name);
            if (!opened) {
                return std::unexpected(opened.error());
            }
            auto& region = regions_.emplace_back(*std::move(opened), nullptr);
            region.source = catalog::make_point_reads(*region.tables, parts_.clock);
            const bool is_own = name == deployment_.region;
            own = is_own ? region.tables.get() : own;
            probes.push_back(functions::make_table_probe(
                {.region = name, .observer = is_own ? name : deployment_.region + "#probe"},
                *region.tables, *region.source, deployment_.policy, parts_.clock));
        }
        check_.emplace(
            functions::HealthCheckOptions{
                .region = deployment_.region,
                .on_probed =
                    [this](std::string_view, const functions::Probed& probed) {
                        lambda::count_probe(parts_.metrics, probed);
                    }},
            std::move(probes), *own, log_alert, parts_.clock);
        return {};
    }

    [[nodiscard]] functions::Function& function() override { return *check_; }
    [[nodiscard]] std::optional<lambda::Metric> duration() const override {
        return lambda::Metric::kHealthCheckDuration;
    }

  private:
    Deployment deployment_;
    FunctionParts parts_;
    std::vector<Region> regions_;
    std::optional<functions::HealthCheck> check_;
};

}  // namespace

Result<std::unique_ptr<DeployedFunction>> make_health_check(Deployment deployment,
                                                            const FunctionParts& parts) {
    auto made = std::make_unique<HealthCheckFunction>(std::move(deployment), parts);
    if (auto opened = made->open(); !opened) {
        return std::unexpected(opened.error());
    }
    return made;
}

}  // namespace meridian::bootstrap
