// A server's side of TLS, as a stream over a socket's.
#pragma once

#include <memory>

#include "net/tcp.h"
#include "net/tls_context.h"

namespace meridian::net {

[[nodiscard]] std::unique_ptr<Stream> make_tls_stream(std::unique_ptr<TcpStream> socket,
                                                      const TlsContext& context);

}  // namespace meridian::net
