#include "store/dynamodb/submissions.h"

#include <algorithm>
#include <utility>

#include "store/write_logic.h"

namespace meridian::store::dynamodb {
namespace {

// How far down the queue one is looked for that needn't wait for others.
constexpr std::ptrdiff_t kLookedAt = 256;

bool have_one_in_common(const std::set<std::string>& some, const std::set<std::string>& others) {
    return std::ranges::any_of(some, [&](const auto& item) { return others.contains(item); });
}

}  // namespace

Submissions::Submissions(std::size_t writes_max, ItemsOf items_of, Make make)
    : writes_max_(writes_max), items_of_(std::move(items_of)), make_(std::move(make)) {}

Submissions::~Submissions() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

void Submissions::add(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    const auto count = writes.size();
    auto items = items_of_(writes);
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && writes_ + count <= writes_max_) {
            writes_ += count;
            queue_.push_back({std::move(writes), atomicity, std::move(done), current_deadline(),
                              std::move(items)});
            if (queue_.size() > idle_ && threads_.size() < kThreadsMax) {
                threads_.emplace_back([this] { run(); });
            }
            wake_.notify_one();
            return;
        }
    }
    done(refuse_all(count, queue_full(writes_max_)));
}

bool Submissions::pending() const {
    const std::lock_guard lock(mutex_);
    return making_ > 0 || !queue_.empty();
}

void Submissions::run() {
    while (auto submission = next()) {
        finish(*std::move(submission));
    }
}

std::optional<Submissions::Submission> Submissions::next() {
    std::unique_lock lock(mutex_);
    auto found = queue_.end();
    ++idle_;
    wake_.wait(lock, [&] {
        found = first_free();
        return found != queue_.end() || (stopping_ && queue_.empty());
    });
    --idle_;
    if (found == queue_.end()) {
        return std::nullopt;
    }
    auto submission = std::move(*found);
    queue_.erase(found);
    ++making_;
    making_unknown_ = !submission.items;
    if (submission.items) {
        busy_.insert(submission.items->begin(), submission.items->end());
    }
    return submission;
}

// The first that has nothing in common with those that are being made, nor with those before it.
Submissions::Queue::iterator Submissions::first_free() {
    if (making_unknown_) {
        return queue_.end();
    }
    std::set<std::string> waiting;
    const auto end = queue_.begin() + std::min(std::ssize(queue_), kLookedAt);
    for (auto each = queue_.begin(); each != end; ++each) {
        if (!each->items) {
            return each == queue_.begin() && making_ == 0 ? each : queue_.end();
        }
        if (!have_one_in_common(*each->items, busy_) &&
            !have_one_in_common(*each->items, waiting)) {
            return each;
        }
        waiting.insert(each->items->begin(), each->items->end());
    }
    return queue_.end();
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
    }
    // Before others of its items are made, so that those are told of in their order, too.
    submission.done(std::move(outcomes));
    {
        const std::lock_guard lock(mutex_);
        --making_;
        making_unknown_ = false;
        if (submission.items) {
            std::erase_if(busy_,
                          [&](const auto& item) { return submission.items->contains(item); });
        }
    }
    wake_.notify_all();
}

}  // namespace meridian::store::dynamodb
