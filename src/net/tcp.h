// TCP on Asio: sockets that listen, and the streams that they accept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/loop.h"
#include "net/stream.h"

namespace meridian::net {

// A stream over a socket that another stream can use in its own way.
class TcpStream : public Stream {
  public:
    [[nodiscard]] virtual int descriptor() = 0;

    enum class Ready : std::uint8_t { kRead, kWrite, kNow };
    // Calls `then` on the loop once the socket is ready for that, or broken; never after close().
    virtual void wait(Ready ready, std::move_only_function<void()> then) = 0;
};

// One listening socket that deals its connections to several loops in turn. A second process on
// the same port is refused by the system, which it would not be with SO_REUSEPORT.
// Threads: after start(), the first loop's only.
class Listener {
  public:
    // Called on the first loop's thread with a connection that belongs to loop number `loop`.
    using OnAccepted = std::function<void(std::unique_ptr<TcpStream> stream, std::size_t loop)>;

    // Called there, too, when the system has no descriptor or memory for a connection, which waits:
    // accepting goes on after a pause.
    using OnExhausted = std::function<void()>;

    // `loops` must outlive the listener.
    [[nodiscard]] static Result<std::unique_ptr<Listener>> open(std::vector<Loop*> loops,
                                                                const std::string& address,
                                                                std::uint16_t port);
    ~Listener();

    void start(OnAccepted on_accepted, OnExhausted on_exhausted);
    void close();
    [[nodiscard]] std::uint16_t port() const;

  private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace meridian::net
