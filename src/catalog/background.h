// Work that nobody waits for, by name: what is already waiting is not queued again.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace meridian::catalog {

// Ownership: the end waits for the job under way and drops the others. Threads: any; jobs run one
// at a time on a thread of its own, which starts with the first.
class Background {
  public:
    using Job = std::function<void()>;

    // Dropped without a word when it waits already, or too many do.
    void want(const std::string& name, Job job);

  private:
    static constexpr std::size_t kWaitingMax = 1000;

    void run(const std::stop_token& stop);

    std::mutex mutex_;  // of everything below but the thread
    std::condition_variable_any wanted_;
    std::deque<std::pair<std::string, Job>> waiting_;
    std::set<std::string> names_;  // of what waits or is under way
    bool started_ = false;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace meridian::catalog
