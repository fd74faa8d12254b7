#include "net/server.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/tcp.h"
#include "net/tls_stream.h"
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
    std::mutex tls_mutex;
    TlsContext tls;  // guarded by tls_mutex; none: plain HTTP
    std::atomic<std::size_t> open = 0;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<Listener> listener;
    std::uint16_t port = 0;
    bool is_running = false;

    State(const ServerOptions& server_options, Handler server_handler)
        : options(server_options), handler(std::move(server_handler)) {}

    void accept(std::unique_ptr<TcpStream> socket, std::size_t worker) {
        const std::size_t count = ++open;
        if (count > options.connections_max + kRefusalsMax) {
            --open;
            return;
        }
        workers[worker]->adopt(speak(std::move(socket)), count > options.connections_max);
    }

    std::unique_ptr<Stream> speak(std::unique_ptr<TcpStream> socket) {
        if (!options.tls) {
            return socket;
        }
        const std::lock_guard lock(tls_mutex);
        return make_tls_stream(std::move(socket), tls);
    }

    Result<void> load_tls() {
        auto loaded = make_server_context(*options.tls);
        if (!loaded) {
            return std::unexpected(std::move(loaded.error()));
        }
        const std::lock_guard lock(tls_mutex);
        tls = *std::move(loaded);
        return {};
    }
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler handler) {
    auto state = std::make_unique<State>(options, std::move(handler));
    if (options.tls) {
        if (auto loaded = state->load_tls(); !loaded) {
            return std::unexpected(std::move(loaded.error()));
        }
    }
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
    state->listener->start(
        [raw = state.get()](std::unique_ptr<TcpStream> socket, std::size_t worker) {
            raw->accept(std::move(socket), worker);
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

Result<void> Server::reload_tls() {
    CHECK(state_->options.tls);
    return state_->load_tls();
}

std::uint16_t Server::port() const {
    return state_->port;
}

std::size_t Server::open_connections() const {
    return state_->open;
}

}  // namespace meridian::net
