#include "net/client_pool.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace meridian::net {

using std::chrono::steady_clock;

ClientPool::Outcome ClientPool::send(ClientRequest request) {
    const auto deadline = steady_clock::now() + request.timeout;
    auto client = take(deadline);
    if (!client) {
        return {.response = fail(ErrorCode::kOverloaded,
                                 fmt::format("all {} connections to {} are in use",
                                             options_.connections_max, host_header(request))),
                .was_sent = false};
    }
    request.timeout =
        std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()),
                 std::chrono::milliseconds{0});
    auto response = client->send(request);
    const bool was_sent = client->was_sent();
    give_back(*std::move(client));
    return {.response = std::move(response), .was_sent = was_sent};
}

std::size_t ClientPool::idle_connections() const {
    const std::lock_guard lock(mutex_);
    return idle_.size();
}

std::optional<Client> ClientPool::take(Moment deadline) {
    std::vector<Idle> too_old;  // closed without the lock
    std::unique_lock lock(mutex_);
    const bool is_free =
        freed_.wait_until(lock, deadline, [this] { return in_use_ < options_.connections_max; });
    if (!is_free) {
        return std::nullopt;
    }
    ++in_use_;
    const auto oldest = steady_clock::now() - options_.idle_max;
    const auto young =
        std::ranges::find_if(idle_, [oldest](const Idle& idle) { return idle.since > oldest; });
    too_old.assign(std::move_iterator(idle_.begin()), std::move_iterator(young));
    idle_.erase(idle_.begin(), young);
    if (idle_.empty()) {
        return Client();
    }
    Client client = std::move(idle_.back().client);
    idle_.pop_back();
    return client;
}

void ClientPool::give_back(Client client) {
    {
        const std::lock_guard lock(mutex_);
        --in_use_;
        if (client.is_connected()) {
            idle_.push_back({std::move(client), steady_clock::now()});
        }
    }
    freed_.notify_one();
}

}  // namespace meridian::net
