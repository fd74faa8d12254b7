#include "store/dynamodb/submissions.h"

#include <utility>

#include "store/write_logic.h"

namespace meridian::store::dynamodb {

Submissions::Submissions(std::size_t writes_max, Make make)
    : writes_max_(writes_max), make_(std::move(make)) {}

Submissions::~Submissions() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Submissions::add(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    const auto count = writes.size();
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && writes_ + count <= writes_max_) {
            writes_ += count;
            ++pending_;
            queue_.push_back({std::move(writes), atomicity, std::move(done), current_deadline()});
            if (!thread_.joinable()) {
                thread_ = std::thread([this] { run(); });
            }
            wake_.notify_one();
            return;
        }
    }
    done(refuse_all(count, queue_full(writes_max_)));
}

bool Submissions::pending() const {
    const std::lock_guard lock(mutex_);
    return pending_ > 0;
}

void Submissions::run() {
    while (auto submission = next()) {
        finish(*std::move(submission));
    }
}

std::optional<Submissions::Submission> Submissions::next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
        return std::nullopt;
    }
    auto submission = std::move(queue_.front());
    queue_.pop_front();
    return submission;
}

void Submissions::finish(Submission submission) {
    std::optional<ScopedDeadline> deadline;
    if (submission.deadline) {
        deadline.emplace(*submission.deadline);
    }
    const auto count = submission.writes.size();
    auto outcomes = make_(std::move(submission.writes), submission.atomicity);
    {
        const std::lock_guard lock(mutex_);
        writes_ -= count;
        --pending_;
    }
    submission.done(std::move(outcomes));
}

}  // namespace meridian::store::dynamodb
