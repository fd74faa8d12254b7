// HealthCheck on AWS.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "catalog/point_reads.h"
#include "deployed_function.h"
#include "functions/health_check.h"
#include "functions/replica_lag.h"
#include "lambda/tally.h"

namespace meridian::bootstrap {
namespace {

// One region's tables, and how it decides.
struct Region {
    std::string name;
    std::unique_ptr<store::TableStore> tables;
    std::unique_ptr<catalog::RuleSource> source;
};

class HealthCheckFunction final : public DeployedFunction {
  public:
    HealthCheckFunction(Deployment deployment, const FunctionParts& parts)
        : deployment_(std::move(deployment)), parts_(parts) {}

    Result<void> open() {
        if (!deployment_.alert_topic_arn.empty()) {
            auto opened = parts_.services.open_topic(deployment_.alert_topic_arn);
            if (!opened) {
                return fail_within("ALERT_TOPIC_ARN", std::move(opened.error()));
            }
            topic_ = *std::move(opened);
        }
        regions_.reserve(deployment_.regions.size());
        for (const auto& name : deployment_.regions) {
            auto opened = parts_.services.open_tables(name);
            if (!opened) {
                return std::unexpected(opened.error());
            }
            auto source = catalog::make_point_reads(**opened, parts_.clock);
            regions_.push_back({name, *std::move(opened), std::move(source)});
        }
        const auto own = std::ranges::find(regions_, deployment_.region, &Region::name);
        std::vector<std::shared_ptr<functions::RegionProbe>> probes;
        probes.reserve(regions_.size());
        for (const auto& region : regions_) {
            probes.push_back(probe_of(region, *own));
        }
        check_.emplace(
            functions::HealthCheckOptions{
                .region = deployment_.region,
                .on_probed =
                    [this](std::string_view, const functions::Probed& probed) {
                        lambda::count_probe(parts_.metrics, probed);
                    }},
            std::move(probes), *own->tables, [this](const functions::Alert& alert) { tell(alert); },
            parts_.clock);
        return {};
    }

    [[nodiscard]] functions::Function& function() override { return *check_; }
    [[nodiscard]] std::optional<lambda::Metric> duration() const override {
        return lambda::Metric::kHealthCheckDuration;
    }

  private:
    // `own`: the region that this process is in.
    std::shared_ptr<functions::RegionProbe> probe_of(const Region& region, const Region& own) {
        functions::TableProbeOptions options{.region = region.name};
        if (&region != &own) {
            options.observer = own.name + "#probe";
            options.more = [this, &region, &own]() -> item::Map {
                const auto lag =
                    functions::replica_lag(*own.tables, *region.tables, region.name, parts_.clock);
                return {{"replicationLagMs", lag ? item::Value(item::Number(lag->count()))
                                                 : item::Value(item::Null{})}};
            };
        }
        return functions::make_table_probe(std::move(options), *region.tables, *region.source,
                                           deployment_.policy, parts_.clock);
    }

    void tell(const functions::Alert& alert) {
        log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
        if (!topic_) {
            return;
        }
        const auto sent = topic_->publish(
            {.subject = fmt::format("Meridian: {} {}", alert.region,
                                    alert.recovered ? "has recovered" : "is unhealthy"),
             .message = alert.text});
        if (!sent) {
            log(LogLevel::kError, "alert", "it did not get out: {}", sent.error().message);
        }
    }

    Deployment deployment_;
    FunctionParts parts_;
    std::unique_ptr<aws::Topic> topic_;  // null: alerts go to the log only
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
