// Waiting for what tells its result to a callback.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace meridian::store {

// Calls `start` with a callback that takes a T, and waits until that was called.
//
// Not std::binary_semaphore: libstdc++ 12's can sleep through its wake-up (GCC bug 104928).
// Notified under the lock, because this frame is gone as soon as the waiter may run.
template <typename T, typename Start>
[[nodiscard]] T wait_for(Start start) {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<T> told;
    start([&](T result) {
        const std::lock_guard lock(mutex);
        told = std::move(result);
        wake.notify_one();
    });
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return told.has_value(); });
    return *std::move(told);
}

}  // namespace meridian::store
