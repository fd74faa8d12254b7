// Kept connections to one server, shared by many threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "net/client.h"

namespace meridian::net {

struct ClientPoolOptions {
    std::size_t connections_max = 64;
    // A connection that was idle for longer isn't used again: whatever is on the way may have
    // forgotten it without a word.
    std::chrono::milliseconds idle_max{30'000};
};

// Role: gives each request a connection of its own, the one that was used last where one is idle,
// so that those of a busy hour are left to end. Ownership: the connections. Threads: any.
class ClientPool {
  public:
    explicit ClientPool(ClientPoolOptions options = {}) : options_(options) {}

    struct Outcome {
        Result<Response> response;
        // Of no use after a success. False: the server has not seen the request.
        bool was_sent = true;
    };
    // As Client::send(). With all connections in use it waits for one, for as long as the request
    // may take: kOverloaded, the request was not sent.
    [[nodiscard]] Outcome send(ClientRequest request);

    [[nodiscard]] std::size_t idle_connections() const;

  private:
    using Moment = std::chrono::steady_clock::time_point;

    struct Idle {
        Client client;
        Moment since;
    };
    // Nothing: none was free in time.
    [[nodiscard]] std::optional<Client> take(Moment deadline);
    void give_back(Client client);

    const ClientPoolOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<Idle> idle_;  // the one used last at the end; guarded by mutex_
    std::size_t in_use_ = 0;  // guarded by mutex_
};

}  // namespace meridian::net
