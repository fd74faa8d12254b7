#include "store/dynamodb/backoff.h"

#include <algorithm>

#include "base/deadline.h"

namespace meridian::store::dynamodb {

Backoff::Backoff(const Link& link, Limits limits)
    : link_(link), limits_(limits), started_(link.clock().monotonic()), next_(limits.first) {}

bool Backoff::has_time_for(std::chrono::milliseconds time) const {
    const auto deadline = current_deadline();
    return link_.clock().monotonic() - started_ + time <= limits_.altogether &&
           (!deadline || std::chrono::steady_clock::now() + time < *deadline);
}

bool Backoff::wait() {
    const auto span = static_cast<std::uint64_t>(next_.count());
    const std::chrono::milliseconds time(1 +
                                         link_.random().next() % std::max<std::uint64_t>(span, 1));
    if (!has_time_for(time)) {
        return false;
    }
    link_.pause(time);
    next_ = std::min(next_ * 2, limits_.longest);
    return true;
}

}  // namespace meridian::store::dynamodb
