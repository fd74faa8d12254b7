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
#include "net/descriptors.h"
#include "net/tcp.h"
#include "net/tls_stream.h"
#include "net/worker.h"

namespace meridian::net {
namespace {

// Newcomers that wait for room at the same time; more than these are just closed.
constexpr std::size_t kNewcomersMax = 256;
// How many connections a worker gives up for others when the system has no more descriptors.
constexpr int kGivenUpMax = 16;

}  // namespace

// Members are destroyed from the last to the first: the listener goes before its loops.
struct Server::State {
    ServerOptions options;
    Handler handler;
    std::mutex tls_mutex;
    TlsContext tls;  // guarded by tls_mutex; none: plain HTTP
    std::atomic<std::size_t> open = 0;
    std::atomic<std::size_t> refused = 0;
    std::atomic<std::size_t> buffered_bytes = 0;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<Listener> listener;
    std::uint16_t port = 0;
    bool is_running = false;

    State(const ServerOptions& server_options, Handler server_handler)
        : options(server_options), handler(std::move(server_handler)) {}

    void accept(std::unique_ptr<TcpStream> socket, std::size_t worker) {
        if (++open > options.connections_max + kNewcomersMax) {
            --open;
            return;
        }
        workers[worker]->adopt(speak(std::move(socket)));
    }

    // Asks the workers after `asking`, one after the other, until one has made room.
    void ask_for_room(std::size_t asking, std::size_t distance) {
        if (distance == workers.size()) {
            return workers[asking]->take_answer(false);
        }
        const auto& asked = workers[(asking + distance) % workers.size()];
        asked->loop().mailbox()->post([this, asking, distance, worker = asked.get()] {
            if (worker->make_room(1)) {
                workers[asking]->take_answer(true);
            } else {
                ask_for_room(asking, distance + 1);
            }
        });
    }

    void give_up_connections() {
        for (const auto& worker : workers) {
            worker->loop().mailbox()->post([raw = worker.get()] { raw->make_room(kGivenUpMax); });
        }
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
    state->options.connections_max = make_room_for_connections(options.connections_max);
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned threads = options.threads == 0 ? cores : options.threads;
    std::vector<Loop*> loops;
    for (unsigned i = 0; i < threads; ++i) {
        state->workers.push_back(
            std::make_unique<Worker>(Worker::Shared{.options = state->options,
                                                    .handler = state->handler,
                                                    .open = state->open,
                                                    .refused = state->refused,
                                                    .buffered_bytes = state->buffered_bytes},
                                     [raw = state.get(), i] { raw->ask_for_room(i, 1); }));
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
        },
        [raw = state.get()] { raw->give_up_connections(); });
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
    return state_->open + state_->refused;
}

}  // namespace meridian::net
