// The rules of the last calls, by number and region; the least recently used make room.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "routing/snapshot.h"

namespace meridian::catalog {

// Threads: any.
class AnswerCache {
  public:
    struct Answer {
        routing::Snapshot rules;
        std::chrono::nanoseconds read_at{};  // Clock::monotonic()
    };

    explicit AnswerCache(std::size_t capacity) : capacity_(capacity) {}

    [[nodiscard]] std::optional<Answer> find(const std::string& key);
    void keep(const std::string& key, Answer answer);
    [[nodiscard]] std::size_t size() const;

  private:
    using Entry = std::pair<std::string, Answer>;
    const std::size_t capacity_;
    mutable std::mutex mutex_;  // of everything below
    std::list<Entry> recent_;   // the most recently used first
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace meridian::catalog
