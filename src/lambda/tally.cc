#include "lambda/tally.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "item/value.h"

namespace meridian::lambda {
namespace {

// The operations of the management API that change one rule, schedule or agent.
constexpr std::array<std::string_view, 11> kEdits{
    "updateRouting",      "putRule",  "patchRule",  "deleteRule",  "putBusinessHours",
    "patchBusinessHours", "putAgent", "patchAgent", "deleteAgent", "deleteBusinessHours",
    "restoreChange"};

bool is_edit(const rest::Request& request) {
    const auto operation = rest::ManagementApi::operation_of(request.method, request.target);
    const bool is_rehearsal = request.target.find("dryRun=true") != std::string_view::npos;
    return operation && !is_rehearsal && std::ranges::find(kEdits, *operation) != kEdits.end();
}

}  // namespace

void count_call(Metrics& metrics, const functions::Routed& routed) {
    metrics.count(Metric::kCalls);
    switch (routed.outcome) {
        case functions::Outcome::kRule:
            break;
        case functions::Outcome::kDefault:
            metrics.count(Metric::kDefaultAnswers);
            break;
        case functions::Outcome::kMalformedEvent:
            metrics.count(Metric::kMalformedEvents);
            break;
        case functions::Outcome::kNoData:
            metrics.count(Metric::kAnswersWithoutData);
            break;
    }
    if (routed.stale) {
        metrics.count(Metric::kStaleAnswers);
    }
}

void count_edit(Metrics& metrics, const rest::Request& request, int status) {
    if (!is_edit(request)) {
        return;
    }
    if (status < 300) {
        metrics.count(Metric::kEdits);
    } else if (status == 409 || status == 412) {
        metrics.count(Metric::kEditConflicts);
    } else if (status >= 500 || status == 429) {
        metrics.count(Metric::kEditFailures);
    }
}

void count_import(Metrics& metrics, const rest::ImportCounts& counts) {
    metrics.count(Metric::kEdits, static_cast<double>(counts.created + counts.updated));
    if (counts.failed > 0) {
        metrics.count(Metric::kEditFailures, static_cast<double>(counts.failed));
    }
}

void count_probe(Metrics& metrics, const functions::Probed& probed) {
    metrics.count(Metric::kUnhealthyRegions,
                  probed.status == functions::RegionStatus::kUnhealthy ? 1 : 0);
    const auto* lag = item::find(probed.details, "replicationLagMs");
    const auto* number = lag == nullptr ? nullptr : lag->as<item::Number>();
    if (const auto ms = number == nullptr ? std::nullopt : number->to_int64()) {
        metrics.measure(Metric::kReplicationLag, std::chrono::milliseconds{*ms});
    }
}

}  // namespace meridian::lambda
