// Which failed calls of AWS's services are made again, when, and how often.
//
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", mode "standard"; the delays' bases
// are those of botocore (retries/standard.py, version 2.1 of the mode).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace meridian::aws {

// Blocks the calling thread for so long.
using Sleep = std::function<void(std::chrono::nanoseconds)>;
[[nodiscard]] Sleep system_sleep();

enum class Fault : std::uint8_t {
    kFinal,       // the same again would come to the same
    kTransient,   // the service, or the way to it, is broken for the moment
    kTimeout,     // no answer in time
    kThrottling,  // too many calls
};

// What an answer with that status and the service's own word for the error ("" for none) is.
[[nodiscard]] Fault classify(int status, std::string_view type);

struct RetryOptions {
    int attempts_max = 3;
    std::chrono::milliseconds base{50};  // DynamoDB's clients take 25
    std::chrono::milliseconds throttling_base{1'000};
    std::chrono::milliseconds delay_max{20'000};
};

// Role: one policy for all calls of one client, and one bucket of tokens that retries cost: when
// most calls fail, they are no longer multiplied. Threads: any. `random` must outlive it.
class RetryPolicy {
  public:
    RetryPolicy(RetryOptions options, Random& random) : options_(options), random_(random) {}

    // One call's course.
    struct Course {
        int attempts = 1;  // so far, the first included
        int tokens = 0;    // that the last retry cost
    };

    // After an attempt that failed: how long to wait before the next. Nothing: that was the last.
    // `wish`: the service's own (x-amz-retry-after).
    [[nodiscard]] std::optional<std::chrono::nanoseconds> next(
        Course& course, Fault fault, std::optional<std::chrono::milliseconds> wish = {});
    // The last attempt went well.
    void succeeded(const Course& course);

    [[nodiscard]] int tokens() const;
    [[nodiscard]] int attempts_max() const { return options_.attempts_max; }

  private:
    static constexpr int kTokensMax = 500;

    const RetryOptions options_;
    mutable std::mutex mutex_;
    Random& random_;           // guarded by mutex_
    int tokens_ = kTokensMax;  // guarded by mutex_
};

}  // namespace meridian::aws
