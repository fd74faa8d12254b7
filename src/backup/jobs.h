// Long work that somebody waits for: one job after the other, on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backup/tally.h"
#include "base/clock.h"
#include "base/result.h"
#include "item/value.h"

namespace meridian::backup {

enum class JobState : std::uint8_t { kQueued, kRunning, kCompleted, kFailed };
[[nodiscard]] std::string_view to_string(JobState state);

struct Job {
    std::string id;       // ascends with time
    std::string kind;     // "backup", "verify", "restore"
    std::string subject;  // what it is about: a backup's id, …
    JobState state = JobState::kQueued;
    std::string error = {};  // of one that failed
    Instant created = {};
    std::optional<Instant> finished = {};
    std::uint64_t items = 0;  // done so far
    std::uint64_t bytes = 0;
    std::uint64_t items_total = 0;  // 0: not known
    item::Map result = {};          // of one that is completed
};

using JobWork = std::move_only_function<Result<item::Map>(Tally& tally)>;

// Role: runs them, and remembers the last ones over restarts: one that a process died over has
// failed. Ownership: `clock` must outlive it, and so must what the work uses. Threads: any.
class Jobs {
  public:
    static constexpr std::size_t kWaitingMax = 16;
    static constexpr std::size_t kRememberedMax = 100;

    // kDiskFull, kIo.
    [[nodiscard]] static Result<std::unique_ptr<Jobs>> open(std::filesystem::path folder,
                                                            const Clock& clock);
    // Stops the one that runs as soon as it can; those that wait have failed.
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    // The same before its end, for what the work uses to go: kUnavailable from now on. Not to be
    // called from several threads.
    void stop();

    // kOverloaded; kDiskFull, kIo: nothing will be done. `job.id` is one that there wasn't before.
    [[nodiscard]] Result<Job> submit(Job job, JobWork work);
    // Nothing: there is no such job, or not any more.
    [[nodiscard]] std::optional<Job> find(std::string_view id) const;
    [[nodiscard]] std::vector<Job> list() const;  // oldest first
    // Returns when it is completed or has failed. REQUIRES: there is such a job.
    Job wait(std::string_view id) const;
    void forget(std::string_view id);

  private:
    struct Waiting {
        std::string id;
        JobWork work;
    };

    Jobs(std::filesystem::path folder, const Clock& clock)
        : folder_(std::move(folder)), clock_(clock) {}

    [[nodiscard]] Result<void> recover();
    void run();
    void finish(const std::string& id, Result<item::Map> result);
    [[nodiscard]] Result<void> save(const Job& job) const;
    void drop_oldest();

    const std::filesystem::path folder_;
    const Clock& clock_;

    mutable std::mutex mutex_;  // guards all below
    mutable std::condition_variable changed_;
    std::map<std::string, Job, std::less<>> jobs_;
    std::deque<Waiting> waiting_;
    std::string running_;
    std::unique_ptr<Tally> tally_;  // of the one that runs
    bool stopping_ = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace meridian::backup
