#include "net/server.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "net/tcp.h"
#include "net/worker.h"

namespace meridian::net {
namespace {

// Connections over the limit that are told so at the same time; more than these are just closed.
constexpr std::size_t kRefusalsMax = 64;

}  // namespace

// Members are destroyed from the last to the first: the listener goes before its loops.
struct Server::State {
    ServerOptions options;
    Handler handler;
    std::atomic<std::size_t> open = 0;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<Listener> listener;
    std::uint16_t port = 0;
    bool is_running = false;

    State(const ServerOptions& server_options, Handler server_handler)
        : options(server_options), handler(std::move(server_handler)) {}

    void accept(std::unique_ptr<Stream> stream, std::size_t worker) {
        const std::size_t count = ++open;
        if (count > options.connections_max + kRefusalsMax) {
            --open;
            return;
        }
        workers[worker]->adopt(std::move(stream), count > options.connections_max);
    }
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler handler) {
    auto state = std::make_unique<State>(options, std::move(handler));
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned threads = options.threads == 0 ? cores : options.threads;
    std::vector<Loop*> loops;
    for (unsigned i = 0; i < threads; ++i) {
        state->workers.push_back(
            std::make_unique<Worker>(state->options, state->handler, state->open));
        loops.push_back(&state->workers.back()->loop());
    }
    auto listener = Listener::open(std::move(loops), options.address, options.port);
    if (!listener) {
        return std::unexpected(std::move(listener.error()));
    }
    state->listener = *std::move(listener);
    state->port = state->listener->port();
    state->listener->start([raw = state.get()](std::unique_ptr<Stream> stream, std::size_t worker) {
        raw->accept(std::move(stream), worker);
    });
    std::unique_ptr<Server> server(new Server(std::move(state)));
    server->state_->is_running = true;
    try {
        for (const auto& worker : server->state_->workers) {
            worker->start();
        }
    } catch (const std::system_error& error) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("starting {} server threads: {}", threads, error.what()));
    }
    return server;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
    stop(std::chrono::milliseconds{0});
}

// The listener is closed before any worker stops, so that no worker gets a connection afterwards.
void Server::stop(std::chrono::milliseconds grace) {
    if (!std::exchange(state_->is_running, false)) {
        return;
    }
    std::promise<void> closed;
    const auto close_listener = [&] {
        state_->listener->close();
        closed.set_value();
    };
    if (!state_->workers.front()->is_started()) {
        close_listener();
    } else if (state_->workers.front()->loop().mailbox()->post(close_listener)) {
        closed.get_future().wait();
    }
    for (const auto& worker : state_->workers) {
        worker->begin_stop(grace);
    }
    for (const auto& worker : state_->workers) {
        worker->join();
    }
}

std::uint16_t Server::port() const {
    return state_->port;
}

std::size_t Server::open_connections() const {
    return state_->open;
}

}  // namespace meridian::net
