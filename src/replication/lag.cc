#include "replication/lag.h"

#include <algorithm>
#include <bit>

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::chrono::seconds kIntervalKept{30};

// Lengths below 16 ms have a place each; above, each doubling has 16 places.
constexpr unsigned kExactBits = 4;
constexpr std::uint64_t kExact = 1U << kExactBits;
constexpr std::uint64_t kLengthMax = (std::uint64_t{1} << 32) - 1;

std::size_t place_of(milliseconds lag) {
    const auto length =
        std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(lag.count(), 0)), kLengthMax);
    if (length < kExact) {
        return length;
    }
    const auto doublings = static_cast<unsigned>(std::bit_width(length)) - 1 - kExactBits;
    return (doublings + 1) * kExact + ((length >> doublings) - kExact);
}

// The longest that has that place.
milliseconds length_at(std::size_t place) {
    if (place < kExact) {
        return milliseconds{place};
    }
    const auto doublings = place / kExact - 1;
    const auto first = (place % kExact + kExact) << doublings;
    return milliseconds{first + (std::uint64_t{1} << doublings) - 1};
}

std::int64_t second_of(nanoseconds now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

void LagWindow::note(nanoseconds now, milliseconds lag) {
    const auto second = second_of(now);
    auto& slot = seconds_[static_cast<std::size_t>(second) % kSeconds];
    if (slot.second != second) {
        slot.second = second;
        slot.counts.fill(0);
    }
    ++slot.counts[place_of(lag)];
}

Lag LagWindow::summary(nanoseconds now) const {
    const auto newest = second_of(now);
    std::array<std::uint64_t, kLengths> counts{};
    Lag lag;
    for (const auto& slot : seconds_) {
        if (slot.second < 0 || slot.second + static_cast<std::int64_t>(kSeconds) <= newest) {
            continue;
        }
        for (std::size_t place = 0; place < kLengths; ++place) {
            counts[place] += slot.counts[place];
            lag.items += slot.counts[place];
        }
    }
    // The length that so many in a hundred don't pass.
    const auto percentile = [&](std::uint64_t percent) {
        std::uint64_t passed = 0;
        for (std::size_t place = 0; place < kLengths; ++place) {
            passed += counts[place];
            if (passed != 0 && passed * 100 >= lag.items * percent) {
                return length_at(place);
            }
        }
        return milliseconds{0};
    };
    lag.p50 = percentile(50);
    lag.p99 = percentile(99);
    return lag;
}

void ClockOffset::note(Instant asked, Instant answered, Instant peer, nanoseconds now) {
    const auto [earliest, latest] = std::minmax(asked, answered);
    const Interval said{peer - latest, peer - earliest, now};
    if (!interval_ || now - interval_->since > kIntervalKept || said.low > interval_->high ||
        said.high < interval_->low) {
        interval_ = said;
        return;
    }
    interval_->low = std::max(interval_->low, said.low);
    interval_->high = std::min(interval_->high, said.high);
}

milliseconds ClockOffset::ahead() const {
    if (!interval_) {
        return milliseconds{0};
    }
    return std::clamp(milliseconds{0}, interval_->low, interval_->high);
}

}  // namespace meridian::replication
