#include "lambda/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/json_text.h"

namespace meridian::lambda {
namespace {

constexpr std::size_t kValuesMax = 100;  // of a metric, in a line

struct Row {
    std::string_view name;
    std::string_view unit;
};
constexpr std::array kRows{
#define MERIDIAN_METRIC(name, unit, meaning) Row{#name, #unit},
#include "lambda/metrics.def"  // NOLINT(bugprone-suspicious-include)
#undef MERIDIAN_METRIC
};
static_assert(kRows.size() <= 100, "a line may define 100 metrics");

const Row& row_of(Metric metric) {
    return kRows.at(static_cast<std::size_t>(metric));
}

// To the microsecond.
void append_number(double value, std::string& out) {
    auto text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    out += text;
}

void append_values(const std::vector<double>& values, std::string& out) {
    if (values.size() == 1) {
        append_number(values.front(), out);
        return;
    }
    char separator = '[';
    for (const double value : values) {
        out.push_back(std::exchange(separator, ','));
        append_number(value, out);
    }
    out.push_back(']');
}

}  // namespace

std::string_view name_of(Metric metric) {
    return row_of(metric).name;
}

std::string_view unit_of(Metric metric) {
    return row_of(metric).unit;
}

Metrics::Metrics(std::string function, std::string region, const Clock& clock)
    : function_(std::move(function)), region_(std::move(region)), clock_(clock) {}

void Metrics::count(Metric metric, double by) {
    const std::lock_guard lock(mutex_);
    auto& values = values_[metric];
    values.resize(1);
    values.front() += by;
}

void Metrics::measure(Metric metric, std::chrono::nanoseconds duration) {
    const std::lock_guard lock(mutex_);
    values_[metric].push_back(std::chrono::duration<double, std::milli>(duration).count());
}

std::vector<std::string> Metrics::take(std::string_view request_id) {
    Values taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(values_);
    }
    std::vector<std::string> lines;
    while (!taken.empty()) {
        Values fits;
        for (auto& [metric, values] : taken) {
            const auto count = static_cast<std::ptrdiff_t>(std::min(values.size(), kValuesMax));
            fits[metric].assign(values.begin(), values.begin() + count);
            values.erase(values.begin(), values.begin() + count);
        }
        std::erase_if(taken, [](const auto& entry) { return entry.second.empty(); });
        lines.push_back(line(fits, request_id));
    }
    return lines;
}

std::string Metrics::line(const Values& values, std::string_view request_id) const {
    auto out =
        fmt::format(R"({{"_aws":{{"Timestamp":{},"CloudWatchMetrics":[{{"Namespace":"Meridian",)"
                    R"("Dimensions":[["Function","Region"]],"Metrics":)",
                    clock_.now().time_since_epoch().count());
    char separator = '[';
    for (const auto& [metric, ignored] : values) {
        out.push_back(std::exchange(separator, ','));
        out += fmt::format(R"({{"Name":"{}","Unit":"{}"}})", name_of(metric), unit_of(metric));
    }
    out += R"(]}]},"Function":)";
    append_json_text(function_, out);
    out += R"(,"Region":)";
    append_json_text(region_, out);
    if (!request_id.empty()) {
        out += R"(,"requestId":)";
        append_json_text(request_id, out);
    }
    for (const auto& [metric, numbers] : values) {
        out += fmt::format(R"(,"{}":)", name_of(metric));
        append_values(numbers, out);
    }
    out.push_back('}');
    return out;
}

}  // namespace meridian::lambda
