#include "deployed_function.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "lambda/tally.h"

namespace meridian::bootstrap {
namespace {

using Made = Result<std::unique_ptr<DeployedFunction>>;

// Starts without its tables too: a caller gets the defaults.
Made make_route_call(const Deployment& deployment, Services& services, lambda::Metrics& metrics) {
    auto made = std::make_unique<DeployedFunction>(deployment, services, metrics);
    made->be(made->region().route_call(), lambda::Metric::kCallDuration);
    return made;
}

Made make_update_routing(const Deployment& deployment, Services& services,
                         lambda::Metrics& metrics) {
    if (const auto opened = services.dynamodb(deployment.region); !opened) {
        return std::unexpected(opened.error());
    }
    auto made = std::make_unique<DeployedFunction>(deployment, services, metrics);
    made->be(made->region().update_routing(), std::nullopt);
    return made;
}

Made make_health_check(const Deployment& deployment, Services& services, lambda::Metrics& metrics) {
    if (const auto opened = services.dynamodb(deployment.region); !opened) {
        return std::unexpected(opened.error());
    }
    auto made = std::make_unique<DeployedFunction>(deployment, services, metrics);
    if (!deployment.alert_topic_arn.empty()) {
        auto topic = services.open_topic(deployment.alert_topic_arn);
        if (!topic) {
            return fail_within("ALERT_TOPIC_ARN", std::move(topic.error()));
        }
        made->alert_to(*std::move(topic));
    }
    made->be(made->region().health_check(), lambda::Metric::kHealthCheckDuration);
    return made;
}

// The deployment's regions are those that its policy prefers, and its own.
routing::Policy policy_of(const Deployment& deployment) {
    auto policy = deployment.policy;
    policy.region_order = deployment.regions;
    return policy;
}

}  // namespace

DeployedFunction::DeployedFunction(const Deployment& deployment, Services& services,
                                   lambda::Metrics& metrics)
    : region_(
          {.region = deployment.region,
           .policy = policy_of(deployment),
           .fresh_for = deployment.cache,
           .tables_of =
               [&services](const std::string& region) { return services.dynamodb(region); },
           .alert = [this](const functions::Alert& alert) { tell(alert); },
           .on_routed =
               [&metrics](const functions::Routed& routed) { lambda::count_call(metrics, routed); },
           .on_probed =
               [&metrics](std::string_view, const functions::Probed& probed) {
                   lambda::count_probe(metrics, probed);
               },
           .on_request = [&metrics](const rest::Request& request,
                                    int status) { lambda::count_edit(metrics, request, status); },
           .on_import =
               [&metrics](const rest::ImportCounts& counts) {
                   lambda::count_import(metrics, counts);
               }}) {}

void DeployedFunction::tell(const functions::Alert& alert) {
    log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
    if (!topic_) {
        return;
    }
    const auto sent =
        topic_->publish({.subject = fmt::format("Meridian: {} {}", alert.region,
                                                alert.recovered ? "has recovered" : "is unhealthy"),
                         .message = alert.text});
    if (!sent) {
        log(LogLevel::kError, "alert", "it did not get out: {}", sent.error().message);
    }
}

Result<MakeFunction> function_named(std::string_view name) {
    if (name == "RouteCall") {
        return &make_route_call;
    }
    if (name == "UpdateRouting") {
        return &make_update_routing;
    }
    if (name == "HealthCheck") {
        return &make_health_check;
    }
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("the handler (_HANDLER) is \"{}\": set it to RouteCall, UpdateRouting or "
                    "HealthCheck",
                    name));
}

}  // namespace meridian::bootstrap
