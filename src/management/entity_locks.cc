#include "management/entity_locks.h"

#include <algorithm>
#include <utility>

namespace meridian::management {

EntityLocks::Lock EntityLocks::hold(std::vector<std::string> names) {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [&] {
        return std::ranges::none_of(names,
                                    [this](const auto& name) { return held_.contains(name); });
    });
    held_.insert(names.begin(), names.end());
    return {*this, std::move(names)};
}

void EntityLocks::release(const std::vector<std::string>& names) {
    if (names.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    for (const auto& name : names) {
        held_.erase(name);
    }
    released_.notify_all();
}

}  // namespace meridian::management
