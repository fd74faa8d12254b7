#include "aws/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace meridian::aws {
namespace {

// Fetching an algorithm takes a lock and a search, so once; never freed, because other threads may
// still sign while the process ends.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK(algorithm != nullptr);
    return algorithm;
}

class Hasher {
  public:
    Hasher() : context_(EVP_MD_CTX_new()) { CHECK(context_ != nullptr); }

    Digest hash(std::string_view first, std::string_view second) {
        Digest digest;
        CHECK(EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1);
        CHECK(EVP_DigestUpdate(context_.get(), first.data(), first.size()) == 1);
        CHECK(EVP_DigestUpdate(context_.get(), second.data(), second.size()) == 1);
        CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
        return digest;
    }

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
};

Hasher& this_threads_hasher() {
    thread_local Hasher hasher;
    return hasher;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    return this_threads_hasher().hash(bytes, {});
}

HmacKey::HmacKey(std::string_view secret) {
    if (secret.size() > kBlockBytes) {
        const Digest digest = sha256(secret);
        std::ranges::copy(bytes_of(digest), inner_.begin());
    } else {
        std::ranges::copy(secret, inner_.begin());
    }
    outer_ = inner_;
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
        inner_[i] = static_cast<char>(inner_[i] ^ 0x36);
        outer_[i] = static_cast<char>(outer_[i] ^ 0x5c);
    }
}

Digest HmacKey::sign(std::string_view text) const {
    Hasher& hasher = this_threads_hasher();
    const Digest inner = hasher.hash({inner_.data(), inner_.size()}, text);
    return hasher.hash({outer_.data(), outer_.size()}, bytes_of(inner));
}

}  // namespace meridian::aws
