// How often one operation was asked for, how it was answered, and how long that took.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace meridian::api {

// Threads: any; nobody waits for anybody.
class OperationMetrics {
  public:
    // Upper bounds of the histogram's buckets; what took longer goes into one more.
    static constexpr std::array<std::chrono::microseconds, 14> kBounds{
        std::chrono::microseconds{50},        std::chrono::microseconds{100},
        std::chrono::microseconds{250},       std::chrono::microseconds{500},
        std::chrono::microseconds{1'000},     std::chrono::microseconds{2'500},
        std::chrono::microseconds{5'000},     std::chrono::microseconds{10'000},
        std::chrono::microseconds{25'000},    std::chrono::microseconds{50'000},
        std::chrono::microseconds{100'000},   std::chrono::microseconds{250'000},
        std::chrono::microseconds{1'000'000}, std::chrono::microseconds{5'000'000}};

    void count(int status, std::chrono::nanoseconds took);

    // Each status that was answered, and how often.
    [[nodiscard]] std::vector<std::pair<int, std::uint64_t>> by_status() const;
    // How many took at most kBounds[i]; the last one counts all.
    [[nodiscard]] std::array<std::uint64_t, kBounds.size() + 1> cumulative() const;
    [[nodiscard]] std::chrono::nanoseconds total() const;

  private:
    static constexpr std::size_t kStatuses = 600;
    std::array<std::atomic<std::uint64_t>, kStatuses> statuses_{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
    std::atomic<std::int64_t> nanoseconds_ = 0;
};

}  // namespace meridian::api
