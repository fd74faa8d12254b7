// What a region counts, in Prometheus' text form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation_metrics.h"
#include "functions/route_call.h"
#include "replication/replicator.h"
#include "rest/management_api.h"

namespace meridian::api {

// Figures that are read when somebody asks for them.
struct Gauges {
    std::size_t rules = 0;
    std::size_t schedules = 0;
    std::size_t data_problems = 0;
    double snapshot_age_seconds = 0;
    std::uint64_t sequence_number = 0;
    std::size_t open_connections = 0;
    std::size_t event_listeners = 0;
    std::uint64_t access_log_lines_lost = 0;
    std::vector<replication::LinkStatus> links = {};
};

// Threads: any.
class Metrics {
  public:
    explicit Metrics(std::string_view region);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void count_call(const functions::Routed& routed);
    // Where to count requests of an operation: one of ours ("RouteCall", "healthz"), never text of
    // a client's. Lives as long as this; ask once and keep it.
    [[nodiscard]] OperationMetrics& operation(std::string_view name);
    // Writes that were made: how long until they were durable.
    [[nodiscard]] OperationMetrics& writes();
    // refusal_cause()'s, and the error's AWS type.
    void count_refusal(std::string_view cause, std::string_view error);
    void count_import(const rest::ImportCounts& counts);

    [[nodiscard]] std::string render(const Gauges& gauges);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::api
