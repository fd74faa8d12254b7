#include "backup/bytes.h"

namespace meridian::backup {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr unsigned kByteBits = 8;

}  // namespace

void append_number(std::uint64_t number, std::size_t bytes, std::string& out) {
    for (std::size_t i = 0; i < bytes; ++i) {
        out += static_cast<char>(number >> (kByteBits * i) & 0xFFU);
    }
}

void append_text(std::string_view text, std::string& out) {
    append_number(text.size(), kLengthBytes, out);
    out += text;
}

std::string_view ByteReader::take(std::size_t bytes) {
    if (!good_ || bytes > bytes_.size()) {
        good_ = false;
        return {};
    }
    const auto taken = bytes_.substr(0, bytes);
    bytes_.remove_prefix(bytes);
    return taken;
}

std::uint64_t ByteReader::number(std::size_t bytes) {
    std::uint64_t number = 0;
    unsigned shift = 0;
    for (const char byte : take(bytes)) {
        number |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
        shift += kByteBits;
    }
    return number;
}

std::string_view ByteReader::text() {
    return take(number(kLengthBytes));
}

}  // namespace meridian::backup
