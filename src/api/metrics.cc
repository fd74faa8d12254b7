#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <mutex>
#include <tuple>

#include "calendar/schedule.h"
#include "routing/decision.h"

namespace meridian::api {
namespace {

using Labels = std::map<std::string, std::string>;

const prometheus::Histogram::BucketBoundaries kSeconds{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0};

constexpr std::size_t kMatches = 4;
constexpr std::size_t kHours = 4;

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
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("meridian_requests_total")
            .Help("HTTP requests answered, by operation and status.")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds =
        prometheus::BuildHistogram()
            .Name("meridian_request_seconds")
            .Help("From a complete request to its answer.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& refusals = prometheus::BuildCounter()
                                                            .Name("meridian_refused_requests_total")
                                                            .Help("Requests refused, by cause.")
                                                            .Register(registry);

    // Counters of the call path, looked up once.
    std::array<std::array<prometheus::Counter*, kHours>, kMatches> decision{};
    std::array<prometheus::Counter*, 4> outcome{};
    prometheus::Counter* stale = nullptr;

    std::mutex mutex;  // of the cache below
    struct Operation {
        prometheus::Counter* count = nullptr;
        prometheus::Histogram* seconds = nullptr;
    };
    std::map<std::pair<std::string_view, int>, Operation> operations;

    [[nodiscard]] Labels labels(Labels more = {}) const {
        more["region"] = region;
        return more;
    }

    void set_gauge(const char* name, const char* help, double value) {
        prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels()).Set(value);
    }
};

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

void Metrics::count_request(std::string_view operation, int status, std::chrono::nanoseconds took) {
    State::Operation found;
    {
        const std::lock_guard lock(state_->mutex);
        auto& entry = state_->operations[{operation, status}];
        if (entry.count == nullptr) {
            const auto labels = state_->labels({{"operation", std::string(operation)}});
            auto with_status = labels;
            with_status["status"] = std::to_string(status);
            entry = {&state_->requests.Add(with_status), &state_->seconds.Add(labels, kSeconds)};
        }
        found = entry;
    }
    found.count->Increment();
    found.seconds->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::count_refusal(std::string_view cause) {
    state_->refusals.Add(state_->labels({{"cause", std::string(cause)}})).Increment();
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
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace meridian::api
