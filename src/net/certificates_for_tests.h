// Certificates for the tests of TLS, made on the spot.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/check.h"
#include "net/tls_context.h"

namespace meridian::net {

// A certificate authority with a folder for what it issues. Ownership: the folder and all in it.
class TestAuthority {
  public:
    struct Terms {
        const char* names = "DNS:localhost,IP:127.0.0.1";
        long from_days = -1;  // from today
        long until_days = 2;
        const EVP_CIPHER* key_cipher = nullptr;
    };

    TestAuthority() : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free) {
        char folder[] = "/tmp/meridian_tls_XXXXXX";
        CHECK(::mkdtemp(folder) != nullptr);
        folder_ = folder;
        certificate_ = sign("Test authority", nullptr, key_.get(), Terms{});
        write_certificate(ca_file(), *certificate_);
    }
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;
    ~TestAuthority() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::string ca_file() const { return file("ca.pem"); }
    [[nodiscard]] ClientTls trust() const { return {.ca_file = ca_file()}; }

    // NAME.pem and NAME.key, written over.
    [[nodiscard]] TlsOptions issue(const std::string& name) const { return issue(name, Terms{}); }
    [[nodiscard]] TlsOptions issue(const std::string& name, const Terms& terms) const {
        const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        TlsOptions files{.certificate_file = file(name + ".pem"), .key_file = file(name + ".key")};
        write_certificate(files.certificate_file,
                          *sign("Test server", certificate_.get(), key.get(), terms));
        std::FILE* const out = std::fopen(files.key_file.c_str(), "w");
        char passphrase[] = "secret";
        CHECK(out != nullptr &&
              PEM_write_PrivateKey(out, key.get(), terms.key_cipher, nullptr, 0, nullptr,
                                   terms.key_cipher == nullptr ? nullptr : passphrase) == 1);
        std::fclose(out);
        return files;
    }

  private:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

    // An authority's own for no issuer.
    [[nodiscard]] Certificate sign(const char* name, X509* issuer, EVP_PKEY* key,
                                   const Terms& terms) const {
        static long serial = 0;
        Certificate made(X509_new(), &X509_free);
        X509* const it = made.get();
        X509_set_version(it, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(it), ++serial);
        X509_time_adj_ex(X509_getm_notBefore(it), static_cast<int>(terms.from_days), 0, nullptr);
        X509_time_adj_ex(X509_getm_notAfter(it), static_cast<int>(terms.until_days), 0, nullptr);
        X509_set_pubkey(it, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        X509_set_issuer_name(it, X509_get_subject_name(issuer == nullptr ? it : issuer));
        if (issuer == nullptr) {
            extend(*it, NID_basic_constraints, "critical,CA:TRUE");
        } else {
            extend(*it, NID_subject_alt_name, terms.names);
        }
        CHECK(X509_sign(it, key_.get(), EVP_sha256()) > 0);
        return made;
    }

    static void extend(X509& certificate, int kind, const char* value) {
        X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        CHECK(extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }

    static void write_certificate(const std::string& path, X509& certificate) {
        std::FILE* const out = std::fopen(path.c_str(), "w");
        CHECK(out != nullptr && PEM_write_X509(out, &certificate) == 1);
        std::fclose(out);
    }

    Key key_;
    Certificate certificate_{nullptr, &X509_free};
    std::string folder_;
};

}  // namespace meridian::net
