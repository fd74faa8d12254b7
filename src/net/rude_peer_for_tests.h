// A server that misbehaves, for the tests of clients.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"

namespace meridian::net {

// A peer that answers each request with fixed bytes, as no decent server would.
class RudePeer {
  public:
    // An empty answer is silence until the client hangs up.
    using Answers = std::vector<std::string>;
    static constexpr std::string_view kHangUp = "hang up";  // takes the request, and closes

    // One list a connection, one answer a request; it hangs up after the last.
    explicit RudePeer(std::vector<Answers> connections)
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        CHECK(listener_ >= 0 && ::bind(listener_, any, size) == 0);
        CHECK(::listen(listener_, 8) == 0 && ::getsockname(listener_, any, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, all = std::move(connections)] {
            for (const auto& answers : all) {
                serve(answers);
            }
        });
    }
    explicit RudePeer(std::string answer) : RudePeer(std::vector<Answers>{{{std::move(answer)}}}) {}
    // Waits for as many connections as it has answers for.
    ~RudePeer() {
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    void serve(const Answers& answers) const {
        const int peer = ::accept(listener_, nullptr, nullptr);
        CHECK(peer >= 0);
        for (const auto& answer : answers) {
            char bytes[4096];
            ssize_t count = ::recv(peer, bytes, sizeof bytes, 0);
            while (answer.empty() && count > 0) {
                count = ::recv(peer, bytes, sizeof bytes, 0);
            }
            if (answer != kHangUp) {
                ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            }
        }
        ::close(peer);
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace meridian::net
