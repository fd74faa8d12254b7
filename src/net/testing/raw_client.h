// A socket that says exactly what a test tells it to, for the tests of this module.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace meridian::net {

struct RawResponse {
    int status = 0;  // 0: the connection ended first
    std::string head;
    std::string body;

    // The value of a header, written as the server writes its name; "" for none.
    [[nodiscard]] std::string header(std::string_view name) const {
        const std::string line = "\r\n" + std::string(name) + ": ";
        const std::size_t at = head.find(line);
        if (at == std::string::npos) {
            return {};
        }
        const std::size_t from = at + line.size();
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

// Every wait ends after ten seconds with a failed test.
class RawClient {
  public:
    struct Unconnected {};
    explicit RawClient(Unconnected) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {}
    explicit RawClient(std::uint16_t port) : RawClient(Unconnected{}) { connect(port); }

    void connect(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    RawClient(RawClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)),
          is_connected_(other.is_connected_),
          received_(std::move(other.received_)) {}
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() { close(); }

    [[nodiscard]] bool is_connected() const { return is_connected_; }

    // False: the server has closed; what could not be sent is dropped.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void finish_sending() { ::shutdown(socket_, SHUT_WR); }

    void close() {
        if (socket_ >= 0) {
            ::close(std::exchange(socket_, -1));
        }
    }

    // Closes with a reset instead of a FIN.
    void reset() {
        const linger now{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }

    // Takes something, as fast as that can be done. False: the connection has ended.
    [[nodiscard]] bool drop_some() {
        dropped_.resize(1'000'000);
        return ::recv(socket_, dropped_.data(), dropped_.size(), 0) > 0;
    }

    // Everything up to the end of the connection.
    std::string read_to_end() {
        while (receive()) {
        }
        return std::exchange(received_, {});
    }

    // Everything up to and including `end`, or all there is when the connection ends first.
    std::string read_until(std::string_view end) {
        std::size_t at = 0;
        while ((at = received_.find(end)) == std::string::npos) {
            if (!receive()) {
                return std::exchange(received_, {});
            }
        }
        std::string text = received_.substr(0, at + end.size());
        received_.erase(0, text.size());
        return text;
    }

    // The next response; `with_body` is false for one to HEAD.
    RawResponse read_response(bool with_body = true) {
        RawResponse response;
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
            if (!receive()) {
                return response;
            }
        }
        response.head = received_.substr(0, end + 4);
        response.status = std::stoi(response.head.substr(9, 3));
        received_.erase(0, end + 4);
        const std::size_t field = response.head.find("Content-Length: ");
        if (with_body && field != std::string::npos) {
            const std::size_t size = std::stoul(response.head.substr(field + 16));
            while (received_.size() < size && receive()) {
            }
            response.body = received_.substr(0, size);
            received_.erase(0, size);
        }
        return response;
    }

  private:
    bool receive() {
        pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 10'000) != 1) {
            ADD_FAILURE() << "nothing came within ten seconds; before: "
                          << received_.substr(0, 300);
            return false;
        }
        char bytes[16 * 1024];
        const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
        if (count <= 0) {
            return false;
        }
        received_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    int socket_;
    bool is_connected_ = false;
    std::string received_;
    std::string dropped_;
};

}  // namespace meridian::net
