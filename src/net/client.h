// An HTTP/1.1 client for short requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "net/tls_context.h"

namespace meridian::net {

class ClientSocket;

struct ClientRequest {
    std::string host = "127.0.0.1";
    std::uint16_t port = 80;
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers =
        {};  // not Host, Content-Length or Connection
    std::string body = {};
    // For the whole exchange, connecting included. Nothing: no limit, for a peer that answers when
    // it has something to say, which may be in hours.
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds{5'000};
    std::size_t response_bytes_max = std::size_t{16} * 1024 * 1024;
    std::optional<ClientTls> tls = {};  // none: plain HTTP
    bool accepts_gzip = false;          // asks for gzip, and unpacks it
    // For connecting alone, TLS included, where that is to be sooner than `timeout`.
    std::optional<std::chrono::milliseconds> connect_timeout = {};
};

// The Host header that will be sent, for a signature: "127.0.0.1:7401"; without the port where it
// is the scheme's own.
[[nodiscard]] std::string host_header(const ClientRequest& request);

// One exchange on a connection of its own; blocks the calling thread, which may be any. Not an
// error: a status of 400 or more. kUnavailable: nobody listens, the peer hung up, or its
// certificate is not one to trust for that host; kTimeout: the request may have been carried out.
[[nodiscard]] Result<Response> send(const ClientRequest& request);

// Keeps its connection for the next request to the same host and port. Ownership: the connection,
// until the peer closes it or an exchange fails. Threads: one at a time.
class Client {
  public:
    Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    // As net::send(). A server closes idle connections when it likes: a kept one that turns out to
    // be closed is replaced, and the request sent again, unless the server may have carried it out
    // (some of it was sent, and its method is not a safe one).
    [[nodiscard]] Result<Response> send(const ClientRequest& request);

    // Whether some of the last request was sent: after an error, the server may have carried it
    // out.
    [[nodiscard]] bool was_sent() const { return was_sent_; }
    // Whether a connection is kept.
    [[nodiscard]] bool is_connected() const { return socket_ != nullptr; }

  private:
    std::unique_ptr<ClientSocket> socket_;
    bool was_sent_ = false;
};

}  // namespace meridian::net
