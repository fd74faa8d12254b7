// A runtime API for tests, that can do wrong what a real one never should.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"

namespace meridian::lambda {

struct StubRequest {
    std::string line;  // "POST /2018-06-01/runtime/init/error"
    std::string head;  // lower-case names are not made: look for what the client sends
    std::string body;

    [[nodiscard]] bool is_next() const { return line.ends_with("/runtime/invocation/next"); }
};

// Role: one connection after the other, one request at a time; the handler gives the bytes of the
// response, or nothing to hang up. Threads: the handler is called on the stub's own.
class RuntimeStub {
  public:
    using Handler = std::function<std::optional<std::string>(const StubRequest&)>;

    explicit RuntimeStub(Handler handler)
        : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        CHECK(listener_ >= 0 && ::bind(listener_, any, size) == 0);
        CHECK(::listen(listener_, 8) == 0 && ::getsockname(listener_, any, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { accept_all(); });
    }
    ~RuntimeStub() {
        ::shutdown(listener_, SHUT_RDWR);
        ::shutdown(peer_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    RuntimeStub(const RuntimeStub&) = delete;
    RuntimeStub& operator=(const RuntimeStub&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    // All that came so far.
    [[nodiscard]] std::vector<StubRequest> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void accept_all() {
        for (;;) {
            const int peer = ::accept(listener_, nullptr, nullptr);
            if (peer < 0) {
                return;
            }
            peer_ = peer;
            serve(peer);
            peer_ = -1;
            ::close(peer);
        }
    }

    void serve(int peer) {
        std::string input;
        while (auto request = read(peer, input)) {
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(*request);
            }
            const auto response = handler_(*request);
            if (!response) {
                return;
            }
            for (std::string_view rest = *response; !rest.empty();) {
                const ssize_t count = ::send(peer, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (count <= 0) {
                    return;
                }
                rest.remove_prefix(static_cast<std::size_t>(count));
            }
        }
    }

    static bool more(int peer, std::string& input) {
        char bytes[65'536];
        const ssize_t count = ::recv(peer, bytes, sizeof bytes, 0);
        if (count > 0) {
            input.append(bytes, static_cast<std::size_t>(count));
        }
        return count > 0;
    }

    static std::optional<StubRequest> read(int peer, std::string& input) {
        std::size_t end = 0;
        while ((end = input.find("\r\n\r\n")) == std::string::npos) {
            if (!more(peer, input)) {
                return std::nullopt;
            }
        }
        StubRequest request;
        request.head = input.substr(0, end);
        request.line = request.head.substr(0, request.head.find(" HTTP/"));
        constexpr std::string_view kLength = "Content-Length: ";
        const auto at = request.head.find(kLength);
        const auto length =
            at == std::string::npos
                ? 0
                : std::strtoull(request.head.c_str() + at + kLength.size(), nullptr, 10);
        input.erase(0, end + 4);
        while (input.size() < length) {
            if (!more(peer, input)) {
                return std::nullopt;
            }
        }
        request.body = input.substr(0, length);
        input.erase(0, length);
        return request;
    }

    Handler handler_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<int> peer_ = -1;
    std::mutex mutex_;
    std::vector<StubRequest> requests_;
    std::thread thread_;
};

inline std::string response(int status, std::string_view body = {}, std::string_view headers = {}) {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// An event as GET /next answers it.
inline std::string event(std::string_view id, std::string_view payload,
                         std::string_view headers = {}) {
    return response(
        200, payload,
        "Lambda-Runtime-Aws-Request-Id: " + std::string(id) + "\r\n" + std::string(headers));
}

}  // namespace meridian::lambda
