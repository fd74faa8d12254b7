// A server that misbehaves, for the tests of the client.
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

#include "base/check.h"

namespace meridian::net {

// A peer that answers one connection with fixed bytes, as no decent server would, and hangs up.
class RudePeer {
  public:
    explicit RudePeer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        CHECK(listener_ >= 0 && ::bind(listener_, any, size) == 0);
        CHECK(::listen(listener_, 1) == 0 && ::getsockname(listener_, any, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, text = std::move(answer)] { serve(text); });
    }
    ~RudePeer() {
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    // An empty answer is silence until the client hangs up.
    void serve(std::string_view text) const {
        const int peer = ::accept(listener_, nullptr, nullptr);
        CHECK(peer >= 0);
        char bytes[4096];
        ssize_t count = ::recv(peer, bytes, sizeof bytes, 0);
        if (text.empty()) {
            while (count > 0) {
                count = ::recv(peer, bytes, sizeof bytes, 0);
            }
        }
        ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
        ::close(peer);
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace meridian::net
