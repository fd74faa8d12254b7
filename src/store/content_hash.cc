#include "store/content_hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <cstring>

namespace meridian::store {

ContentHash& ContentHash::operator+=(const ContentHash& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    items += other.items;
    return *this;
}

ContentHash hash_of(std::string_view encoded_key, std::string_view encoded, const Stamp& stamp) {
    const auto image = XXH3_128bits(encoded.data(), encoded.size());
    std::array<std::uint64_t, 4> fixed{image.low64, image.high64, stamp.time.bits,
                                       encoded_key.size()};
    std::string all(sizeof fixed, '\0');
    std::memcpy(all.data(), fixed.data(), sizeof fixed);
    all += encoded_key;
    all += stamp.region;
    const auto hash = XXH3_128bits(all.data(), all.size());
    return {hash.high64, hash.low64, 1};
}

std::string to_string(const ContentHash& hash) {
    return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

}  // namespace meridian::store
