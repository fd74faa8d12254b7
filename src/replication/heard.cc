#include "replication/heard.h"

#include <algorithm>

namespace meridian::replication {

HeardTable::HeardTable(std::vector<std::string> regions) : regions_(std::move(regions)) {}

bool HeardTable::counts(std::string_view region) const {
    return std::ranges::find(regions_, region) != regions_.end();
}

bool HeardTable::is_of_former_log(const std::string& observer, store::LogId log) const {
    const auto own = logs_.find(observer);
    return own != logs_.end() && own->second != log;
}

void HeardTable::add(std::string_view region) {
    const std::lock_guard lock(mutex_);
    if (!counts(region)) {
        regions_.emplace_back(region);
    }
}

std::vector<std::string> HeardTable::regions() const {
    const std::lock_guard lock(mutex_);
    return regions_;
}

void HeardTable::note(const Heard& heard) {
    const std::lock_guard lock(mutex_);
    if (heard.observer == heard.origin || !counts(heard.observer) || !counts(heard.origin)) {
        return;
    }
    if (is_of_former_log(heard.observer, heard.log)) {
        return;
    }
    auto& entry = entries_[{heard.observer, heard.origin}];
    const auto known = entry.log == heard.log ? entry.through : HybridTime{};
    entry = {std::max(known, heard.through), heard.log};
}

void HeardTable::note(const std::vector<Heard>& heard) {
    for (const auto& one : heard) {
        note(one);
    }
}

void HeardTable::note_log(std::string_view region, store::LogId log) {
    const std::lock_guard lock(mutex_);
    if (!counts(region)) {
        return;
    }
    logs_.insert_or_assign(std::string(region), log);
    std::erase_if(entries_, [&](const auto& entry) {
        return entry.first.first == region && entry.second.log != log;
    });
}

std::vector<Heard> HeardTable::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<Heard> all;
    all.reserve(entries_.size());
    for (const auto& [pair, entry] : entries_) {
        all.push_back({pair.first, pair.second, entry.through, entry.log});
    }
    return all;
}

std::optional<HybridTime> HeardTable::everywhere() const {
    const std::lock_guard lock(mutex_);
    auto everywhere = kHybridTimeEnd;
    for (const auto& observer : regions_) {
        if (!logs_.contains(observer)) {
            return std::nullopt;
        }
        for (const auto& origin : regions_) {
            if (observer == origin) {
                continue;
            }
            const auto entry = entries_.find({observer, origin});
            if (entry == entries_.end()) {
                return std::nullopt;
            }
            everywhere = std::min(everywhere, entry->second.through);
        }
    }
    return everywhere == kHybridTimeEnd ? std::nullopt : std::optional(everywhere);
}

}  // namespace meridian::replication
