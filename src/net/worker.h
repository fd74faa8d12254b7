// One thread of a server, with the connections that it serves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include "net/connection.h"
#include "net/loop.h"
#include "net/server.h"
#include "net/stream.h"

namespace meridian::net {

// Threads: start(), join() and the destructor belong to the server's owner, adopt() to whoever
// accepts; begin_stop() may be called from any.
class Worker {
  public:
    // `open` counts the connections of all workers: whoever hands one to adopt() has counted it,
    // the worker takes it off when it closes. References must outlive the worker.
    Worker(const ServerOptions& options, const Handler& handler, std::atomic<std::size_t>& open);

    [[nodiscard]] Loop& loop() { return loop_; }

    void start();
    [[nodiscard]] bool is_started() const { return thread_.joinable(); }
    void adopt(std::unique_ptr<Stream> stream, bool is_over_limit);
    // Ends when the last connection has closed, and closes what is left after `grace`.
    void begin_stop(std::chrono::milliseconds grace);
    void join();

  private:
    void serve(std::unique_ptr<Stream> stream, bool is_over_limit);
    void forget(Connection& connection);
    void stop_now(std::chrono::milliseconds grace);
    void close_all();
    void on_tick();

    std::atomic<std::size_t>& open_;
    Loop loop_;
    ConnectionHost host_;
    std::time_t date_second_ = 0;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::thread thread_;
};

}  // namespace meridian::net
