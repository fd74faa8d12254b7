// Who is changing which entity, within this process.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace meridian::management {

// Threads: any. A thread that holds a lock must not ask for another one.
class EntityLocks {
  public:
    // Holds entities as long as it lives.
    class Lock {
      public:
        Lock(EntityLocks& locks, std::vector<std::string> names)
            : locks_(&locks), names_(std::move(names)) {}
        Lock(Lock&& other) noexcept : locks_(other.locks_), names_(std::move(other.names_)) {
            other.names_.clear();
        }
        Lock& operator=(Lock&&) = delete;
        ~Lock() { locks_->release(names_); }

      private:
        EntityLocks* locks_;
        std::vector<std::string> names_;
    };

    // Waits until nobody holds any of them. REQUIRES: no name is there twice.
    [[nodiscard]] Lock hold(std::vector<std::string> names);

  private:
    void release(const std::vector<std::string>& names);

    std::mutex mutex_;
    std::condition_variable released_;
    std::unordered_set<std::string> held_;
};

}  // namespace meridian::management
