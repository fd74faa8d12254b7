// Frames: what a message travels in, so that changed or cut bytes are seen, and so that Meridians
// of different versions know it of each other.
//
// "MRDN" · version (1 byte) · kind (1) · length of the payload (4, big-endian) · checksum (8:
// XXH3-64 of the payload, seeded with that of the ten bytes before) · payload. Magic and version
// stay where they are in all versions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::replication {

inline constexpr std::size_t kFrameHeaderBytes = 18;

struct Frame {
    std::uint8_t kind = 0;
    std::string_view payload;
};

// A frame that is filled between the two: append the payload to what the first one gives.
[[nodiscard]] std::string start_frame(std::uint8_t kind);
// REQUIRES: the payload is not longer than kMessageBytesMax.
[[nodiscard]] std::string close_frame(std::string frame);

// The bytes must outlive it. Errors: decode_question()'s.
[[nodiscard]] Result<Frame> open_frame(std::string_view bytes);

}  // namespace meridian::replication
