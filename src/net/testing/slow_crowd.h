// Thousands of connections that come to keep a server waiting, for the tests of this module.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"

namespace meridian::net {

// Lives in a process of its own: its ends of the connections are descriptors too. Make it before
// any thread is started.
class SlowCrowd {
  public:
    explicit SlowCrowd(std::size_t size, std::vector<std::string> openings = http_openings())
        : openings_(std::move(openings)) {
        CHECK(::pipe(orders_.data()) == 0 && ::pipe(reports_.data()) == 0);
        process_ = ::fork();
        CHECK(process_ >= 0);
        if (process_ == 0) {
            ::close(orders_[1]);
            ::close(reports_[0]);
            annoy(size);
            std::_Exit(0);
        }
        ::close(orders_[0]);
        ::close(reports_[1]);
    }
    SlowCrowd(const SlowCrowd&) = delete;
    SlowCrowd& operator=(const SlowCrowd&) = delete;
    ~SlowCrowd() {
        ::close(orders_[1]);
        ::waitpid(process_, nullptr, 0);
        ::close(reports_[0]);
    }

    // Connects all of them; afterwards they send a byte now and then, and come back when they are
    // closed, a thousand a second. How many there are.
    std::size_t besiege(std::uint16_t port) {
        std::size_t connected = 0;
        CHECK(::write(orders_[1], &port, sizeof port) == sizeof port);
        CHECK(::read(reports_[0], &connected, sizeof connected) == sizeof connected);
        return connected;
    }

  private:
    // In each case the server has to wait for more.
    static std::vector<std::string> http_openings() {
        return {
            "",
            "GET / HTTP/1.1\r\nHo",
            "GET / HTTP/1.1\r\nHost: h\r\nX: ",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
        };
    }

    void annoy(std::size_t size) const {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        std::uint16_t port = 0;
        if (::read(orders_[0], &port, sizeof port) != sizeof port) {
            return;
        }
        std::vector<int> sockets;
        for (std::size_t i = 0; i < size; ++i) {
            const int socket = open(port, i);
            if (socket < 0) {
                break;
            }
            sockets.push_back(socket);
        }
        const std::size_t connected = sockets.size();
        if (::write(reports_[1], &connected, sizeof connected) != sizeof connected) {
            return;
        }
        std::size_t next = 0;
        pollfd end{.fd = orders_[0], .events = POLLIN, .revents = 0};
        while (::poll(&end, 1, 1) == 0) {
            next = trickle(sockets, next, port);
        }
    }

    // A byte on each of the next hundred. One that was closed meanwhile comes back.
    std::size_t trickle(std::vector<int>& sockets, std::size_t next, std::uint16_t port) const {
        bool has_come_back = false;
        for (int i = 0; i < 100; ++i) {
            next = (next + 1) % sockets.size();
            const bool is_open =
                ::send(sockets[next], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 || errno == EAGAIN;
            if (!is_open && !has_come_back) {
                ::close(sockets[next]);
                sockets[next] = open(port, next);
                has_come_back = true;
            }
        }
        return next;
    }

    [[nodiscard]] int open(std::uint16_t port, std::size_t number) const {
        const int socket = connect(port);
        const auto& opening = openings_[number % openings_.size()];
        ::send(socket, opening.data(), opening.size(), MSG_NOSIGNAL);
        return socket;
    }

    static int connect(std::uint16_t port) {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* const any = reinterpret_cast<const sockaddr*>(&address);
        if (socket < 0 || ::connect(socket, any, sizeof address) != 0) {
            return -1;
        }
        return socket;
    }

    std::vector<std::string> openings_;
    std::array<int, 2> orders_{};
    std::array<int, 2> reports_{};
    pid_t process_ = -1;
};

}  // namespace meridian::net
