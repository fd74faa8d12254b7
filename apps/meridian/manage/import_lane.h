// One connection of an import: batches go out one after another, so that the rows of one entity
// keep their order.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "manage/import_report.h"
#include "manage/management_client.h"
#include "manage/write_options.h"
#include "management/entity.h"

namespace meridian::app {

// Items of one request, as newline-delimited JSON.
struct Batch {
    std::string body;
    std::vector<std::size_t> starts;  // of each item in the body
    std::vector<std::size_t> lines;   // of each item in the file
    std::vector<std::string> texts;   // of each item as it stood there; empty unless kept

    [[nodiscard]] std::size_t size() const { return lines.size(); }
};

// Shared by the lanes of one import. Threads: any.
struct ImportStop {
    std::atomic<bool> is_wanted = false;
    std::mutex mutex;
    std::optional<Error> error;  // the first that no retry helps against

    void because(Error reason);
};

struct LaneOptions {
    management::Kind kind = management::Kind::kRule;
    WriteOptions write;
    std::chrono::milliseconds retry_for{60'000};  // for one batch, since the last progress
};

// Role: a thread with a connection and a short queue. Threads: one caller. `report`, `stop` and
// `clock` must outlive it.
class ImportLane {
  public:
    ImportLane(LaneOptions options, ManagementClient client, ImportReport& report, ImportStop& stop,
               const Clock& clock);
    ~ImportLane();  // drops what waits
    ImportLane(const ImportLane&) = delete;
    ImportLane& operator=(const ImportLane&) = delete;

    // Queues a batch; waits while the queue is full, calling `idle` several times a second. False:
    // the import stops, and the batch is not done.
    [[nodiscard]] bool push(Batch batch, const std::function<void()>& idle);
    // Waits until all that was queued is done, or the import stops.
    void drain(const std::function<void()>& idle);

    // The first line that is not known to be done; kAllDone when there is none. After drain().
    [[nodiscard]] std::size_t first_undone_line() const;
    inline static constexpr std::size_t kAllDone = std::numeric_limits<std::size_t>::max();

  private:
    void run();
    // Whether all of the batch was decided, one way or the other.
    [[nodiscard]] bool deliver(const Batch& batch);
    // One request for the items from `start` on. The item to go on from; the batch's size: all are
    // decided. An error is worth another try.
    [[nodiscard]] Result<std::size_t> attempt(const Batch& batch, std::size_t start,
                                              ImportCounts& counts);
    [[nodiscard]] Result<std::size_t> take_results(const Batch& batch, std::size_t start,
                                                   const item::Map& answer, ImportCounts& counts);
    void wait(std::chrono::milliseconds time);

    const LaneOptions options_;
    ManagementClient client_;
    ImportReport& report_;
    ImportStop& stop_;
    const Clock& clock_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> queue_;  // the first is being sent
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace meridian::app
