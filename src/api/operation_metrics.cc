#include "api/operation_metrics.h"

#include <algorithm>

namespace meridian::api {

void OperationMetrics::count(int status, std::chrono::nanoseconds took) {
    const auto index = static_cast<std::size_t>(std::clamp(status, 0, int{kStatuses} - 1));
    statuses_[index].fetch_add(1, std::memory_order_relaxed);
    const auto bucket = std::ranges::lower_bound(kBounds, took) - kBounds.begin();
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(took.count(), std::memory_order_relaxed);
}

std::vector<std::pair<int, std::uint64_t>> OperationMetrics::by_status() const {
    std::vector<std::pair<int, std::uint64_t>> seen;
    for (std::size_t status = 0; status < statuses_.size(); ++status) {
        if (const auto times = statuses_[status].load(std::memory_order_relaxed); times > 0) {
            seen.emplace_back(static_cast<int>(status), times);
        }
    }
    return seen;
}

std::array<std::uint64_t, OperationMetrics::kBounds.size() + 1> OperationMetrics::cumulative()
    const {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        so_far += buckets_[i].load(std::memory_order_relaxed);
        counts[i] = so_far;
    }
    return counts;
}

std::chrono::nanoseconds OperationMetrics::total() const {
    return std::chrono::nanoseconds{nanoseconds_.load(std::memory_order_relaxed)};
}

}  // namespace meridian::api
