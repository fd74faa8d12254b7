#include "net/tls_context.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string_view>

#include "base/check.h"
#include "base/log.h"
#include "net/tls_tickets.h"

namespace meridian::net {
namespace {

constexpr unsigned char kProtocols[] = "\x08http/1.1";  // as ALPN writes a list of one
constexpr unsigned kProtocolsBytes = sizeof kProtocols - 1;

std::unexpected<Error> bad_file(std::string_view what, const std::string& file,
                                std::string_view fault) {
    return fail(ErrorCode::kConfiguration, fmt::format("the {} {} {}", what, file, fault));
}

// What OpenSSL's own messages about files don't tell well.
Result<void> check_readable(std::string_view what, const std::string& file) {
    std::FILE* const opened = std::fopen(file.c_str(), "re");
    if (opened == nullptr) {
        return bad_file(what, file,
                        fmt::format("cannot be read: {}; check the path and who may read it",
                                    std::strerror(errno)));
    }
    std::fclose(opened);
    return {};
}

// Instead of a question on the terminal.
int give_no_passphrase(char*, int, int, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void*) {
    unsigned char* match = nullptr;
    const int found = SSL_select_next_proto(&match, chosen_bytes, kProtocols, kProtocolsBytes,
                                            offered, offered_bytes);
    *chosen = match;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TlsContext make_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method), &SSL_CTX_free);
    CHECK(context != nullptr);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    // A part of a write at a time, from wherever the rest then is; no buffers while idle.
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    // Sessions are resumed by tickets, which the clients keep.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    return context;
}

Result<void> load_certificate(SSL_CTX* context, const std::string& file) {
    constexpr std::string_view kWhat = "TLS certificate";
    if (auto readable = check_readable(kWhat, file); !readable) {
        return readable;
    }
    if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1) {
        return bad_file(kWhat, file,
                        "is not valid PEM; it should hold the server's certificate, then those of "
                        "its intermediate authorities");
    }
    return {};
}

Result<void> load_key(SSL_CTX* context, const TlsOptions& options) {
    constexpr std::string_view kWhat = "TLS key";
    const std::string& file = options.key_file;
    if (auto readable = check_readable(kWhat, file); !readable) {
        return readable;
    }
    bool was_asked = false;
    SSL_CTX_set_default_passwd_cb(context, &give_no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &was_asked);
    // Compares it with the certificate, too.
    const bool is_loaded =
        SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (was_asked) {
        return bad_file(kWhat, file,
                        fmt::format("is encrypted, and nobody is there to give its passphrase; "
                                    "decrypt it: openssl pkey -in {} -out FILE",
                                    file));
    }
    if (!is_loaded && ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509) {
        return bad_file(kWhat, file,
                        fmt::format("does not belong to the certificate {}; name two files that "
                                    "were issued together",
                                    options.certificate_file));
    }
    if (!is_loaded) {
        return bad_file(kWhat, file, "is not a private key in PEM");
    }
    return {};
}

std::string to_string(const ASN1_TIME* time) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
    ASN1_TIME_print(out.get(), time);
    const char* text = nullptr;
    const long bytes = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(bytes)};
}

void warn_of_dates(SSL_CTX* context, const std::string& file) {
    const X509* const certificate = SSL_CTX_get0_certificate(context);
    const ASN1_TIME* const from = X509_get0_notBefore(certificate);
    const ASN1_TIME* const until = X509_get0_notAfter(certificate);
    if (X509_cmp_current_time(until) < 0) {
        log(LogLevel::kWarn, "net",
            "the TLS certificate {} has expired ({}): clients will refuse it; renew it", file,
            to_string(until));
    } else if (X509_cmp_current_time(from) > 0) {
        log(LogLevel::kWarn, "net",
            "the TLS certificate {} is not valid before {}: clients will refuse it; check the "
            "clock",
            file, to_string(from));
    }
}

// Where distributions keep their authorities, for a libssl that was built on another one.
constexpr const char* kSystemBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, Fedora
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // the same, newer
    "/etc/ssl/ca-bundle.pem",                             // SUSE
};

bool exists(const char* variable, const char* path) {
    const char* const named = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
    struct stat status{};
    return ::stat(named != nullptr ? named : path, &status) == 0;
}

void trust_system(SSL_CTX* context) {
    CHECK(SSL_CTX_set_default_verify_paths(context) == 1);
    if (exists(X509_get_default_cert_file_env(), X509_get_default_cert_file()) ||
        exists(X509_get_default_cert_dir_env(), X509_get_default_cert_dir())) {
        return;
    }
    for (const char* bundle : kSystemBundles) {
        if (SSL_CTX_load_verify_file(context, bundle) == 1) {
            break;
        }
    }
    ERR_clear_error();
}

// What tells whether a file is still the one that was read.
struct FileState {
    dev_t device = 0;
    ino_t inode = 0;
    off_t bytes = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    bool operator==(const FileState&) const = default;
};
FileState state_of(const std::string& file) {
    struct stat status{};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) {
        return {};
    }
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
}

}  // namespace

Result<TlsContext> make_server_context(const TlsOptions& options) {
    ERR_clear_error();
    auto context = make_context(TLS_server_method());
    SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
    auto loaded = load_certificate(context.get(), options.certificate_file);
    if (loaded) {
        loaded = load_key(context.get(), options);
    }
    ERR_clear_error();
    if (!loaded) {
        return std::unexpected(std::move(loaded.error()));
    }
    warn_of_dates(context.get(), options.certificate_file);
    return context;
}

Result<TlsContext> make_client_context(const ClientTls& options) {
    auto context = make_context(TLS_client_method());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_alpn_protos(context.get(), kProtocols, kProtocolsBytes);
    keep_sessions(context.get());
    if (options.ca_file.empty()) {
        trust_system(context.get());
        return context;
    }
    constexpr std::string_view kWhat = "CA file";
    if (auto readable = check_readable(kWhat, options.ca_file); !readable) {
        return std::unexpected(std::move(readable.error()));
    }
    // Also a server's own certificate, or an intermediate's, may be what is trusted.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    const bool is_loaded = SSL_CTX_load_verify_file(context.get(), options.ca_file.c_str()) == 1;
    ERR_clear_error();
    if (!is_loaded) {
        return bad_file(kWhat, options.ca_file,
                        "is not valid PEM; it should hold the certificates of the authorities to "
                        "trust");
    }
    return context;
}

Result<TlsContext> shared_client_context(const ClientTls& options) {
    struct Made {
        FileState file;
        TlsContext context;
    };
    constexpr std::size_t kContextsMax = 64;
    static std::mutex mutex;
    static auto& all = *new std::map<std::string, Made>;  // by the file
    const auto file = state_of(options.ca_file);
    const std::lock_guard lock(mutex);
    const auto known = all.find(options.ca_file);
    if (known != all.end() && known->second.file == file) {
        return known->second.context;
    }
    auto made = make_client_context(options);
    if (made) {
        if (all.size() >= kContextsMax) {
            all.clear();
        }
        all.insert_or_assign(options.ca_file, Made{file, *made});
    }
    return made;
}

}  // namespace meridian::net
