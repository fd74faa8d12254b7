// SHA-256 and HMAC-SHA-256, as Signature Version 4 uses them.
//
// Threads: any; each thread keeps one OpenSSL context and uses it again.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace meridian::aws {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);

// A key whose two padded blocks (RFC 2104) are made once, for signing many texts.
class HmacKey {
  public:
    explicit HmacKey(std::string_view secret);

    [[nodiscard]] Digest sign(std::string_view text) const;

  private:
    static constexpr std::size_t kBlockBytes = 64;
    std::array<char, kBlockBytes> inner_{};
    std::array<char, kBlockBytes> outer_{};
};

[[nodiscard]] inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace meridian::aws
