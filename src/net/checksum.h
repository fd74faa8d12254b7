// The checksum that some services send with an answer.
#pragma once

#include <cstdint>
#include <string_view>

namespace meridian::net {

// CRC-32 as gzip and zip have it (RFC 1952).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

}  // namespace meridian::net
