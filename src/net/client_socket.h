// A client's connection, whose operations block until they are done or a deadline passes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::net {

// Threads: one at a time.
class ClientSocket {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    // kUnavailable: no such host, or nobody listens there. The system's resolver is not bound by
    // the deadline.
    [[nodiscard]] static Result<std::unique_ptr<ClientSocket>> connect(const std::string& host,
                                                                       std::uint16_t port,
                                                                       Deadline deadline);
    explicit ClientSocket(int descriptor) : descriptor_(descriptor) {}
    ClientSocket(const ClientSocket&) = delete;
    ClientSocket& operator=(const ClientSocket&) = delete;
    ~ClientSocket();

    struct Sent {
        std::size_t bytes = 0;
        std::optional<Error> error = {};  // why these are not all
    };
    [[nodiscard]] Sent send(std::string_view bytes, Deadline deadline);

    // How many bytes came; 0: the peer has closed.
    [[nodiscard]] Result<std::size_t> receive(std::span<char> into, Deadline deadline);

    // Whether the peer has closed, or sent what nobody has asked for.
    [[nodiscard]] bool is_stale() const;

  private:
    [[nodiscard]] Result<void> wait(short events, Deadline deadline, std::string_view doing) const;

    int descriptor_;
};

}  // namespace meridian::net
