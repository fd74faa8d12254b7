#include "dynamo/heard_tables.h"

#include <utility>

#include "dynamo/table_catalog.h"

namespace meridian::dynamo {

void HeardTables::add(std::span<const store::Change> changes) {
    for (const auto& change : changes) {
        if (change.table != kTablesTable) {
            continue;
        }
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            changes_.push_back(change);
            wake_.notify_one();
        }
    }
}

std::optional<std::vector<store::Change>> HeardTables::wait(
    std::optional<std::chrono::milliseconds> at_most) {
    std::unique_lock lock(mutex_);
    const auto woken = [&] { return closed_ || !changes_.empty(); };
    if (at_most) {
        wake_.wait_for(lock, *at_most, woken);
    } else {
        wake_.wait(lock, woken);
    }
    return closed_ ? std::nullopt : std::optional(std::exchange(changes_, {}));
}

void HeardTables::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changes_ = {};
    wake_.notify_one();
}

}  // namespace meridian::dynamo
