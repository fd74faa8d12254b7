// Writes that nobody waits for on their own thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// Makes one submission after the other, in the order in which they came, each under the deadline of
// the thread that brought it. Threads: any; `make` is called on a thread of its own, which is
// started by the first submission.
class Submissions {
  public:
    using Make = std::function<std::vector<WriteOutcome>(std::vector<Write>, Atomicity)>;

    Submissions(std::size_t writes_max, Make make);
    // Makes what waits.
    ~Submissions();
    Submissions(const Submissions&) = delete;
    Submissions& operator=(const Submissions&) = delete;

    // As TableStore::submit().
    void add(std::vector<Write> writes, Atomicity atomicity, WriteDone done);
    // Whether there are any that are not finished.
    [[nodiscard]] bool pending() const;

  private:
    struct Submission {
        std::vector<Write> writes;
        Atomicity atomicity = Atomicity::kEach;
        WriteDone done;
        std::optional<Deadline> deadline;
    };

    void run();
    [[nodiscard]] std::optional<Submission> next();
    void finish(Submission submission);

    const std::size_t writes_max_;
    const Make make_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Submission> queue_;
    std::size_t writes_ = 0;  // that wait, and those that are being made
    std::size_t pending_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace meridian::store::dynamodb
