// One side of a TLS conversation over a socket that does not block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/tls_context.h"

struct ssl_st;  // OpenSSL's SSL

namespace meridian::net {

// What an operation came to.
struct TlsResult {
    enum class Kind : std::uint8_t {
        kDone,
        kWantsRead,   // nothing happened: do it again when the socket can be read,
        kWantsWrite,  // or written
        kEnded,       // the peer has ended the conversation properly
        kFailed       // broken: nothing more can be done but close
    } kind = Kind::kFailed;
    std::size_t bytes = 0;
};

// The first operation begins with the handshake. Ownership: not the socket's, which it outlives at
// most unused. Threads: one at a time.
class TlsSession {
  public:
    enum class Role : std::uint8_t { kClient, kServer };
    TlsSession(const TlsContext& context, int socket, Role role);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    // For a client, before the handshake: the peer must prove to be this name or IP address.
    // False: it can be neither.
    [[nodiscard]] bool require_peer(const std::string& host);
    // For a client, before the handshake: goes on with an earlier conversation with that server,
    // where there was one and it agrees, and lets later ones go on with this. `server`: its host
    // and port.
    void resume(std::string server);

    [[nodiscard]] TlsResult handshake();
    [[nodiscard]] TlsResult read(std::span<char> into);
    // As read(), of one byte that stays.
    [[nodiscard]] TlsResult peek();
    // After kWants… it must be called again with the same bytes, more of them or not.
    [[nodiscard]] TlsResult write(std::string_view bytes);
    // Ends our side of the conversation, if there is one, as far as that goes without waiting.
    void finish_writing();

    // Whether the handshake is over.
    [[nodiscard]] bool is_established() const;
    // Whether an earlier conversation went on.
    [[nodiscard]] bool is_resumed() const;
    // Whether bytes have come that no read() has taken, beside those that the socket still holds.
    [[nodiscard]] bool has_input() const;

    // After kFailed: why, as "the certificate has expired; …".
    [[nodiscard]] const std::string& failure() const { return failure_; }
    // After kFailed: the peer's first words were no TLS.
    [[nodiscard]] bool peer_speaks_plainly() const { return peer_speaks_plainly_; }

  private:
    [[nodiscard]] TlsResult conclude(int code, std::size_t bytes);
    void explain(int error);

    std::string server_;  // before ssl_, which knows where it is
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    std::string failure_;
    bool has_failed_ = false;
    bool peer_speaks_plainly_ = false;
};

}  // namespace meridian::net
