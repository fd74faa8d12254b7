// Metrics in CloudWatch's embedded metric format: lines of JSON in the log, from which CloudWatch
// takes the values.
//
// Source: Amazon CloudWatch user guide, "Specification: Embedded metric format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace meridian::lambda {

// The metrics of lambda/metrics.def.
enum class Metric : std::uint8_t {
// NOLINTNEXTLINE(bugprone-macro-parentheses): an enumerator
#define MERIDIAN_METRIC(name, unit, meaning) k##name,
#include "lambda/metrics.def"  // NOLINT(bugprone-suspicious-include)
#undef MERIDIAN_METRIC
};
[[nodiscard]] std::string_view name_of(Metric metric);
[[nodiscard]] std::string_view unit_of(Metric metric);  // "Count", "Milliseconds"

// Role: collects what happens during one invocation. Threads: any; `clock` must outlive it.
class Metrics {
  public:
    Metrics(std::string function, std::string region, const Clock& clock);

    // Counts add up to one value; each duration is a value of its own.
    void count(Metric metric, double by = 1);
    void measure(Metric metric, std::chrono::nanoseconds duration);

    // The lines with everything since the last take(), none where there was nothing; mostly one:
    // a line has at most 100 values of a metric.
    [[nodiscard]] std::vector<std::string> take(std::string_view request_id);

  private:
    using Values = std::map<Metric, std::vector<double>>;
    [[nodiscard]] std::string line(const Values& values, std::string_view request_id) const;

    const std::string function_;
    const std::string region_;
    const Clock& clock_;
    std::mutex mutex_;
    Values values_;  // since the last take()
};

}  // namespace meridian::lambda
