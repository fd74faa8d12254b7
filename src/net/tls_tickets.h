// What servers gave a client to go on with a conversation later: a handshake without certificates.
#pragma once

#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace meridian::net {

// The context of a client keeps, from now on, the last two tickets of each server that it talks to
// (use_ticket()), of 256 servers at most. They go with the context, so that whoever trusts others
// has others.
void keep_sessions(ssl_ctx_st* context);

// Before the handshake: offers a ticket of that server, once, as TLS 1.3 asks for (RFC 8446, C.4),
// and keeps those that come under its name. `server` must outlive the conversation.
void use_ticket(ssl_st* ssl, const std::string& server);

}  // namespace meridian::net
