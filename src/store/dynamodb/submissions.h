// Writes that nobody waits for on their own thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "store/dynamodb/written_items.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

// Makes submissions, each under the deadline of the thread that brought it: several at a time, but
// those that have an item in common in the order in which they came. One whose items are unknown
// is made when all before it are, and before all that come after it. Threads: any; the functions
// that it is made with are called on threads of its own, which are started as they are needed, and
// `items_of` on those that call add().
class Submissions {
  public:
    using Make = std::function<std::vector<WriteOutcome>(std::vector<Write>, Atomicity)>;
    using ItemsOf = std::function<WrittenItems(std::span<const Write>)>;

    static constexpr std::size_t kThreadsMax = 16;

    Submissions(std::size_t writes_max, ItemsOf items_of, Make make);
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
        WrittenItems items;
    };
    using Queue = std::deque<Submission>;

    void run();
    [[nodiscard]] std::optional<Submission> next();
    [[nodiscard]] Queue::iterator first_free();
    void finish(Submission submission);

    const std::size_t writes_max_;
    const ItemsOf items_of_;
    const Make make_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Queue queue_;
    std::size_t writes_ = 0;  // that wait, and those that are being made
    std::size_t making_ = 0;
    bool making_unknown_ = false;
    std::set<std::string> busy_;  // items of those that are being made
    bool stopping_ = false;
    std::size_t idle_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace meridian::store::dynamodb
