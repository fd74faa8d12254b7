#include "store/rocksdb/pins.h"

namespace meridian::store {

Pins::~Pins() {
    for (const auto& [ticket, pin] : pins_) {
        db_.ReleaseSnapshot(pin.snapshot);
    }
}

const rocksdb::Snapshot* Pins::add(std::uint64_t ticket, std::chrono::nanoseconds until) {
    const std::lock_guard lock(mutex_);
    if (pins_.size() >= kPinsMax) {
        return nullptr;
    }
    const auto* snapshot = db_.GetSnapshot();
    pins_.emplace(ticket, Pin{snapshot, until});
    count_ = pins_.size();
    return snapshot;
}

void Pins::remove(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    if (const auto pin = pins_.find(ticket); pin != pins_.end()) {
        db_.ReleaseSnapshot(pin->second.snapshot);
        pins_.erase(pin);
        count_ = pins_.size();
    }
}

void Pins::remove_ended(std::chrono::nanoseconds now) {
    if (count_ == 0) {
        return;
    }
    const std::lock_guard lock(mutex_);
    std::erase_if(pins_, [&](const auto& entry) {
        const auto& [ticket, pin] = entry;
        if (pin.until > now) {
            return false;
        }
        db_.ReleaseSnapshot(pin.snapshot);
        return true;
    });
    count_ = pins_.size();
}

std::unique_ptr<rocksdb::Iterator> Pins::iterate(std::uint64_t ticket, rocksdb::ReadOptions options,
                                                 rocksdb::ColumnFamilyHandle* family) const {
    const std::lock_guard lock(mutex_);
    const auto pin = pins_.find(ticket);
    if (pin == pins_.end()) {
        return nullptr;
    }
    options.snapshot = pin->second.snapshot;
    return std::unique_ptr<rocksdb::Iterator>(db_.NewIterator(options, family));
}

}  // namespace meridian::store
