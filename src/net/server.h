// An HTTP/1.1 server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "net/tls_context.h"

namespace meridian::net {

// A request that the server answered itself: malformed, over a limit or late, or without a handler
// that could. The views live for the call.
struct ServerRefusal {
    int status = 0;
    std::string_view id;
    std::string_view peer;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                // 0: any free one
    unsigned threads = 0;                  // 0: one a core
    std::size_t connections_max = 10'000;  // or as many as the system lets the process have
    std::size_t header_bytes_max = std::size_t{64} * 1024;
    std::size_t body_bytes_max =
        std::size_t{7} * 1024 * 1024;  // Lambda takes 6 MB; base64 in JSON and headers on top
    // Of all requests larger than 16 KB together; over it, those that are longest in coming go.
    std::size_t buffered_bytes_max = std::size_t{256} * 1024 * 1024;
    std::chrono::milliseconds header_timeout{
        10'000};  // from the first byte of a request to the end of its header; for TLS's handshake
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds idle_timeout{60'000};   // between requests of a connection
    std::chrono::milliseconds reply_timeout{30'000};  // a handler that does not answer: 504
    std::optional<TlsOptions> tls = {};               // none: plain HTTP
    // Called on the server's threads; must not block.
    std::function<void(const ServerRefusal&)> on_refusal = {};
};

// Role: accepts connections, reads requests, writes what the handler replies, in order on each
// connection. Ownership: owns its threads and connections. Threads: members from any one thread. A
// request over a limit, malformed or late is answered (400, 408, 413, 417, 431, 503) and its
// connection closed; none of it reaches the handler. A full server makes room for a newcomer by
// closing whoever has waited longest without a request in work, and refuses it if all have one.
class Server {
  public:
    // Listens and starts serving. kPortInUse names the port and how to see who has it;
    // kInvalidInput a bad address; kConfiguration a certificate or key that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                                               Handler handler);

    // Stops accepting, lets requests in work finish within `grace`, closes everything, joins the
    // threads.
    void stop(std::chrono::milliseconds grace);
    ~Server();  // stop(0)

    // Reads the certificate and the key again, for connections to come. After an error, those of
    // before stay. REQUIRES: options.tls.
    [[nodiscard]] Result<void> reload_tls();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t open_connections() const;

  private:
    struct State;
    explicit Server(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace meridian::net
