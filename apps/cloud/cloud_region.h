// A region whose tables are DynamoDB's, put together: what the Lambda functions and
// `meridian … --store dynamodb` share.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aws/json_service.h"
#include "base/result.h"
#include "functions/health_check.h"
#include "functions/route_call.h"
#include "functions/settings.h"
#include "functions/update_routing.h"
#include "rest/management_api.h"
#include "routing/decision.h"
#include "store/table_store.h"

namespace meridian::cloud {

// DynamoDB in a region. An error (a setting is wrong) becomes that of each call.
using TablesOf =
    std::function<Result<std::shared_ptr<aws::JsonService>>(const std::string& region)>;

struct CloudRegionOptions {
    std::string region;
    routing::Policy policy;                       // region_order says which others there are
    std::chrono::milliseconds fresh_for{10'000};  // catalog::PointReadOptions
    TablesOf tables_of;
    functions::AlertSink alert = nullptr;  // null: alerts are log lines
    // What is told while functions work; each may be empty.
    std::function<void(const functions::Routed&)> on_routed = nullptr;
    std::function<void(std::string_view region, const functions::Probed&)> on_probed = nullptr;
    functions::UpdateRouting::Observer on_request = nullptr;
    std::function<void(const rest::ImportCounts&)> on_import = nullptr;
};

// MERIDIAN_CACHE_SECONDS, for CloudRegionOptions::fresh_for; 10 when it isn't set.
[[nodiscard]] Result<std::chrono::milliseconds> fresh_for(const functions::SettingSource& settings);

// Role: makes each part when it is first asked for, so that a cold start pays only for what it
// uses. No call of AWS is made before a function is called. Threads: the getters from one thread;
// what they give from any.
class CloudRegion {
  public:
    explicit CloudRegion(CloudRegionOptions options);
    CloudRegion(const CloudRegion&) = delete;
    CloudRegion& operator=(const CloudRegion&) = delete;
    ~CloudRegion();

    [[nodiscard]] const std::string& region() const;
    [[nodiscard]] store::TableStore& store();
    [[nodiscard]] functions::RouteCall& route_call();
    [[nodiscard]] functions::UpdateRouting& update_routing();
    // Probes the tables of every region, from here.
    [[nodiscard]] functions::HealthCheck& health_check();
    [[nodiscard]] const rest::ManagementApi& management();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace meridian::cloud
