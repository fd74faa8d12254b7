// Requests that wait until a test answers them.
#pragma once

#include <mutex>
#include <semaphore>
#include <utility>
#include <vector>

#include "net/http.h"

namespace meridian::net {

// Keeps the replies that it is given until a test sends them.
class Shelf {
  public:
    struct Kept {
        const Request* request;
        Reply reply;
    };

    Handler handler() {
        return [this](const Request& request, Reply reply) {
            {
                const std::lock_guard lock(mutex_);
                kept_.push_back({&request, std::move(reply)});
            }
            arrived_.release();
        };
    }

    // Waits for one.
    Kept take() {
        arrived_.acquire();
        const std::lock_guard lock(mutex_);
        Kept kept = std::move(kept_.front());
        kept_.erase(kept_.begin());
        return kept;
    }

  private:
    std::mutex mutex_;
    std::counting_semaphore<> arrived_{0};
    std::vector<Kept> kept_;
};

}  // namespace meridian::net
