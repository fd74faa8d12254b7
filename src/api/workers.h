// A few threads for what may wait: a disk, a peer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace meridian::api {

// Threads: post() from any. Destruction finishes the jobs that were taken. A job that throws is
// logged and dropped.
class Workers {
  public:
    using Job = std::move_only_function<void()>;

    Workers(std::size_t threads, std::size_t jobs_max);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False: the queue is full and the job was not taken.
    [[nodiscard]] bool post(Job job);

  private:
    void run(const std::stop_token& stop);

    std::size_t jobs_max_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Job> jobs_;
    std::vector<std::jthread> threads_;
};

}  // namespace meridian::api
