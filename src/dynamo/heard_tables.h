// Changes of the system table kTablesTable, on their way from the store's observer to the keeper.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "store/table_store.h"

namespace meridian::dynamo {

// Role: a queue. Ownership: shared by an observer, which lives as long as its store, and a keeper.
// Threads: any.
class HeardTables {
  public:
    // From the store's thread: quick. After close() nothing is kept any more.
    void add(std::span<const store::Change> changes);
    // Waits for changes, at most so long; without a limit: until some come. Nothing: it was closed.
    [[nodiscard]] std::optional<std::vector<store::Change>> wait(
        std::optional<std::chrono::milliseconds> at_most);
    void close();

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<store::Change> changes_;
    bool closed_ = false;
};

}  // namespace meridian::dynamo
