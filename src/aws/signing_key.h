// The key that signs for one day, region and service, and a cache of such keys.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "aws/hash.h"

namespace meridian::aws {

// Who signs, and what for. Parts hold no '/'.
struct CredentialScope {
    std::string_view access_key_id;
    std::string_view date;  // "20150830"
    std::string_view region;
    std::string_view service;
};

[[nodiscard]] HmacKey derive_signing_key(std::string_view secret_access_key,
                                         const CredentialScope& scope);

// Derived keys by scope; the oldest makes room when there are too many. A key is used only with the
// secret that it was derived from, so a changed secret takes effect at once. Threads: any; readers
// don't wait for one another.
class SigningKeyCache {
  public:
    explicit SigningKeyCache(std::size_t entries_max) : entries_max_(entries_max) {}

    [[nodiscard]] HmacKey key(const CredentialScope& scope, std::string_view secret_access_key);

    [[nodiscard]] std::size_t size() const;

  private:
    struct Entry {
        std::string secret_access_key;
        HmacKey key;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    const std::size_t entries_max_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;  // mutex_
    std::deque<std::string> oldest_first_;                                   // mutex_
};

}  // namespace meridian::aws
