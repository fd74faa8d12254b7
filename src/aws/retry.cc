#include "aws/retry.h"

#include <algorithm>
#include <thread>

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int kRetryTokens = 5;
constexpr int kTimeoutTokens = 10;
constexpr int kTokensForSuccess = 1;

constexpr std::string_view kThrottlingTypes[] = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
};

constexpr std::string_view kTransientTypes[] = {
    "IDPCommunicationError",  // STS's own, of the identity provider
    "InternalServerError",
    "RequestTimeout",
    "RequestTimeoutException",
};

constexpr int kTransientStatuses[] = {500, 502, 503, 504};

// min(base * 2^(attempt - 1), most), times a number from 0 to 1.
nanoseconds back_off(milliseconds base, int attempt, milliseconds most, Random& random) {
    constexpr int kDoublingsMax = 20;
    const auto doubled = base * (std::int64_t{1} << std::min(attempt - 1, kDoublingsMax));
    constexpr double kRange = 18446744073709551616.0;  // 2^64
    const double share = static_cast<double>(random.next()) / kRange;
    const nanoseconds longest = std::min<milliseconds>(doubled, most);
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(longest.count()) * share));
}

}  // namespace

Sleep system_sleep() {
    return [](nanoseconds time) { std::this_thread::sleep_for(time); };
}

Fault classify(int status, std::string_view type) {
    if (std::ranges::find(kThrottlingTypes, type) != std::end(kThrottlingTypes)) {
        return Fault::kThrottling;
    }
    const bool is_transient =
        std::ranges::find(kTransientTypes, type) != std::end(kTransientTypes) ||
        std::ranges::find(kTransientStatuses, status) != std::end(kTransientStatuses);
    return is_transient ? Fault::kTransient : Fault::kFinal;
}

std::optional<nanoseconds> RetryPolicy::next(Course& course, Fault fault,
                                             std::optional<milliseconds> wish) {
    constexpr milliseconds kWishMax{5'000};  // beyond our own delay
    if (fault == Fault::kFinal || course.attempts >= options_.attempts_max) {
        return std::nullopt;
    }
    const int cost = fault == Fault::kTimeout ? kTimeoutTokens : kRetryTokens;
    const auto base = fault == Fault::kThrottling ? options_.throttling_base : options_.base;
    const std::lock_guard lock(mutex_);
    if (tokens_ < cost) {
        return std::nullopt;
    }
    tokens_ -= cost;
    const auto own = back_off(base, course.attempts, options_.delay_max, random_);
    ++course.attempts;
    course.tokens = cost;
    return wish ? std::max<nanoseconds>(own, std::min<nanoseconds>(*wish, own + kWishMax)) : own;
}

void RetryPolicy::succeeded(const Course& course) {
    const std::lock_guard lock(mutex_);
    tokens_ =
        std::min(kTokensMax, tokens_ + (course.tokens > 0 ? course.tokens : kTokensForSuccess));
}

int RetryPolicy::tokens() const {
    const std::lock_guard lock(mutex_);
    return tokens_;
}

}  // namespace meridian::aws
