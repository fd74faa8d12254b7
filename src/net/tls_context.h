// What one side of TLS brings to every connection: certificates, keys and rules.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace meridian::net {

struct TlsOptions {
    std::string certificate_file;  // PEM: the server's own first, then its intermediates
    std::string key_file;          // PEM, not encrypted
};

struct ClientTls {
    std::string ca_file = {};  // PEM: whom to trust; empty: the authorities that the system trusts

    bool operator==(const ClientTls&) const = default;
};

// Immutable, shared by the connections that were made with it. TLS 1.2 or later, no renegotiation,
// http/1.1 as the only protocol. Threads: any.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// kConfiguration names the file and the mend. Not an error, but a warning in the log: a certificate
// that has expired or is not valid yet.
[[nodiscard]] Result<TlsContext> make_server_context(const TlsOptions& options);

// A peer must show a certificate of an authority that is trusted. kConfiguration: the file.
[[nodiscard]] Result<TlsContext> make_client_context(const ClientTls& options);

// The same, made once for all who ask with these options: reading the authorities of a system takes
// longer than a handshake. Made anew when the file has changed. Threads: any.
[[nodiscard]] Result<TlsContext> shared_client_context(const ClientTls& options);

}  // namespace meridian::net
