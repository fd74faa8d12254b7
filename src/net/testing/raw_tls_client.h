// A TLS client that shakes hands as a test tells it to, for the tests of this module.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"

namespace meridian::net {

// Trusts everybody. Every wait ends after ten seconds, as if the server had closed.
class RawTlsClient {
  public:
    explicit RawTlsClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        SSL_set_fd(ssl(), socket_);
    }
    RawTlsClient(const RawTlsClient&) = delete;
    RawTlsClient& operator=(const RawTlsClient&) = delete;
    ~RawTlsClient() {
        if (socket_ >= 0) {
            ::close(socket_);
        }
    }

    // For settings, before the handshake.
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

    [[nodiscard]] bool shake_hands() const { return SSL_connect(ssl()) == 1; }

    // False: the server has closed.
    [[nodiscard]] bool send(std::string_view bytes) const {
        return SSL_write(ssl(), bytes.data(), static_cast<int>(bytes.size())) ==
               static_cast<int>(bytes.size());
    }

    // Everything up to and including `end`, or all there is when the connection ends first.
    std::string read_until(std::string_view end) {
        std::string text;
        char byte = 0;
        while (!text.ends_with(end) && SSL_read(ssl(), &byte, 1) == 1) {
            text += byte;
        }
        return text;
    }

    // True: the server has ended the conversation properly, and nothing came before.
    [[nodiscard]] bool reads_end() const {
        char byte = 0;
        const int code = SSL_read(ssl(), &byte, 1);
        return SSL_get_error(ssl(), code) == SSL_ERROR_ZERO_RETURN;
    }

    // Closes without a word.
    void hang_up() {
        ::close(socket_);
        socket_ = -1;
    }

  private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                               &SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{SSL_new(context_.get()), &SSL_free};
    int socket_;
};

}  // namespace meridian::net
