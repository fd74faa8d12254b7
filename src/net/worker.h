// One thread of a server, with the connections that it serves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <deque>
#include <functional>
#include <memory>
#include <thread>

#include "net/connection.h"
#include "net/loop.h"
#include "net/server.h"
#include "net/stream.h"

namespace meridian::net {

// Threads: start(), join() and the destructor belong to the server's owner, adopt() to whoever
// accepts; begin_stop() may be called from any.
class Worker {
  public:
    // What all workers share, and what outlives them.
    struct Shared {
        const ServerOptions& options;
        const Handler& handler;
        std::atomic<std::size_t>& open;  // connections: whoever hands one to adopt() has counted it
        std::atomic<std::size_t>& refused;  // those that are told that there is no room
        std::atomic<std::size_t>& buffered_bytes;
    };
    Worker(const Shared& shared, std::function<void()> ask_others);

    [[nodiscard]] Loop& loop() { return loop_; }

    void start();
    [[nodiscard]] bool is_started() const { return thread_.joinable(); }
    // Serves a connection; when there are too many, only if another can be closed for it, which the
    // worker looks for among its own, and then has `ask_others` look for among the others'.
    void adopt(std::unique_ptr<Stream> stream);
    // Closes up to that many connections that can go without harm. True: there was one. Threads:
    // the worker's.
    bool make_room(int connections);
    // The others' answer; one for each time they were asked. Threads: any.
    void take_answer(bool there_is_room);
    // Ends when the last connection has closed, and closes what is left after `grace`.
    void begin_stop(std::chrono::milliseconds grace);
    void join();

  private:
    void serve(std::unique_ptr<Stream> stream);
    std::shared_ptr<Connection> enter(std::unique_ptr<Stream> stream);
    void admit(std::unique_ptr<Stream> stream);
    void refuse(std::unique_ptr<Stream> stream);
    [[nodiscard]] std::shared_ptr<Connection> choose() const;
    [[nodiscard]] std::shared_ptr<Connection> find_evictable(
        Wait wait, std::chrono::milliseconds waited) const;
    void save_memory();
    void forget(Connection& connection);
    void stop_now(std::chrono::milliseconds grace);
    void close_all();
    void on_tick();

    Shared shared_;
    Loop loop_;
    ConnectionHost host_;
    std::time_t date_second_ = 0;
    std::function<void()> ask_others_;
    std::deque<std::unique_ptr<Stream>> newcomers_;  // for whom the others were asked
    std::size_t connections_ = 0;
    bool is_saving_memory_ = false;
    std::thread thread_;
};

}  // namespace meridian::net
