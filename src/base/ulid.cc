#include "base/ulid.h"

#include <algorithm>
#include <string_view>

namespace meridian {

std::string make_ulid(Instant at, const std::array<std::uint8_t, 10>& entropy) {
    constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string text(26, '0');
    auto time =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, at.time_since_epoch().count()));
    for (std::size_t i = 10; i-- > 0; time >>= 5U) {
        text[i] = kAlphabet[time & 31U];
    }
    // 80 bits are 16 characters of 5 bits: take the bytes as one stream of bits.
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    std::size_t out = 10;
    for (const std::uint8_t byte : entropy) {
        buffer = (buffer << 8U) | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text[out++] = kAlphabet[(buffer >> bits) & 31U];
        }
    }
    return text;
}

}  // namespace meridian
