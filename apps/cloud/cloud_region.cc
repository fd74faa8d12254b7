#include "cloud/cloud_region.h"

#include <fmt/format.h>

#include <charconv>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/random.h"
#include "catalog/point_reads.h"
#include "catalog/tables.h"
#include "functions/health_answer.h"
#include "functions/replica_lag.h"
#include "management/editor.h"
#include "rest/region_list.h"
#include "store/dynamodb/dynamodb_store.h"

namespace meridian::cloud {
namespace {

// In place of a service whose settings are wrong: a caller gets the defaults all the same.
class MisconfiguredService final : public aws::JsonService {
  public:
    explicit MisconfiguredService(Error error) : error_(std::move(error)) {}
    std::expected<std::string, aws::ServiceError> call(std::string_view /*operation*/,
                                                       std::string /*body*/) override {
        return std::unexpected(aws::ServiceError{.error = error_, .type = {}, .body = {}});
    }

  private:
    Error error_;
};

void log_alert(const functions::Alert& alert) {
    log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
}

// Another region, as far as its tables tell.
struct Neighbour {
    std::string region;
    std::unique_ptr<store::TableStore> store;
    std::unique_ptr<catalog::RuleSource> rules;  // made for health checks only
};

}  // namespace

struct CloudRegion::Parts {
    CloudRegionOptions options;
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<store::TableStore> store;
    std::list<Neighbour> neighbours;
    std::unique_ptr<catalog::RuleSource> rules;
    std::unique_ptr<catalog::RuleSource> probed_rules;  // of these tables, each time
    std::optional<functions::RouteCall> route_call;
    std::optional<functions::HealthCheck> health_check;
    std::optional<functions::HealthCheck> own_health;  // what GET /health asks: it alerts nobody
    std::optional<management::Editor> editor;
    std::optional<rest::ManagementApi> management;
    std::optional<functions::UpdateRouting> update_routing;

    explicit Parts(CloudRegionOptions wanted) : options(std::move(wanted)) {
        store = open(options.region);
        for (const auto& region : options.policy.region_order) {
            if (region != options.region) {
                neighbours.push_back({region, open(region), nullptr});
            }
        }
    }

    std::unique_ptr<store::TableStore> open(const std::string& region) {
        auto service = options.tables_of(region);
        if (!service) {
            log(LogLevel::kError, "tables", "{}", service.error().message);
            service = std::make_shared<MisconfiguredService>(service.error());
        }
        return store::open_dynamodb_store(
            *std::move(service), {.known_tables = catalog::table_schemas()}, clock, random);
    }

    catalog::RuleSource& rule_source() {
        if (!rules) {
            std::vector<catalog::RegionTables> others;
            for (const auto& neighbour : neighbours) {
                others.push_back({neighbour.region, *neighbour.store});
            }
            rules = catalog::make_point_reads(*store, clock, {.fresh_for = options.fresh_for},
                                              std::move(others));
        }
        return *rules;
    }

    catalog::RuleSource& probed_rule_source() {
        if (!probed_rules) {
            probed_rules = catalog::make_point_reads(*store, clock);
        }
        return *probed_rules;
    }

    // How far the neighbour's tables are behind in coming here.
    [[nodiscard]] item::Map lag_of(const Neighbour& neighbour) const {
        const auto lag = functions::replica_lag(*store, *neighbour.store, neighbour.region, clock);
        return {{"replicationLagMs",
                 lag ? item::Value(item::Number(lag->count())) : item::Value(item::Null{})}};
    }

    // Each region by its tables. Whoever probes another one has an item of its own there.
    std::vector<std::shared_ptr<functions::RegionProbe>> probes() {
        std::vector<std::shared_ptr<functions::RegionProbe>> all{functions::make_table_probe(
            {.region = options.region}, *store, probed_rule_source(), options.policy, clock)};
        for (auto& neighbour : neighbours) {
            neighbour.rules = catalog::make_point_reads(*neighbour.store, clock);
            all.push_back(functions::make_table_probe(
                {.region = neighbour.region,
                 .observer = options.region + "#probe",
                 .more = [this, &neighbour] { return lag_of(neighbour); }},
                *neighbour.store, *neighbour.rules, options.policy, clock));
        }
        return all;
    }
};

Result<std::chrono::milliseconds> fresh_for(const functions::SettingSource& settings) {
    constexpr int kSecondsMax = 3600;
    const auto text = settings("MERIDIAN_CACHE_SECONDS").value_or("10");
    int seconds = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, seconds);
    if (read.ec != std::errc{} || read.ptr != end || seconds < 0 || seconds > kSecondsMax) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("MERIDIAN_CACHE_SECONDS is '{}'; it must be a whole number from 0 "
                                "(always read) to {}",
                                text, kSecondsMax));
    }
    return std::chrono::seconds{seconds};
}

CloudRegion::CloudRegion(CloudRegionOptions options)
    : parts_(std::make_unique<Parts>(std::move(options))) {}

CloudRegion::~CloudRegion() = default;

const std::string& CloudRegion::region() const {
    return parts_->options.region;
}

store::TableStore& CloudRegion::store() {
    return *parts_->store;
}

functions::RouteCall& CloudRegion::route_call() {
    auto& parts = *parts_;
    if (!parts.route_call) {
        parts.route_call.emplace(parts.rule_source(), parts.options.policy, parts.clock,
                                 parts.options.on_routed);
    }
    return *parts.route_call;
}

functions::HealthCheck& CloudRegion::health_check() {
    auto& parts = *parts_;
    if (!parts.health_check) {
        parts.health_check.emplace(
            functions::HealthCheckOptions{.region = region(), .on_probed = parts.options.on_probed},
            parts.probes(), *parts.store,
            parts.options.alert ? parts.options.alert : functions::AlertSink(log_alert),
            parts.clock);
    }
    return *parts.health_check;
}

const rest::ManagementApi& CloudRegion::management() {
    auto& parts = *parts_;
    if (parts.management) {
        return *parts.management;
    }
    const auto& regions = parts.options.policy.region_order;
    parts.editor.emplace(*parts.store, management::EditorOptions{.regions = regions}, parts.clock,
                         parts.random);
    auto& call = route_call();
    parts.own_health.emplace(
        functions::HealthCheckOptions{.region = region()},
        std::vector<std::shared_ptr<functions::RegionProbe>>{functions::make_table_probe(
            {.region = region(), .observer = region() + "#api"}, *parts.store,
            parts.probed_rule_source(), parts.options.policy, parts.clock)},
        *parts.store, functions::AlertSink(), parts.clock);
    parts.management.emplace(rest::ManagementParts{
        .region = region(),
        .regions = regions,
        .editor = *parts.editor,
        .store = *parts.store,
        .clock = parts.clock,
        .snapshot = nullptr,  // nobody keeps all rules here
        .explain =
            [&call](std::string_view event, std::optional<Instant> at) {
                return call.explain(event, at.value_or(call.now()));
            },
        .health = [&parts] { return functions::health_of(*parts.own_health); },
        .list_regions =
            [&parts] {
                return rest::RegionList{
                    parts.options.policy, *parts.store, parts.options.region, {}}
                    .list();
            },
        .on_import = parts.options.on_import,
        .not_served_because = "this region's tables are DynamoDB's: backups, replication and "
                              "streams of changes are DynamoDB's own too"});
    return *parts.management;
}

functions::UpdateRouting& CloudRegion::update_routing() {
    auto& parts = *parts_;
    if (!parts.update_routing) {
        parts.update_routing.emplace(management(), parts.options.on_request);
    }
    return *parts.update_routing;
}

}  // namespace meridian::cloud
