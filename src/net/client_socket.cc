#include "net/client_socket.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <utility>

#include "net/asio_error.h"
#include "net/host_lookup.h"

namespace meridian::net {
namespace {

using Kind = TlsResult::Kind;

constexpr std::string_view kSending = "sending the request";
constexpr std::string_view kReceiving = "reading the response";

Error system_error(int number, std::string_view doing) {
    return to_error({number, boost::system::system_category()}, doing);
}

// poll()'s own: milliseconds, of which it should not wait one too few; -1: for ever.
int time_left(ClientSocket::Deadline deadline) {
    if (deadline == ClientSocket::kNever) {
        return -1;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

}  // namespace

Result<std::unique_ptr<ClientSocket>> ClientSocket::connect(Peer peer, Deadline deadline) {
    const auto addresses = system_lookup().find(peer.host, peer.port, deadline);
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    const std::string doing = fmt::format("connecting to {} port {}", peer.host, peer.port);
    Error error = system_error(EADDRNOTAVAIL, doing);
    auto left = static_cast<std::int64_t>(addresses->size());
    for (const auto& address : *addresses) {
        // One that is silent leaves the others their share of the time.
        const auto now = std::chrono::steady_clock::now();
        const auto own_deadline = left == 1 ? deadline : now + (deadline - now) / left;
        --left;
        auto socket = connect_to(peer, address, own_deadline, doing);
        if (socket) {
            return socket;
        }
        error = std::move(socket.error());
    }
    return std::unexpected(std::move(error));
}

Result<std::unique_ptr<ClientSocket>> ClientSocket::connect_to(const Peer& peer,
                                                               const HostAddress& address,
                                                               Deadline deadline,
                                                               std::string_view doing) {
    const int descriptor =
        ::socket(address.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return std::unexpected(system_error(errno, doing));
    }
    auto socket = std::make_unique<ClientSocket>(descriptor, peer);
    auto connected = socket->start(address, deadline, doing);
    if (connected && peer.tls) {
        connected = socket->start_tls(deadline);
    }
    return connected ? Result<std::unique_ptr<ClientSocket>>(std::move(socket))
                     : std::unexpected(std::move(connected.error()));
}

ClientSocket::~ClientSocket() {
    if (tls_) {
        tls_->finish_writing();
    }
    ::close(descriptor_);
}

Result<void> ClientSocket::start(const HostAddress& address, Deadline deadline,
                                 std::string_view doing) {
    const auto* const any = reinterpret_cast<const sockaddr*>(&address.address);
    if (::connect(descriptor_, any, address.bytes) != 0 && errno != EINPROGRESS) {
        return std::unexpected(system_error(errno, doing));
    }
    if (auto ready = wait(POLLOUT, deadline, doing); !ready) {
        return ready;
    }
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) {
        return std::unexpected(system_error(code, doing));
    }
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
}

Result<void> ClientSocket::start_tls(Deadline deadline) {
    const auto context = shared_client_context(*peer_.tls);
    if (!context) {
        return std::unexpected(context.error());
    }
    tls_.emplace(*context, descriptor_, TlsSession::Role::kClient);
    if (!tls_->require_peer(peer_.host)) {
        return fail(ErrorCode::kInvalidInput, "the host is no name that a certificate could have");
    }
    tls_->resume(fmt::format("{}:{}", peer_.host, peer_.port));
    const auto done = complete([this] { return tls_->handshake(); }, deadline,
                               fmt::format("TLS with {} port {}", peer_.host, peer_.port));
    return done ? Result<void>() : std::unexpected(done.error());
}

Result<void> ClientSocket::wait(short events, Deadline deadline, std::string_view doing) const {
    pollfd waiting{.fd = descriptor_, .events = events, .revents = 0};
    for (;;) {
        const int ready = ::poll(&waiting, 1, time_left(deadline));
        if (ready > 0) {
            return {};
        }
        if (ready == 0) {
            return std::unexpected(system_error(ETIMEDOUT, doing));
        }
        if (errno != EINTR) {
            return std::unexpected(system_error(errno, doing));
        }
    }
}

template <typename Operation>
Result<TlsResult> ClientSocket::complete(Operation operation, Deadline deadline,
                                         std::string_view doing) {
    for (;;) {
        const TlsResult result = operation();
        switch (result.kind) {
            case Kind::kDone:
            case Kind::kEnded:
                return result;
            case Kind::kFailed:
                return std::unexpected(failure(doing));
            case Kind::kWantsRead:
            case Kind::kWantsWrite:
                break;
        }
        const short events = result.kind == Kind::kWantsRead ? POLLIN : POLLOUT;
        if (auto ready = wait(events, deadline, doing); !ready) {
            return std::unexpected(std::move(ready.error()));
        }
    }
}

Error ClientSocket::failure(std::string_view doing) const {
    return tls_ ? Error{ErrorCode::kUnavailable, fmt::format("{}: {}", doing, tls_->failure())}
                : system_error(errno, doing);
}

ClientSocket::Sent ClientSocket::send(std::string_view bytes, Deadline deadline) {
    Sent sent;
    while (sent.bytes < bytes.size()) {
        const std::string_view rest = bytes.substr(sent.bytes);
        const auto result =
            complete([&] { return tls_ ? tls_->write(rest) : write(rest); }, deadline, kSending);
        if (!result) {
            sent.error = result.error();
            return sent;
        }
        sent.bytes += result->bytes;
    }
    return sent;
}

Result<std::size_t> ClientSocket::receive(std::span<char> into, Deadline deadline) {
    const auto result =
        complete([&] { return tls_ ? tls_->read(into) : read(into, 0); }, deadline, kReceiving);
    return result ? Result<std::size_t>(result->bytes) : std::unexpected(result.error());
}

bool ClientSocket::is_stale() {
    char byte = 0;
    const TlsResult next = tls_ ? tls_->peek() : read({&byte, 1}, MSG_PEEK);
    return next.kind != Kind::kWantsRead;
}

TlsResult ClientSocket::write(std::string_view bytes) const {
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
        return {Kind::kDone, static_cast<std::size_t>(count)};
    }
    return {errno == EAGAIN || errno == EINTR ? Kind::kWantsWrite : Kind::kFailed};
}

TlsResult ClientSocket::read(std::span<char> into, int flags) const {
    const ssize_t count = ::recv(descriptor_, into.data(), into.size(), flags);
    if (count >= 0) {
        return {count == 0 ? Kind::kEnded : Kind::kDone, static_cast<std::size_t>(count)};
    }
    return {errno == EAGAIN || errno == EINTR ? Kind::kWantsRead : Kind::kFailed};
}

}  // namespace meridian::net
