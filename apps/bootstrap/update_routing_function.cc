// UpdateRouting on AWS: the management API, less what only a region process has.
#include <utility>

#include "catalog/point_reads.h"
#include "deployed_function.h"
#include "functions/health_answer.h"
#include "functions/health_check.h"
#include "functions/route_call.h"
#include "functions/update_routing.h"
#include "lambda/tally.h"
#include "management/editor.h"
#include "rest/management_api.h"
#include "rest/region_list.h"

namespace meridian::bootstrap {
namespace {

constexpr std::string_view kNotServed =
    "the function on AWS does not serve this: backups and replication are DynamoDB's own there "
    "(point-in-time recovery, global tables), and events are the tables' streams";

class UpdateRoutingFunction final : public DeployedFunction {
  public:
    UpdateRoutingFunction(Deployment deployment, std::unique_ptr<store::TableStore> tables,
                          const FunctionParts& parts)
        : deployment_(std::move(deployment)),
          parts_(parts),
          tables_(std::move(tables)),
          source_(catalog::make_point_reads(*tables_, parts_.clock)),
          route_call_(*source_, deployment_.policy, parts_.clock, nullptr),
          editor_(*tables_, {.regions = deployment_.regions}, parts_.clock, parts_.random),
          health_({.region = deployment_.region},
                  {functions::make_table_probe(
                      {.region = deployment_.region, .observer = deployment_.region + "#api"},
                      *tables_, *source_, deployment_.policy, parts_.clock)},
                  *tables_, nullptr, parts_.clock),
          api_(management_parts()),
          update_routing_(api_, [this](const rest::Request& request, int status) {
              lambda::count_edit(parts_.metrics, request, status);
          }) {}

    [[nodiscard]] functions::Function& function() override { return update_routing_; }
    [[nodiscard]] std::optional<lambda::Metric> duration() const override { return std::nullopt; }

  private:
    rest::ManagementParts management_parts() {
        return {.region = deployment_.region,
                .regions = deployment_.regions,
                .editor = editor_,
                .store = *tables_,
                .clock = parts_.clock,
                .snapshot = nullptr,  // nobody keeps all rules here
                .explain =
                    [this](std::string_view event, std::optional<Instant> at) {
                        return route_call_.explain(event, at.value_or(route_call_.now()));
                    },
                .health = [this] { return functions::health_of(health_, R"({"scope":"local"})"); },
                .list_regions =
                    [this] {
                        return rest::RegionList{
                            deployment_.policy, *tables_, deployment_.region, {}}
                            .list();
                    },
                .on_import =
                    [this](const rest::ImportCounts& counts) {
                        lambda::count_import(parts_.metrics, counts);
                    },
                .not_served_because = std::string(kNotServed)};
    }

    Deployment deployment_;
    FunctionParts parts_;
    std::unique_ptr<store::TableStore> tables_;
    std::unique_ptr<catalog::RuleSource> source_;
    functions::RouteCall route_call_;
    management::Editor editor_;
    functions::HealthCheck health_;
    rest::ManagementApi api_;
    functions::UpdateRouting update_routing_;
};

}  // namespace

Result<std::unique_ptr<DeployedFunction>> make_update_routing(Deployment deployment,
                                                              const FunctionParts& parts) {
    auto tables = parts.services.open_tables(deployment.region);
    if (!tables) {
        return std::unexpected(tables.error());
    }
    return std::make_unique<UpdateRoutingFunction>(std::move(deployment), *std::move(tables),
                                                   parts);
}

}  // namespace meridian::bootstrap
