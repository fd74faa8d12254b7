// Hashes by which regions find out whether they have the same items.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/version.h"

namespace meridian::store {

// Of a set of items: 128 bits that don't depend on the order in which they were added.
struct ContentHash {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::uint64_t items = 0;

    ContentHash& operator+=(const ContentHash& other);
    friend bool operator==(const ContentHash&, const ContentHash&) = default;
};

// Of one item: its encoded key, its encoded image, and the stamp of the write that made it so.
[[nodiscard]] ContentHash hash_of(std::string_view encoded_key, std::string_view encoded,
                                  const Stamp& stamp);

// 32 hexadecimal digits.
[[nodiscard]] std::string to_string(const ContentHash& hash);

}  // namespace meridian::store
