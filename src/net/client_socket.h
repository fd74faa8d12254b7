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
#include <utility>

#include "base/result.h"
#include "net/tls_context.h"
#include "net/tls_session.h"

namespace meridian::net {

struct HostAddress;

// Threads: one at a time.
class ClientSocket {
  public:
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr Deadline kNever = Deadline::max();

    struct Peer {
        std::string host;
        std::uint16_t port = 0;
        std::optional<ClientTls> tls = {};

        bool operator==(const Peer&) const = default;
    };

    // kUnavailable: no such host, nobody listens there, or it can't prove to be that host.
    [[nodiscard]] static Result<std::unique_ptr<ClientSocket>> connect(Peer peer,
                                                                       Deadline deadline);
    ClientSocket(int descriptor, Peer peer) : descriptor_(descriptor), peer_(std::move(peer)) {}
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
    [[nodiscard]] bool is_stale();
    [[nodiscard]] const Peer& peer() const { return peer_; }

  private:
    [[nodiscard]] static Result<std::unique_ptr<ClientSocket>> connect_to(
        const Peer& peer, const HostAddress& address, Deadline deadline, std::string_view doing);
    [[nodiscard]] Result<void> start(const HostAddress& address, Deadline deadline,
                                     std::string_view doing);
    [[nodiscard]] Result<void> start_tls(Deadline deadline);
    // Repeats an operation until it no longer waits for the socket.
    template <typename Operation>
    [[nodiscard]] Result<TlsResult> complete(Operation operation, Deadline deadline,
                                             std::string_view doing);
    [[nodiscard]] TlsResult write(std::string_view bytes) const;
    [[nodiscard]] TlsResult read(std::span<char> into, int flags) const;
    [[nodiscard]] Error failure(std::string_view doing) const;
    [[nodiscard]] Result<void> wait(short events, Deadline deadline, std::string_view doing) const;

    int descriptor_;
    Peer peer_;
    std::optional<TlsSession> tls_;
};

}  // namespace meridian::net
