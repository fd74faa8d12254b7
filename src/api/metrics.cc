#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "calendar/schedule.h"
#include "routing/decision.h"

namespace meridian::api {
namespace {

using Labels = std::map<std::string, std::string>;

constexpr std::size_t kMatches = 4;
constexpr std::size_t kHours = 4;

double seconds_of(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

template <typename Counts>
prometheus::ClientMetric::Histogram histogram_of(const OperationMetrics& operation,
                                                 const Counts& counts) {
    prometheus::ClientMetric::Histogram histogram;
    histogram.sample_count = counts.back();
    histogram.sample_sum = seconds_of(operation.total());
    for (std::size_t i = 0; i < OperationMetrics::kBounds.size(); ++i) {
        histogram.bucket.push_back({counts[i], seconds_of(OperationMetrics::kBounds[i])});
    }
    histogram.bucket.push_back({counts.back(), std::numeric_limits<double>::infinity()});
    return histogram;
}

}  // namespace

struct Metrics::State {
    explicit State(std::string_view name) : region(name) {}

    std::string region;
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& calls =
        prometheus::BuildCounter()
            .Name("meridian_decisions_total")
            .Help("Calls decided, by how the rule matched and what its business hours said.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& outcomes =
        prometheus::BuildCounter()
            .Name("meridian_route_call_total")
            .Help("RouteCall answers, by what they rest on: a rule, the default, or a failure.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& stale_answers =
        prometheus::BuildCounter()
            .Name("meridian_stale_answers_total")
            .Help("Answers from the last known data, because the tables could not be read.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& refusals = prometheus::BuildCounter()
                                                            .Name("meridian_refused_requests_total")
                                                            .Help("Requests refused, by cause.")
                                                            .Register(registry);
    prometheus::Family<prometheus::Counter>& imported =
        prometheus::BuildCounter()
            .Name("meridian_import_items_total")
            .Help("Items of imports, by what became of them.")
            .Register(registry);

    // Counters of the call path, looked up once.
    std::array<std::array<prometheus::Counter*, kHours>, kMatches> decision{};
    std::array<prometheus::Counter*, 4> outcome{};
    prometheus::Counter* stale = nullptr;

    mutable std::mutex mutex;  // of the map, not of what is in it
    std::map<std::string, OperationMetrics, std::less<>> operations;
    OperationMetrics writes;

    [[nodiscard]] Labels labels(Labels more = {}) const {
        more["region"] = region;
        return more;
    }

    // Families that the registry does not keep: what OperationMetrics counted.
    [[nodiscard]] std::vector<prometheus::MetricFamily> operation_families() const;
    [[nodiscard]] prometheus::MetricFamily write_family() const;
    [[nodiscard]] std::vector<prometheus::MetricFamily> link_families(
        const std::vector<replication::LinkStatus>& links) const;
    [[nodiscard]] prometheus::MetricFamily counter_family(const char* name, const char* help,
                                                          std::uint64_t value) const;

    void set_gauge(const char* name, const char* help, double value) {
        prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels()).Set(value);
    }
};

std::vector<prometheus::MetricFamily> Metrics::State::operation_families() const {
    prometheus::MetricFamily requests{"meridian_requests_total",
                                      "HTTP requests answered, by operation and status.",
                                      prometheus::MetricType::Counter,
                                      {}};
    prometheus::MetricFamily seconds{"meridian_request_seconds",
                                     "From a complete request to its answer.",
                                     prometheus::MetricType::Histogram,
                                     {}};
    const std::lock_guard lock(mutex);
    for (const auto& [name, operation] : operations) {
        for (const auto& [status, times] : operation.by_status()) {
            auto& metric = requests.metric.emplace_back();
            metric.label = {
                {"operation", name}, {"region", region}, {"status", std::to_string(status)}};
            metric.counter.value = static_cast<double>(times);
        }
        const auto counts = operation.cumulative();
        if (counts.back() > 0) {
            auto& metric = seconds.metric.emplace_back();
            metric.label = {{"operation", name}, {"region", region}};
            metric.histogram = histogram_of(operation, counts);
        }
    }
    return {std::move(requests), std::move(seconds)};
}

prometheus::MetricFamily Metrics::State::write_family() const {
    prometheus::MetricFamily family{"meridian_write_seconds",
                                    "Writes that were made, until they were durable.",
                                    prometheus::MetricType::Histogram,
                                    {}};
    auto& metric = family.metric.emplace_back();
    metric.label = {{"region", region}};
    metric.histogram = histogram_of(writes, writes.cumulative());
    return family;
}

// Replication, by the pair of regions: from "peer" to "region".
std::vector<prometheus::MetricFamily> Metrics::State::link_families(
    const std::vector<replication::LinkStatus>& links) const {
    using prometheus::MetricType;
    prometheus::MetricFamily lag{"meridian_replication_lag_seconds",
                                 "From a write in a peer until it can be read here, last minute.",
                                 MetricType::Gauge,
                                 {}};
    prometheus::MetricFamily oldest{"meridian_replication_oldest_waiting_seconds",
                                    "Since when the oldest change that has not arrived waits.",
                                    MetricType::Gauge,
                                    {}};
    prometheus::MetricFamily following{"meridian_replication_following",
                                       "1: all that the peer has told is here, or on its way.",
                                       MetricType::Gauge,
                                       {}};
    prometheus::MetricFamily items{"meridian_replication_items_total",
                                   "Changes of the peer that were applied here.",
                                   MetricType::Counter,
                                   {}};
    prometheus::MetricFamily conflicts{
        "meridian_replication_conflicts_total",
        "Writes of the peer and others that had not seen each other.",
        MetricType::Counter,
        {}};
    for (const auto& link : links) {
        const auto add = [&](prometheus::MetricFamily& family) -> prometheus::ClientMetric& {
            auto& metric = family.metric.emplace_back();
            metric.label = {{"peer", link.peer}, {"region", region}};
            return metric;
        };
        for (const auto& [quantile, value] :
             {std::pair{"0.5", link.lag.p50}, std::pair{"0.99", link.lag.p99}}) {
            auto& metric = add(lag);
            metric.label.push_back({"quantile", quantile});
            metric.gauge.value = seconds_of(value);
        }
        add(oldest).gauge.value = seconds_of(link.oldest_waiting);
        add(following).gauge.value = link.state == replication::LinkState::kFollowing ? 1 : 0;
        add(items).counter.value = static_cast<double>(link.items_applied);
        add(conflicts).counter.value = static_cast<double>(link.conflicts);
    }
    return {std::move(lag), std::move(oldest), std::move(following), std::move(items),
            std::move(conflicts)};
}

prometheus::MetricFamily Metrics::State::counter_family(const char* name, const char* help,
                                                        std::uint64_t value) const {
    prometheus::MetricFamily family{name, help, prometheus::MetricType::Counter, {}};
    auto& metric = family.metric.emplace_back();
    metric.label = {{"region", region}};
    metric.counter.value = static_cast<double>(value);
    return family;
}

Metrics::Metrics(std::string_view region) : state_(std::make_unique<State>(region)) {
    for (std::size_t match = 0; match < kMatches; ++match) {
        for (std::size_t hours = 0; hours < kHours; ++hours) {
            state_->decision[match][hours] = &state_->calls.Add(state_->labels(
                {{"match", std::string(to_string(static_cast<routing::Match>(match)))},
                 {"hours", std::string(to_string(static_cast<calendar::State>(hours)))}}));
        }
    }
    for (std::size_t outcome = 0; outcome < state_->outcome.size(); ++outcome) {
        state_->outcome[outcome] = &state_->outcomes.Add(state_->labels(
            {{"outcome",
              std::string(functions::to_string(static_cast<functions::Outcome>(outcome)))}}));
    }
    state_->stale = &state_->stale_answers.Add(state_->labels());
}

Metrics::~Metrics() = default;

void Metrics::count_call(const functions::Routed& routed) {
    state_->outcome[static_cast<std::size_t>(routed.outcome)]->Increment();
    if (routed.outcome == functions::Outcome::kRule ||
        routed.outcome == functions::Outcome::kDefault) {
        state_
            ->decision[static_cast<std::size_t>(routed.match)]
                      [static_cast<std::size_t>(routed.hours)]
            ->Increment();
    }
    if (routed.stale) {
        state_->stale->Increment();
    }
}

OperationMetrics& Metrics::operation(std::string_view name) {
    const std::lock_guard lock(state_->mutex);
    return state_->operations.try_emplace(std::string(name)).first->second;
}

OperationMetrics& Metrics::writes() {
    return state_->writes;
}

void Metrics::count_refusal(std::string_view cause, std::string_view error) {
    state_->refusals
        .Add(state_->labels({{"cause", std::string(cause)}, {"error", std::string(error)}}))
        .Increment();
}

void Metrics::count_import(const rest::ImportCounts& counts) {
    const auto& [created, updated, unchanged, failed] = counts;
    for (const auto& [outcome, items] :
         {std::pair{"created", created}, std::pair{"updated", updated},
          std::pair{"unchanged", unchanged}, std::pair{"failed", failed}}) {
        state_->imported.Add(state_->labels({{"outcome", outcome}}))
            .Increment(static_cast<double>(items));
    }
}

std::string Metrics::render(const Gauges& gauges) {
    state_->set_gauge("meridian_rules", "Rules in the snapshot.",
                      static_cast<double>(gauges.rules));
    state_->set_gauge("meridian_business_hours", "Schedules in the snapshot.",
                      static_cast<double>(gauges.schedules));
    state_->set_gauge("meridian_data_problems",
                      "Different attributes passed over because of their shape.",
                      static_cast<double>(gauges.data_problems));
    state_->set_gauge("meridian_snapshot_age_seconds", "Since rules or hours last changed.",
                      gauges.snapshot_age_seconds);
    state_->set_gauge("meridian_sequence_number",
                      "The newest durable change of this region's tables.",
                      static_cast<double>(gauges.sequence_number));
    state_->set_gauge("meridian_open_connections", "Client connections.",
                      static_cast<double>(gauges.open_connections));
    state_->set_gauge("meridian_event_listeners", "Clients that follow GET /events.",
                      static_cast<double>(gauges.event_listeners));
    auto families = state_->registry.Collect();
    std::ranges::move(state_->operation_families(), std::back_inserter(families));
    families.push_back(state_->write_family());
    families.push_back(state_->counter_family("meridian_access_log_lines_lost_total",
                                              "Lines that the access log had no room for.",
                                              gauges.access_log_lines_lost));
    std::ranges::move(state_->link_families(gauges.links), std::back_inserter(families));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace meridian::api
