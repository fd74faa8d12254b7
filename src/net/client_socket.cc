#include "net/client_socket.h"

#include <fmt/core.h>
#include <netdb.h>
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

namespace meridian::net {
namespace {

constexpr std::string_view kSending = "sending the request";
constexpr std::string_view kReceiving = "reading the response";

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Error system_error(int number, std::string_view doing) {
    return to_error({number, boost::system::system_category()}, doing);
}

Result<Addresses> look_up(const std::string& host, std::uint16_t port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (code != 0) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("looking up the host {}: {}", host, ::gai_strerror(code)));
    }
    return Addresses(found, &::freeaddrinfo);
}

// poll()'s own: milliseconds, of which it should not wait one too few.
int time_left(ClientSocket::Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

}  // namespace

Result<std::unique_ptr<ClientSocket>> ClientSocket::connect(const std::string& host,
                                                            std::uint16_t port, Deadline deadline) {
    const auto addresses = look_up(host, port);
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    const std::string doing = fmt::format("connecting to {} port {}", host, port);
    Error error = system_error(EADDRNOTAVAIL, doing);
    for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
        const int descriptor =
            ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor < 0) {
            error = system_error(errno, doing);
            continue;
        }
        auto socket = std::make_unique<ClientSocket>(descriptor);
        if (::connect(descriptor, at->ai_addr, at->ai_addrlen) != 0 && errno != EINPROGRESS) {
            error = system_error(errno, doing);
            continue;
        }
        if (auto ready = socket->wait(POLLOUT, deadline, doing); !ready) {
            return std::unexpected(std::move(ready.error()));
        }
        int code = 0;
        socklen_t size = sizeof code;
        ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size);
        if (code == 0) {
            const int on = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return socket;
        }
        error = system_error(code, doing);
    }
    return std::unexpected(std::move(error));
}

ClientSocket::~ClientSocket() {
    ::close(descriptor_);
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

ClientSocket::Sent ClientSocket::send(std::string_view bytes, Deadline deadline) {
    Sent sent;
    while (sent.bytes < bytes.size()) {
        const std::string_view rest = bytes.substr(sent.bytes);
        const ssize_t count = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            sent.bytes += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            if (auto ready = wait(POLLOUT, deadline, kSending); !ready) {
                sent.error = std::move(ready.error());
                return sent;
            }
        } else if (errno != EINTR) {
            sent.error = system_error(errno, kSending);
            return sent;
        }
    }
    return sent;
}

Result<std::size_t> ClientSocket::receive(std::span<char> into, Deadline deadline) {
    for (;;) {
        const ssize_t count = ::recv(descriptor_, into.data(), into.size(), 0);
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno == EAGAIN) {
            if (auto ready = wait(POLLIN, deadline, kReceiving); !ready) {
                return std::unexpected(std::move(ready.error()));
            }
        } else if (errno != EINTR) {
            return std::unexpected(system_error(errno, kReceiving));
        }
    }
}

bool ClientSocket::is_stale() const {
    pollfd state{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&state, 1, 0) != 0;
}

}  // namespace meridian::net
