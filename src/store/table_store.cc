#include "store/table_store.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/check.h"

namespace meridian::store {

std::vector<WriteOutcome> TableStore::write_all(std::vector<Write> writes, Atomicity atomicity) {
    // Not std::binary_semaphore: libstdc++ 12's can sleep through its wake-up (GCC bug 104928).
    // Notified under the lock, because this frame is gone as soon as the waiter may run.
    struct Waiter {
        std::mutex mutex;
        std::condition_variable wake;
        bool done = false;
        std::vector<WriteOutcome> outcomes;
    } waiter;
    submit(std::move(writes), atomicity, [&waiter](std::vector<WriteOutcome> outcomes) {
        const std::lock_guard lock(waiter.mutex);
        waiter.outcomes = std::move(outcomes);
        waiter.done = true;
        waiter.wake.notify_one();
    });
    std::unique_lock lock(waiter.mutex);
    waiter.wake.wait(lock, [&waiter] { return waiter.done; });
    return std::move(waiter.outcomes);
}

WriteOutcome TableStore::write(Write write) {
    std::vector<Write> one;
    one.push_back(std::move(write));
    auto outcomes = write_all(std::move(one), Atomicity::kEach);
    CHECK(outcomes.size() == 1);
    return std::move(outcomes.front());
}

}  // namespace meridian::store
