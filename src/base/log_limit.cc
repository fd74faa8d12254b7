#include "base/log_limit.h"

namespace meridian {

std::optional<std::uint64_t> LogLimit::admit() {
    const auto now = clock_.monotonic();
    const std::lock_guard lock(mutex_);
    if (!period_start_ || now - *period_start_ >= rate_.period) {
        period_start_ = now;
        lines_ = 0;
    }
    if (lines_ == rate_.lines_max) {
        ++held_back_;
        return std::nullopt;
    }
    ++lines_;
    return std::exchange(held_back_, 0);
}

}  // namespace meridian
