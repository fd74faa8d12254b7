#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/check.h"

namespace meridian {

std::uint64_t Random::next() {
    std::array<std::byte, sizeof(std::uint64_t)> bytes{};
    fill(bytes);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::string Random::alphanumeric(std::size_t length) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    while (text.size() < length) {
        // 6 bits at a time; the two values past the alphabet are drawn again, so that no letter is
        // likelier.
        const auto draw = next() & 63U;
        if (draw < kAlphabet.size()) {
            text.push_back(kAlphabet[draw]);
        }
    }
    return text;
}

void SystemRandom::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = getrandom(bytes.data(), bytes.size(), 0);
        CHECK(count > 0 || errno == EINTR);
        if (count > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }
}

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
void SeededRandom::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        z ^= z >> 31U;
        const auto count = std::min(bytes.size(), sizeof z);
        std::memcpy(bytes.data(), &z, count);
        bytes = bytes.subspan(count);
    }
}

}  // namespace meridian
