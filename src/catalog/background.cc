#include "catalog/background.h"

namespace meridian::catalog {

void Background::want(const std::string& name, Job job) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingMax || !names_.insert(name).second) {
        return;
    }
    waiting_.emplace_back(name, std::move(job));
    if (!started_) {
        started_ = true;
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    wanted_.notify_one();
}

void Background::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wanted_.wait(lock, stop, [this] { return !waiting_.empty(); }) &&
           !stop.stop_requested()) {
        const auto [name, job] = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        job();
        lock.lock();
        names_.erase(name);
    }
}

}  // namespace meridian::catalog
