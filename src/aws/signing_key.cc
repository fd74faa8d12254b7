#include "aws/signing_key.h"

#include <openssl/crypto.h>

#include <mutex>

#include "aws/canonical.h"

namespace meridian::aws {
namespace {

std::string name_of(const CredentialScope& scope) {
    std::string name;
    name.reserve(scope.access_key_id.size() + scope.date.size() + scope.region.size() +
                 scope.service.size() + 3);
    name.append(scope.access_key_id).append(1, '/');
    name.append(scope.date).append(1, '/');
    name.append(scope.region).append(1, '/');
    name.append(scope.service);
    return name;
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

HmacKey derive_signing_key(std::string_view secret_access_key, const CredentialScope& scope) {
    std::string start = "AWS4";
    start.append(secret_access_key);
    Digest digest = HmacKey(start).sign(scope.date);
    for (const auto part : {scope.region, scope.service, kScopeTerminator}) {
        digest = HmacKey(bytes_of(digest)).sign(part);
    }
    return HmacKey(bytes_of(digest));
}

HmacKey SigningKeyCache::key(const CredentialScope& scope, std::string_view secret_access_key) {
    std::string name = name_of(scope);
    {
        const std::shared_lock lock(mutex_);
        const auto found = entries_.find(name);
        if (found != entries_.end() &&
            same_secret(found->second.secret_access_key, secret_access_key)) {
            return found->second.key;
        }
    }
    const HmacKey key = derive_signing_key(secret_access_key, scope);
    const std::unique_lock lock(mutex_);
    const auto [place, is_new] =
        entries_.insert_or_assign(name, Entry{std::string(secret_access_key), key});
    if (is_new) {
        oldest_first_.push_back(std::move(name));
    }
    if (entries_.size() > entries_max_) {
        entries_.erase(oldest_first_.front());
        oldest_first_.pop_front();
    }
    return key;
}

std::size_t SigningKeyCache::size() const {
    const std::shared_lock lock(mutex_);
    return entries_.size();
}

}  // namespace meridian::aws
