#include "api/workers.h"

#include <exception>
#include <utility>

#include "base/log.h"

namespace meridian::api {
namespace {

void run_job(Workers::Job job) {
    try {
        job();
    } catch (const std::exception& error) {
        log(LogLevel::kError, "workers", "a job failed: {}", error.what());
    }
}

}  // namespace

Workers::Workers(std::size_t threads, std::size_t jobs_max) : jobs_max_(jobs_max) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }
}

Workers::~Workers() {
    for (auto& thread : threads_) {
        thread.request_stop();
    }
}

bool Workers::post(Job job) {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= jobs_max_) {
        return false;
    }
    jobs_.push_back(std::move(job));
    changed_.notify_one();
    return true;
}

void Workers::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, stop, [this] { return !jobs_.empty(); });
        if (jobs_.empty()) {
            return;
        }
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        run_job(std::move(job));
        lock.lock();
    }
}

}  // namespace meridian::api
