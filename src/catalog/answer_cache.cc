#include "catalog/answer_cache.h"

namespace meridian::catalog {

std::optional<AnswerCache::Answer> AnswerCache::find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return std::nullopt;
    }
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->second;
}

void AnswerCache::keep(const std::string& key, Answer answer) {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        found->second->second = std::move(answer);
        recent_.splice(recent_.begin(), recent_, found->second);
        return;
    }
    recent_.emplace_front(key, std::move(answer));
    by_key_.emplace(key, recent_.begin());
    if (by_key_.size() > capacity_) {
        by_key_.erase(recent_.back().first);
        recent_.pop_back();
    }
}

std::size_t AnswerCache::size() const {
    const std::lock_guard lock(mutex_);
    return by_key_.size();
}

}  // namespace meridian::catalog
