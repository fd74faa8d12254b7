#include "net/tls_session.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "net/tls_tickets.h"

namespace meridian::net {
namespace {

using Kind = TlsResult::Kind;

// A BIO over a socket, as OpenSSL's own but for SIGPIPE, which that raises when the peer is gone.
int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool would_block() {
    return errno == EAGAIN || errno == EINTR;
}

int write_socket(BIO* bio, const char* bytes, int count) {
    const auto sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (sent < 0 && would_block()) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

int read_socket(BIO* bio, char* into, int count) {
    const auto got = ::recv(socket_of(bio), into, static_cast<std::size_t>(count), 0);
    BIO_clear_retry_flags(bio);
    if (got == 0) {
        errno = 0;  // whatever it was, it isn't why
    }
    if (got < 0 && would_block()) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
}

long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* make_socket_bio(int socket) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        CHECK(made != nullptr);
        BIO_meth_set_write(made, &write_socket);
        BIO_meth_set_read(made, &read_socket);
        BIO_meth_set_ctrl(made, &control);
        return made;
    }();
    BIO* const bio = BIO_new(method);
    CHECK(bio != nullptr);
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

bool is_address(const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    return ::inet_pton(AF_INET, host.c_str(), address) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), address) == 1;
}

std::string explain_verification(long code) {
    switch (code) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "its certificate has expired; it needs a new one";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet; check the clocks of both sides";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is for another host; connect by a name that it lists, or give "
                   "it one that lists this name";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // another authority of the same name
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "its certificate is from an authority that is not trusted here; name that "
                   "authority's certificate as the CA file";
        default:
            return fmt::format("its certificate is refused: {}",
                               X509_verify_cert_error_string(code));
    }
}

// Reasons for which no TLS record was seen at all.
bool is_plain_text(unsigned long error) {
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) {
        return false;
    }
    const int reason = ERR_GET_REASON(error);
    return reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST ||
           reason == SSL_R_WRONG_VERSION_NUMBER;
}

}  // namespace

TlsSession::TlsSession(const TlsContext& context, int socket, Role role)
    : ssl_(SSL_new(context.get()), &SSL_free) {
    CHECK(ssl_ != nullptr);
    BIO* const bio = make_socket_bio(socket);
    SSL_set_bio(ssl_.get(), bio, bio);
    if (role == Role::kServer) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
    }
}

bool TlsSession::require_peer(const std::string& host) {
    if (is_address(host)) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
    }
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl_.get(), host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1;
}

void TlsSession::resume(std::string server) {
    server_ = std::move(server);
    use_ticket(ssl_.get(), server_);
}

TlsResult TlsSession::handshake() {
    ERR_clear_error();
    return conclude(SSL_do_handshake(ssl_.get()), 0);
}

TlsResult TlsSession::read(std::span<char> into) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int code = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return conclude(code, bytes);
}

TlsResult TlsSession::peek() {
    ERR_clear_error();
    char byte = 0;
    std::size_t bytes = 0;
    const int code = SSL_peek_ex(ssl_.get(), &byte, 1, &bytes);
    return conclude(code, bytes);
}

TlsResult TlsSession::write(std::string_view bytes) {
    ERR_clear_error();
    std::size_t written = 0;
    const int code = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return conclude(code, written);
}

void TlsSession::finish_writing() {
    if (!has_failed_ && is_established()) {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
}

bool TlsSession::is_established() const {
    return SSL_is_init_finished(ssl_.get()) == 1;
}

bool TlsSession::is_resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

bool TlsSession::has_input() const {
    return SSL_has_pending(ssl_.get()) == 1;
}

TlsResult TlsSession::conclude(int code, std::size_t bytes) {
    if (code == 1) {
        return {Kind::kDone, bytes};
    }
    const int error = SSL_get_error(ssl_.get(), code);
    switch (error) {
        case SSL_ERROR_WANT_READ:
            return {Kind::kWantsRead};
        case SSL_ERROR_WANT_WRITE:
            return {Kind::kWantsWrite};
        case SSL_ERROR_ZERO_RETURN:
            return {Kind::kEnded};
        default:
            explain(error);
            return {Kind::kFailed};
    }
}

void TlsSession::explain(int error) {
    has_failed_ = true;
    const int number = errno;
    const unsigned long code = ERR_peek_error();
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) {
        failure_ = explain_verification(verified);
    } else if (!is_established() && is_plain_text(code)) {
        peer_speaks_plainly_ = true;
        failure_ = "it speaks no TLS";
    } else if (code != 0) {
        const char* const reason = ERR_reason_error_string(code);
        failure_ = reason == nullptr ? "TLS failed" : reason;
    } else {
        failure_ = error == SSL_ERROR_SYSCALL && number != 0 ? std::strerror(number)
                                                             : "the connection was cut";
    }
    ERR_clear_error();
}

}  // namespace meridian::net
