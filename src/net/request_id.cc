#include "net/request_id.h"

#include <cstddef>
#include <cstdint>

namespace meridian::net {
namespace {

constexpr std::uint64_t kVersion = 0x4000;  // of the high half: 4, in its bits 12 to 15
constexpr std::uint64_t kVersionBits = 0xF000;
constexpr std::uint64_t kVariant = std::uint64_t{2} << 62U;  // of the low half: 0b10, at its top
constexpr std::uint64_t kVariantBits = std::uint64_t{3} << 62U;

// Writes the `digits` topmost hexadecimal digits of `value`, which then are shifted out.
char* append_hex(char* out, std::uint64_t& value, int digits) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (int i = 0; i < digits; ++i) {
        *out++ = kDigits[value >> 60U];
        value <<= 4U;
    }
    return out;
}

}  // namespace

RequestIds::RequestIds() : high_(SystemRandom().next()), low_(SystemRandom().next()) {}

void RequestIds::make(RequestId& id) {
    std::uint64_t high = (high_.next() & ~kVersionBits) | kVersion;
    std::uint64_t low = (low_.next() & ~kVariantBits) | kVariant;
    char* out = append_hex(id.data(), high, 8);
    for (const auto& [half, digits] : {std::pair{&high, 4}, {&high, 4}, {&low, 4}, {&low, 12}}) {
        *out++ = '-';
        out = append_hex(out, *half, digits);
    }
}

}  // namespace meridian::net
